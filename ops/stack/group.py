"""Start, watch and stop a set of services by process id; the supervisor and the tests share it."""

from __future__ import annotations

import os
import shutil
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
LOG_LIMIT_BYTES = 64 * 1024 * 1024

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

    def start_all(self, names: Iterable[str] | None = None) -> None:
        """Start these services, or all, each once those it comes after are ready; return when all are ready."""
        wanted = [name for name in self.services if names is None or name in set(names)]
        for name in wanted:
            for earlier in self.services[name].after:
                if earlier in self.services:
                    self.wait_ready(earlier)
            self.start(name)
        for name in wanted:
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
        self._ask_to_stop(name)
        self._await_stop(name)

    def stop_all(self) -> None:
        """Stop everything, consumers before stores: at each step all those that no remaining service comes after."""
        remaining = [name for name in self.services if name in self._children]
        while remaining:
            needed = {earlier for name in remaining for earlier in self.services[name].after}
            last = [name for name in remaining if name not in needed]
            for name in last:
                self._ask_to_stop(name)
            for name in last:
                self._await_stop(name)
            remaining = [name for name in remaining if name in needed]

    def restart(self, name: str) -> None:
        """Stop, start and wait until ready."""
        self.stop(name)
        self.start(name)
        self.wait_ready(name)

    def trim_logs(self) -> None:
        """Keep the end of each overlong log as `NAME.log.1` and empty it; the services append, so they go on at 0."""
        for name in self.services:
            path = self.log_path(name)
            if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
                shutil.copyfile(path, path.with_suffix(".log.1"))
                os.truncate(path, 0)

    def log_tail(self, name: str, lines: int = 15) -> str:
        """Return the last lines of the service's log."""
        path = self.log_path(name)
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def log_path(self, name: str) -> Path:
        """Return where the service's output goes."""
        folder = self._data_dir / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{name}.log"

    def _ask_to_stop(self, name: str) -> None:
        if self.alive(name):
            self._on_event(name, "stopping")
            self._children[name].send_signal(self.services[name].stop_signal)

    def _await_stop(self, name: str) -> None:
        child = self._children.pop(name, None)
        if child is not None:
            try:
                child.wait(self.services[name].stop_timeout_s)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        leftovers.clear(self._data_dir, name)
        self._on_event(name, "stopped")

    def _failure(self, name: str, what: str) -> DependencyUnavailable:
        return DependencyUnavailable(f"{name} {what}; its log ends:\n{self.log_tail(name)}", code="service_not_ready")


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
