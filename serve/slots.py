"""Admission: so many requests run, so many wait, the rest are told at once to come back later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from core.errors import Overloaded

# How many requests a process with models runs at once, and how many wait.
RUNNING, WAITING = 2, 64

Result = TypeVar("Result")


class Slots:
    """A pool of worker threads with a bounded queue; the caller's event loop stays free."""

    def __init__(self, *, running: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(running, thread_name_prefix="inference")
        self._limit = running + waiting
        self._inside = 0
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], Result]) -> Result:
        """Run `work` in a worker thread; Overloaded when the queue is full. A cancelled caller leaves the queue."""
        with self._lock:
            if self._inside >= self._limit:
                raise Overloaded("every inference slot is taken", retry_after_s=1)
            self._inside += 1
        future = self._pool.submit(work)
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what runs and refuse the rest."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _leave(self, _future: Future[Any]) -> None:
        with self._lock:
            self._inside -= 1
