"""Waiting for a server that is away: back-off without end, one log line per change."""

from __future__ import annotations

import random
from threading import Event

from core.logs import get_logger

log = get_logger(__name__)


class Patience:
    """Counts the failures of one dependency; waits longer each time, up to a limit, and less than a stop asks for."""

    def __init__(self, dependency: str, stop: Event, *, initial_s: float = 0.1, limit_s: float = 2.0) -> None:
        self._dependency = dependency
        self._stop = stop
        self._initial_s = initial_s
        self._limit_s = limit_s
        self._failures = 0

    @property
    def waiting(self) -> bool:
        """Say whether the last attempt failed."""
        return self._failures > 0

    def failed(self, error: BaseException) -> None:
        """Note a failure and wait before the next attempt, or until the process is to stop."""
        if not self._failures:
            log.warning("dependency_lost", dependency=self._dependency, error=type(error).__name__)
        wait_s = min(self._initial_s * 2**self._failures, self._limit_s)
        self._failures = min(self._failures + 1, 30)
        self._stop.wait(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret

    def worked(self) -> None:
        """Note a success."""
        if self._failures:
            log.info("dependency_back", dependency=self._dependency, failures=self._failures)
        self._failures = 0
