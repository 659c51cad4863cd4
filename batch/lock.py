"""One job at a time writes the lake's figures: a lock in PostgreSQL, gone with the process that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from clients.postgres import Session, connect
from core.logs import get_logger
from core.settings import Settings

_LOCK = 7214101
log = get_logger(__name__)


@contextmanager
def sole_writer(settings: Settings) -> Iterator[Session]:
    """Wait until no other job writes, then hold the lock until the block ends; yields the connection that holds it."""
    with closing(connect(settings)) as session:
        tried = session.execute("SELECT pg_try_advisory_lock(%s) AS won", (_LOCK,)).fetchone()
        if tried is None or not tried["won"]:
            log.info("waiting_for_another_job")
            session.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        yield session
