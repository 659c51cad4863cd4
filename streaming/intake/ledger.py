"""What intake has accepted, in PostgreSQL: one round trip each to ask, to begin and to record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from clients.postgres import AsyncPool, Row, session_of
from core.events import Article
from streaming.intake.history import Accepted, History

MESSAGES_KEPT_S = 7 * 24 * 3600

_ASK = """
SELECT wanted.article_id, wanted.revision, wanted.content_hash,
       latest.revision AS latest_revision, latest.provider, latest.content_hash AS latest_hash,
       latest.action AS latest_action, latest.published AS latest_published,
       same.content_hash AS same_hash, same.action AS same_action, same.published AS same_published,
       message.body_sha256,
       EXISTS (SELECT FROM intake_articles seen WHERE seen.article_id = wanted.article_id
               AND seen.content_hash = wanted.content_hash AND seen.published) AS content_seen
FROM unnest(%(ids)s::text[], %(revisions)s::bigint[], %(hashes)s::text[])
     AS wanted (article_id, revision, content_hash)
LEFT JOIN LATERAL (SELECT revision, provider, content_hash, action, published FROM intake_articles earlier
                   WHERE earlier.article_id = wanted.article_id ORDER BY revision DESC LIMIT 1) latest ON true
LEFT JOIN intake_articles same ON same.article_id = wanted.article_id AND same.revision = wanted.revision
LEFT JOIN webhook_messages message ON message.source = %(source)s AND message.message_id = %(message_id)s
"""

_BEGIN = """
INSERT INTO intake_articles (article_id, revision, provider, content_hash, action, received_at, published)
SELECT *, false FROM unnest(%(ids)s::text[], %(revisions)s::bigint[], %(providers)s::text[], %(hashes)s::text[],
                            %(actions)s::text[], %(received)s::timestamptz[])
ON CONFLICT DO NOTHING
"""

_RECORD = """
WITH message AS (
    INSERT INTO webhook_messages (source, message_id, body_sha256)
    SELECT %(source)s, %(message_id)s, %(body_sha256)s WHERE %(message_id)s::text IS NOT NULL
    ON CONFLICT DO NOTHING)
UPDATE intake_articles article SET published = true
FROM unnest(%(ids)s::text[], %(revisions)s::bigint[]) AS done (article_id, revision)
WHERE article.article_id = done.article_id AND article.revision = done.revision
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
        async with session_of(self._pool) as session:
            for row in await (await session.execute(_ASK, parameters)).fetchall():
                history.body_sha256 = row["body_sha256"]
                if row["latest_revision"] is not None:
                    history.note(_accepted(row, "latest"))
                if row["same_hash"] is not None:
                    history.note(_accepted(row, "same"))
                if row["content_seen"]:
                    history.contents.add((row["article_id"], row["content_hash"]))
        return history

    async def begin(self, articles: Sequence[Article]) -> None:
        """Remember what is about to be published, so that a later revision is never taken for the first."""
        parameters = {
            "ids": [one.article_id for one in articles],
            "revisions": [one.revision for one in articles],
            "providers": [one.provider for one in articles],
            "hashes": [one.content_hash for one in articles],
            "actions": [one.action for one in articles],
            "received": [one.received_at for one in articles],
        }
        async with session_of(self._pool) as session:
            await session.execute(_BEGIN, parameters)

    async def record(self, message: Message, articles: Sequence[Article]) -> None:
        """Remember that a message and its articles are done; only after Kafka has them, or a crash would lose some."""
        parameters = {
            "source": message.source,
            "message_id": message.message_id,
            "body_sha256": message.body_sha256,
            "ids": [one.article_id for one in articles],
            "revisions": [one.revision for one in articles],
        }
        async with session_of(self._pool) as session:
            await session.execute(_RECORD, parameters)

    async def forget_old_messages(self) -> None:
        """Drop message ids older than a week: by then their signatures are stale, and articles are known by id."""
        async with session_of(self._pool) as session:
            await session.execute(
                "DELETE FROM webhook_messages WHERE received_at < now() - make_interval(secs => %s)",
                (MESSAGES_KEPT_S,),
            )

    async def check(self) -> None:
        """Return when PostgreSQL answers."""
        async with session_of(self._pool) as session:
            await session.execute("SELECT 1")


def _accepted(row: Row, which: Literal["latest", "same"]) -> Accepted:
    return Accepted(
        article_id=row["article_id"],
        revision=row["latest_revision"] if which == "latest" else row["revision"],
        provider=row["provider"],
        content_hash=row[f"{which}_hash"],
        action=row[f"{which}_action"],
        published=row[f"{which}_published"],
    )
