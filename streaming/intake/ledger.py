"""What intake has accepted, in PostgreSQL: one round trip to ask, one to record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from clients.postgres import AsyncPool, AsyncSession, ConnectionLost, DatabaseUnavailable
from core.errors import DependencyUnavailable
from core.events import Article
from streaming.intake.history import Accepted, History

ANSWER_WITHIN_S = 5.0
MESSAGES_KEPT_S = 7 * 24 * 3600

_ASK = """
SELECT wanted.article_id, wanted.revision, wanted.content_hash,
       latest.revision AS latest_revision, latest.provider, latest.content_hash AS latest_hash,
       same.content_hash AS same_hash, message.body_sha256,
       EXISTS (SELECT FROM intake_articles seen
               WHERE seen.article_id = wanted.article_id AND seen.content_hash = wanted.content_hash) AS content_seen
FROM unnest(%(ids)s::text[], %(revisions)s::bigint[], %(hashes)s::text[])
     AS wanted (article_id, revision, content_hash)
LEFT JOIN LATERAL (SELECT revision, provider, content_hash FROM intake_articles earlier
                   WHERE earlier.article_id = wanted.article_id ORDER BY revision DESC LIMIT 1) latest ON true
LEFT JOIN intake_articles same ON same.article_id = wanted.article_id AND same.revision = wanted.revision
LEFT JOIN webhook_messages message ON message.source = %(source)s AND message.message_id = %(message_id)s
"""

_RECORD = """
WITH message AS (
    INSERT INTO webhook_messages (source, message_id, body_sha256)
    SELECT %(source)s, %(message_id)s, %(body_sha256)s WHERE %(message_id)s::text IS NOT NULL
    ON CONFLICT DO NOTHING)
INSERT INTO intake_articles (article_id, revision, provider, content_hash, action, received_at)
SELECT * FROM unnest(%(ids)s::text[], %(revisions)s::bigint[], %(providers)s::text[], %(hashes)s::text[],
                     %(actions)s::text[], %(received)s::timestamptz[])
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook message: who sent it, under which id, with which body; the id is None for what has none."""

    source: str
    message_id: str | None
    body_sha256: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """An article to ask about: the revision it states, and its content."""

    article_id: str
    revision: int | None
    content_hash: str


class Ledger:
    """The tables intake_articles and webhook_messages; DependencyUnavailable while PostgreSQL is away."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool

    async def history(self, message: Message, wanted: Sequence[Wanted]) -> History:
        """Return what was accepted of these articles and under this message id."""
        parameters = {
            "ids": [one.article_id for one in wanted],
            "revisions": [one.revision for one in wanted],
            "hashes": [one.content_hash for one in wanted],
            "source": message.source,
            "message_id": message.message_id,
        }
        history = History()
        async with self._session() as session:
            for row in await (await session.execute(_ASK, parameters)).fetchall():
                history.body_sha256 = row["body_sha256"]
                if row["latest_revision"] is not None:
                    history.note(
                        Accepted(row["article_id"], row["latest_revision"], row["provider"], row["latest_hash"])
                    )
                if row["same_hash"] is not None:
                    history.hashes[row["article_id"], row["revision"]] = row["same_hash"]
                if row["content_seen"]:
                    history.contents.add((row["article_id"], row["content_hash"]))
        return history

    async def record(self, message: Message, articles: Sequence[Article]) -> None:
        """Remember a message and its articles; only ever after Kafka has them, else a crash would lose them."""
        parameters = {
            "source": message.source,
            "message_id": message.message_id,
            "body_sha256": message.body_sha256,
            "ids": [one.article_id for one in articles],
            "revisions": [one.revision for one in articles],
            "providers": [one.provider for one in articles],
            "hashes": [one.content_hash for one in articles],
            "actions": [one.action for one in articles],
            "received": [one.received_at for one in articles],
        }
        async with self._session() as session:
            await session.execute(_RECORD, parameters)

    async def forget_old_messages(self) -> None:
        """Drop message ids older than a week: by then their signatures are stale, and articles are known by id."""
        async with self._session() as session:
            await session.execute(
                "DELETE FROM webhook_messages WHERE received_at < now() - make_interval(secs => %s)",
                (MESSAGES_KEPT_S,),
            )

    async def check(self) -> None:
        """Return when PostgreSQL answers."""
        async with self._session() as session:
            await session.execute("SELECT 1")

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[AsyncSession]:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S), self._pool.connection(timeout=ANSWER_WITHIN_S) as session:
                yield session
        except (DatabaseUnavailable, ConnectionLost, TimeoutError) as error:
            raise DependencyUnavailable(
                "PostgreSQL does not answer", code="postgres_unavailable", retry_after_s=2
            ) from error
