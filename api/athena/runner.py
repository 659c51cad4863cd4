"""Runs queries, a few at a time, from the queue to their end in PostgreSQL and S3."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from uuid import UUID

from api.athena import queries
from api.athena.queries import Outcome, Query
from api.athena.worker import OUT_OF_MEMORY, work
from clients.postgres import Pool, transaction_of
from core.errors import DependencyUnavailable
from core.logs import get_logger
from core.settings import Settings

AT_ONCE = 2
TRY_AGAIN_S = 1.0
CANCELLED = Outcome("CANCELLED", "Query cancelled by user")
INTERRUPTED = Outcome("FAILED", queries.INTERRUPTED)

log = get_logger(__name__)


@dataclass(slots=True)
class _Switch:
    """How a query is ended from outside: the first reason counts, and its process is killed."""

    process: BaseProcess | None = None
    reason: Outcome | None = None


class Runner:
    """A small pool of threads, each of which watches one query's process."""

    def __init__(self, settings: Settings, pool: Pool, *, preload: str) -> None:
        """Fork the queries' processes from one that has imported the module `preload`, and with it all they need."""
        self._settings, self._pool = settings, pool
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([preload])
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sql")
        self._switches: dict[UUID, _Switch] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def start(self, query: Query) -> None:
        """Queue a query that was stored."""
        self._switches[query.query_id] = _Switch()
        self._threads.submit(self._live, query.query_id)

    def cancel(self, query: Query) -> None:
        """End a query that waits or runs; one that has ended stays as it is."""
        self._stop(query.query_id, CANCELLED)
        if query.state == "QUEUED":
            with transaction_of(self._pool) as session:
                queries.end(session, query, CANCELLED)

    def close(self) -> None:
        """End everything under way as failed, and wait until that is stored."""
        self._closing.set()
        for query_id in list(self._switches):
            self._stop(query_id, INTERRUPTED)
        self._threads.shutdown()

    def _stop(self, query_id: UUID, reason: Outcome) -> None:
        with self._lock:
            switch = self._switches.get(query_id)
            if switch is not None:
                switch.reason = switch.reason or reason
                if switch.process is not None:
                    switch.process.kill()

    def _live(self, query_id: UUID) -> None:
        try:
            with suppress(DependencyUnavailable):
                with transaction_of(self._pool) as session:
                    query = queries.begin(session, query_id)
                if query is not None:
                    self._store_end(query, self._outcome(query, self._switches[query_id]))
        except Exception:
            log.exception("query_lost", query=str(query_id))
        finally:
            self._switches.pop(query_id, None)

    def _outcome(self, query: Query, switch: _Switch) -> Outcome:
        """Run the query in its process and say how it ended; whatever becomes of that, there is an outcome."""
        receiver, sender = self._processes.Pipe(duplex=False)
        process = self._processes.Process(target=work, args=(self._settings, query, sender), daemon=True)
        with self._lock:
            if switch.reason is not None:
                return switch.reason
            process.start()
            switch.process = process
        sender.close()
        limit_s = self._settings.sql_timeout_s
        try:
            if not receiver.poll(limit_s):
                return Outcome("FAILED", f"the query took longer than {limit_s:g} s")
            outcome: Outcome = receiver.recv()
            return outcome
        except EOFError:
            return switch.reason or Outcome("FAILED", OUT_OF_MEMORY)
        finally:
            process.kill()
            process.join()
            receiver.close()

    def _store_end(self, query: Query, outcome: Outcome) -> None:
        """Store the outcome, however long PostgreSQL is away; at our own end the next service does."""
        while True:
            try:
                with transaction_of(self._pool) as session:
                    return queries.end(session, query, outcome)
            except DependencyUnavailable:
                if self._closing.wait(TRY_AGAIN_S):
                    return
