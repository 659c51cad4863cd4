"""Runs queries, a few at a time, from the queue to their end in PostgreSQL and S3."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

from api.athena import queries, results
from api.athena.control import Control, Stopped
from api.athena.engine import Engine
from api.athena.queries import Outcome, Query
from clients.postgres import Pool, transaction_of
from clients.s3 import Store
from core.errors import DependencyUnavailable, TiplineError
from core.logs import get_logger
from core.settings import Settings

AT_ONCE = 2
TRY_AGAIN_S = 1.0

log = get_logger(__name__)


class Runner:
    """A small pool of threads; a query's memory is bounded by its sandbox, and its time by its control."""

    def __init__(self, settings: Settings, pool: Pool, store: Store, engine: Engine) -> None:
        self._pool, self._store, self._engine = pool, store, engine
        self._limits = results.Limits(settings.sql_rows_limit, settings.sql_result_limit_bytes)
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sql")
        self._controls: dict[UUID, Control] = {}
        self._closing = threading.Event()

    def start(self, query: Query) -> None:
        """Queue a query that was stored."""
        self._controls[query.query_id] = Control()
        self._threads.submit(self._live, query.query_id)

    def cancel(self, query: Query) -> None:
        """End a query that waits or runs; one that has ended stays as it is."""
        stopped = Stopped("Query cancelled by user", cancelled=True)
        control = self._controls.get(query.query_id)
        if control is not None:
            control.stop(stopped)
        if query.state == "QUEUED":
            with transaction_of(self._pool) as session:
                queries.end(session, query, Outcome("CANCELLED", stopped.message))

    def close(self) -> None:
        """End everything under way as failed, and wait until that is stored."""
        self._closing.set()
        for control in list(self._controls.values()):
            control.stop(Stopped(queries.INTERRUPTED))
        self._threads.shutdown()

    def _live(self, query_id: UUID) -> None:
        try:
            with suppress(DependencyUnavailable):
                with transaction_of(self._pool) as session:
                    query = queries.begin(session, query_id)
                if query is not None:
                    self._store_end(query, self._outcome(query, self._controls[query_id]))
        except Exception:
            log.exception("query_lost", query=str(query_id))
        finally:
            self._controls.pop(query_id, None)

    def _outcome(self, query: Query, control: Control) -> Outcome:
        """Run the query and say how it ended; whatever the query does, there is an outcome."""
        try:
            control.check()
            with self._engine.answer(query.query, query.database, query.role, control) as answer:
                columns = results.columns_of(answer.schema)
                place = results.Place.parse(query.output_location)
                rows, size_bytes = results.write(self._store, place, columns, answer.batches, self._limits)
                seen = answer.seen
            return Outcome(
                "SUCCEEDED", None, tuple(columns), rows, size_bytes, seen.scanned_bytes, frozenset(seen.clients)
            )
        except Stopped as stopped:
            return Outcome("CANCELLED" if stopped.cancelled else "FAILED", stopped.message)
        except TiplineError as error:
            return Outcome("FAILED", error.message)
        except Exception:
            log.exception("query_failed", query=str(query.query_id))
            return Outcome("FAILED", "internal failure")

    def _store_end(self, query: Query, outcome: Outcome) -> None:
        """Store the outcome, however long PostgreSQL is away; at our own end the next service does."""
        while True:
            try:
                with transaction_of(self._pool) as session:
                    return queries.end(session, query, outcome)
            except DependencyUnavailable:
                if self._closing.wait(TRY_AGAIN_S):
                    return
