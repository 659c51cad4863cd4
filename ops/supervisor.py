"""Start every process, keep them running, and stop them in order: the foreground process behind `tipline up`."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

import psutil

from core.errors import DependencyUnavailable, TiplineError
from core.logs import get_logger
from core.settings import Settings, as_environment
from ops.life import Life
from ops.monitor import Monitor
from ops.processes import STORES
from ops.stack import leftovers
from ops.stack.group import ProcessGroup
from ops.stack.service import Service
from ops.state import ProcessState, State, state_path, write_state

TICK_S = 0.1
LOG_CHECK_S = 30.0
LEFTOVER_GRACE_S = 20.0
# A process that fails this often before the platform was ever ready will not come up by being started once more.
FAILURES_AT_START = 4

log = get_logger(__name__)


class Supervisor:
    """Supervises one data directory. `fill` runs once the stores are ready, before the processes that need its work.

    `on_state` is told each change of a process and, when all are ready for the first time, the whole.
    """

    def __init__(
        self,
        settings: Settings,
        group: ProcessGroup,
        *,
        fill: Callable[[], object],
        on_state: Callable[[State], None],
    ) -> None:
        self._settings, self._group = settings, group
        self._fill, self._on_state = fill, on_state
        self._lives = {name: Life(service.start_timeout_s) for name, service in group.services.items()}
        self._stop = threading.Event()
        self._filled = False
        self._logs_checked_at = 0.0
        self._monitor = Monitor(settings, group.services.values())
        self._state = State(
            pid=os.getpid(), started=psutil.Process().create_time(), environment=as_environment(settings)
        )

    def stop(self) -> None:
        """Make `run` stop everything and return; safe in a signal handler."""
        self._stop.set()

    def run(self) -> None:
        """Supervise until `stop`; DependencyUnavailable when something cannot be started at all."""
        for name in self._group.services:
            leftovers.clear(self._settings.data_dir, name, grace_s=LEFTOVER_GRACE_S)
        with self._monitor:
            try:
                while not self._stop.wait(TICK_S):
                    self._tick()
            finally:
                self._group.stop_all()
                state_path(self._settings.data_dir).unlink(missing_ok=True)

    def _tick(self) -> None:
        if not self._filled and all(self._lives[name].ready for name in STORES if name in self._lives):
            self._fill()
            self._filled = True
        for service in self._group.services.values():
            self._tend(service)
        self._publish()
        if time.monotonic() - self._logs_checked_at > LOG_CHECK_S:
            self._logs_checked_at = time.monotonic()
            self._group.trim_logs()

    def _tend(self, service: Service) -> None:
        name, now = service.name, time.monotonic()
        life = self._lives[name]
        if life.alive and not self._group.alive(name):
            life.died(now)
            self._monitor.forget(name)
            self._log_failure(name)
        if life.due(now) and self._may_start(service):
            self._start(name, life)
        elif life.alive:
            excused = not self._needs_ready(service)
            life.seen(ready=self._monitor.reading(name).ready, excused=excused, now=now)
            if life.stuck(now):
                log.warning("process_stuck", name=name, after_s=life.patience_s)
                self._group.kill(name)

    def _start(self, name: str, life: Life) -> None:
        try:
            self._group.start(name)
            life.started(time.monotonic())
        except TiplineError as error:
            if not self._state.ready:
                raise
            log.warning("process_not_started", name=name, error=error.message)
            life.died(time.monotonic())

    def _may_start(self, service: Service) -> bool:
        if service.name in STORES:
            return True
        # The first start waits for what the process needs; a restart does not, since processes wait by themselves.
        return self._filled and (self._lives[service.name].starts > 0 or self._needs_ready(service))

    def _needs_ready(self, service: Service) -> bool:
        return all(self._lives[earlier].ready for earlier in service.after if earlier in self._lives)

    def _log_failure(self, name: str) -> None:
        failures = self._lives[name].failures
        log.warning("process_died", name=name, failures=failures)
        if not self._state.ready and failures >= FAILURES_AT_START:
            raise DependencyUnavailable(
                f"{name} cannot be started; its log {self._group.log_path(name)} ends:\n{self._group.log_tail(name)}"
            )

    def _publish(self) -> None:
        before = {process.name: process for process in self._state.processes}
        processes = [self._process_state(name, before.get(name)) for name in self._group.services]
        everything = self._state.ready or all(process.health == "ready" for process in processes)
        state = self._state.model_copy(update={"processes": processes, "ready": everything})
        if state != self._state:
            self._state = state
            write_state(self._settings.data_dir, state)
            self._on_state(state)

    def _process_state(self, name: str, before: ProcessState | None) -> ProcessState:
        life = self._lives[name]
        new = ProcessState(
            name=name,
            health=life.health,
            pid=self._group.pid(name),
            port=self._group.services[name].port,
            restarts=life.restarts,
            lag=self._monitor.reading(name).lag,
        )
        if before is None or (before.health, before.pid) != (new.health, new.pid):
            return new
        return new.model_copy(update={"since": before.since})
