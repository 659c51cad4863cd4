"""Ending a query from outside: by its time limit, by whoever asked for it, or when the service stops."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from clients.duckdb import Sandbox
from core.errors import TiplineError


class Stopped(TiplineError):
    """The query was ended before it had an answer; `cancelled` when somebody wanted that."""

    code, status = "query_stopped", 409

    def __init__(self, message: str, *, cancelled: bool = False) -> None:
        super().__init__(message)
        self.cancelled = cancelled


class Control:
    """One query's switch; the first reason counts."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sandbox: Sandbox | None = None
        self._reason: Stopped | None = None

    def stop(self, reason: Stopped) -> None:
        """End the query: what it is doing in DuckDB now, and else at the next batch it reads."""
        with self._lock:
            self._reason = self._reason or reason
            if self._sandbox is not None:
                self._sandbox.interrupt()

    def check(self) -> None:
        """Raise the reason, if there is one."""
        if self._reason is not None:
            raise self._reason

    @contextmanager
    def over(self, sandbox: Sandbox, *, limit_s: float) -> Iterator[None]:
        """Let the switch reach a sandbox while the block runs, which ends after `limit_s`."""
        clock = threading.Timer(limit_s, self.stop, [Stopped(f"the query took longer than {limit_s:g} s")])
        clock.daemon = True
        with self._lock:
            self._sandbox = sandbox
        clock.start()
        try:
            self.check()
            yield
        finally:
            clock.cancel()
            with self._lock:
                self._sandbox = None
