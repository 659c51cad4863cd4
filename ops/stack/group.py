"""Start, watch and stop a set of services by process id; the supervisor and the tests share it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from core.errors import DependencyUnavailable
from ops.stack import leftovers
from ops.stack.service import Service

LAUNCHER = Path(__file__).with_name("launch.py")
POLL_S = 0.05

Watcher = Callable[[str, str], None]


def _silent(_name: str, _event: str) -> None:
    return None


class ProcessGroup:
    """The services of one data directory; logs go to `<data_dir>/logs/NAME.log`.

    Call it from one thread that outlives the services: the kernel ties a child's life to the thread that forked it.
    """

    def __init__(self, services: Iterable[Service], data_dir: Path, *, on_event: Watcher = _silent) -> None:
        self.services = {service.name: service for service in in_order(services)}
        self._data_dir = data_dir
        self._on_event = on_event
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start_all(self) -> None:
        """Start every service once the ones it comes after are ready, and wait until all are ready."""
        for service in self.services.values():
            for earlier in service.after:
                if earlier in self.services:
                    self.wait_ready(earlier)
            self.start(service.name)
        for name in self.services:
            self.wait_ready(name)

    def start(self, name: str) -> int:
        """Start one service after clearing away what an earlier run of it left; return its process id."""
        service = self.services[name]
        if self.alive(name):
            return self._children[name].pid
        leftovers.clear(self._data_dir, name)
        if service.prepare is not None:
            service.prepare()
        who = service.account
        launcher = [sys.executable, "-I", "-S", str(LAUNCHER), str(os.getpid()), str(int(service.stop_signal))]
        user = [str(who.uid), str(who.gid)] if who else ["-", "-"]
        with self.log_path(name).open("ab") as log:
            self._children[name] = subprocess.Popen(
                [*launcher, *user, *service.argv],
                env={**os.environ, **service.env, leftovers.MARK: leftovers.owner(self._data_dir, name)},
                cwd=service.cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        leftovers.remember(self._data_dir, name, self._children[name].pid)
        self._on_event(name, "started")
        return self._children[name].pid

    def wait_ready(self, name: str, *, timeout_s: float | None = None) -> None:
        """Return once the service's probe answers; DependencyUnavailable with the log's end when it does not."""
        service = self.services[name]
        deadline = time.monotonic() + (timeout_s or service.start_timeout_s)
        while not (self.alive(name) and service.ready()):
            if not self.alive(name):
                raise self._failure(name, "stopped while starting")
            if time.monotonic() > deadline:
                raise self._failure(name, f"is not ready after {timeout_s or service.start_timeout_s:.0f} s")
            time.sleep(POLL_S)
        self._on_event(name, "ready")

    def alive(self, name: str) -> bool:
        """Return whether the service's own process runs."""
        child = self._children.get(name)
        return child is not None and child.poll() is None

    def pid(self, name: str) -> int | None:
        """Return the process id of a running service."""
        return self._children[name].pid if self.alive(name) else None

    def kill(self, name: str) -> None:
        """End the service's process at once (SIGKILL), as a crash would."""
        if self.alive(name):
            self._children[name].kill()
            self._children[name].wait()

    def stop(self, name: str) -> None:
        """Ask the service to finish, kill it when its time is up, and clear away what it started."""
        service, child = self.services[name], self._children.pop(name, None)
        if child is not None and child.poll() is None:
            self._on_event(name, "stopping")
            child.send_signal(service.stop_signal)
            try:
                child.wait(service.stop_timeout_s)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        leftovers.clear(self._data_dir, name)
        self._on_event(name, "stopped")

    def stop_all(self) -> None:
        """Stop in the reverse of the starting order: consumers before stores."""
        for name in reversed(self.services):
            self.stop(name)

    def restart(self, name: str) -> None:
        """Stop, start and wait until ready."""
        self.stop(name)
        self.start(name)
        self.wait_ready(name)

    def log_path(self, name: str) -> Path:
        """Return where the service's output goes."""
        folder = self._data_dir / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def _failure(self, name: str, what: str) -> DependencyUnavailable:
        lines = self.log_path(name).read_text(errors="replace").splitlines()[-15:]
        return DependencyUnavailable(f"{name} {what}; its log ends:\n" + "\n".join(lines), code="service_not_ready")


def in_order(services: Iterable[Service]) -> Iterator[Service]:
    """Yield services so that each comes later than those it names in `after`; ValueError for a cycle."""
    waiting, done = list(services), set[str]()
    known = {service.name for service in waiting}
    while waiting:
        free = [service for service in waiting if done.issuperset(known.intersection(service.after))]
        if not free:
            raise ValueError(f"services wait for each other: {[service.name for service in waiting]}")
        for service in free:
            waiting.remove(service)
            done.add(service.name)
            yield service
