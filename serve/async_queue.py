"""Asynchronous invocations queue in PostgreSQL: accepted means stored, and a worker that dies gives its job back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from clients.postgres import Jsonb, Session, connect, transaction
from core.settings import Settings
from serve.async_job import Job

_ADD = """
    INSERT INTO async_invocations (invocation_id, call, body, expires_at)
    VALUES (%(id)s, %(call)s, %(body)s, clock_timestamp() + %(ttl_s)s * interval '1 second')
"""
# The row stays locked until the job is done or its worker is dead.
_CLAIM = """
    SELECT call, body, expires_at < clock_timestamp() AS expired FROM async_invocations
    WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_POSTPONE = """
    UPDATE async_invocations SET due_at = clock_timestamp() + %s * interval '1 second' WHERE invocation_id = %s
"""
POSTPONED_S = 2.0
_REMOVE = "DELETE FROM async_invocations WHERE invocation_id = %s"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that nobody else works on, with its inline body if it has one."""

    job: Job
    body: bytes | None
    expired: bool


class AsyncQueue:
    """Jobs in the order they were accepted; every method may raise DependencyUnavailable."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: Session | None = None

    def add(self, job: Job, body: bytes) -> None:
        """Store a job; once this returns it will be done or fail, whatever dies."""
        with connect(self._settings) as session:
            named = {"id": job.invocation_id, "call": Jsonb(job.document()), "ttl_s": job.ttl_s}
            session.execute(_ADD, {**named, "body": body or None})

    def close(self) -> None:
        """Let go of the database, and with it of a job that is held."""
        if self._session is not None:
            self._session.close()

    @contextmanager
    def claimed(self) -> Iterator[Claimed | None]:
        """Hold the job that is due longest and that nobody holds, or None; it leaves the queue when the block ends.

        A block that raises leaves it there, due again after POSTPONED_S: what cannot be done now holds up no other.
        """
        if self._session is None or self._session.closed:
            self._session = connect(self._settings)
        failure: Exception | None = None
        with transaction(self._session) as session:
            row = session.execute(_CLAIM).fetchone()
            if row is None:
                yield None
                return
            job = Job(**row["call"])
            try:
                yield Claimed(job, row["body"], row["expired"])
            except Exception as error:
                session.execute(_POSTPONE, (POSTPONED_S, job.invocation_id))
                failure = error
            else:
                session.execute(_REMOVE, (job.invocation_id,))
        if failure is not None:
            raise failure
