"""Ask every service whether it is ready, beside the supervisor's thread: a probe of a sick server is slow."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from clients.health import read_heartbeat
from core.settings import Settings
from ops.stack.service import Service

STARTING_S, STEADY_S = 0.25, 2.0


@dataclass(frozen=True, slots=True)
class Reading:
    """One answer: whether the service is ready, and its lag in records where it reports one."""

    ready: bool = False
    lag: int | float | None = None


class Monitor:
    """A thread that keeps the latest reading of each service; use it as a context manager."""

    def __init__(self, settings: Settings, services: Iterable[Service]) -> None:
        self._settings = settings
        self._services = list(services)
        self._readings: dict[str, Reading] = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)

    def __enter__(self) -> Monitor:
        """Start asking."""
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop asking."""
        self._stop.set()
        self._thread.join()

    def reading(self, name: str) -> Reading:
        """Return the latest answer of a service."""
        return self._readings.get(name, Reading())

    def forget(self, name: str) -> None:
        """Drop the latest answer, since the process that gave it is gone."""
        self._readings.pop(name, None)

    def _run(self) -> None:
        interval_s = STARTING_S
        with ThreadPoolExecutor(max_workers=len(self._services)) as pool:
            while not self._stop.wait(interval_s):
                self._readings = dict(pool.map(self._ask, self._services))
                everything = all(reading.ready for reading in self._readings.values())
                interval_s = STEADY_S if everything else STARTING_S

    def _ask(self, service: Service) -> tuple[str, Reading]:
        beat = read_heartbeat(self._settings, service.name) or {}
        return service.name, Reading(ready=service.ready(), lag=beat.get("lag"))
