"""Where each feed stands, in PostgreSQL: it survives restarts, so that no feed is read afresh or too often."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from clients.postgres import AsyncPool, session_of
from streaming.poller.fetch import Validators


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's validators, when it is due, and how often in a row reading it failed."""

    source: str
    validators: Validators = field(default_factory=Validators)
    next_poll_at: datetime | None = None
    failures: int = 0


class FeedStates:
    """The table feed_state; DependencyUnavailable while PostgreSQL is away."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def read(self) -> dict[str, FeedState]:
        """Return the state of every feed that was ever read."""
        async with session_of(self._pool) as session:
            rows = await (await session.execute("SELECT * FROM feed_state")).fetchall()
        return {
            row["source"]: FeedState(
                row["source"], Validators(row["etag"], row["last_modified"]), row["next_poll_at"], row["failures"]
            )
            for row in rows
        }

    async def succeeded(self, source: str, validators: Validators, next_poll_at: datetime) -> None:
        """Record that every item of a feed went through, which is when its validators may be believed."""
        async with session_of(self._pool) as session:
            await session.execute(
                "INSERT INTO feed_state (source, etag, last_modified, next_poll_at, last_success_at)"
                " VALUES (%(source)s, %(etag)s, %(modified)s, %(next)s, now()) ON CONFLICT (source) DO UPDATE SET"
                " etag = excluded.etag, last_modified = excluded.last_modified, next_poll_at = excluded.next_poll_at,"
                " failures = 0, last_error = NULL, last_success_at = now()",
                {
                    "source": source,
                    "etag": validators.etag,
                    "modified": validators.last_modified,
                    "next": next_poll_at,
                },
            )

    async def failed(self, source: str, reason: str, failures: int, next_poll_at: datetime) -> None:
        """Record that reading a feed failed, how often in a row by its own fault, and when to try again."""
        async with session_of(self._pool) as session:
            await session.execute(
                "INSERT INTO feed_state (source, next_poll_at, failures, last_error)"
                " VALUES (%(source)s, %(next)s, %(failures)s, %(reason)s) ON CONFLICT (source) DO UPDATE SET"
                " next_poll_at = excluded.next_poll_at, failures = excluded.failures,"
                " last_error = excluded.last_error",
                {"source": source, "next": next_poll_at, "failures": failures, "reason": reason},
            )
