"""The router's tables: what a batch needs is read, and what it changed is written, in one transaction.

Routers take turns by a lock that the transaction holds: records of one article and of its clients come from different
partitions, and stories must not be founded twice. Round trips are few: statements go out in pipeline mode.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from clients.postgres import Row, Session
from core.events import Alert, ClientRef, EnrichedArticle, Handling, Retraction
from streaming.router.admission import ArticleState, Desk, Placement
from streaming.router.alerts import AlertRecord, SourceRecord
from streaming.router.signatures import Story, to_vector

ROUTER_LOCK = 7214072
_ALERTS = f"""
    SELECT a.alert_id, a.story_id, a.client_id, a.revision, a.payload::text AS payload_json, c.display,
           story.first_article_id, {", ".join(f"a.{name}" for name in Handling.model_fields)}
    FROM alerts a JOIN clients c USING (client_id) JOIN stories story USING (story_id)
    WHERE a.alert_id = ANY(%s) ORDER BY a.alert_id FOR UPDATE OF a
"""  # noqa: S608


@contextmanager
def turn(session: Session) -> Iterator[None]:
    """Run a block in one pipelined transaction that no other router overlaps."""
    with session.pipeline(), session.transaction():
        session.execute("SELECT pg_advisory_xact_lock(%s)", (ROUTER_LOCK,))
        yield


class StoryCache:
    """The recent stories of each client seen so far; a batch fetches only what changed since the last one."""

    def __init__(self) -> None:
        self._stories: dict[str, dict[UUID, Story]] = {}
        self._seen: dict[str, int] = {}

    def recent(self, session: Session, clients: list[str], since: datetime) -> dict[str, dict[UUID, Story]]:
        """Return the stories of these clients seen after `since`, in dictionaries that the caller may change."""
        rows = session.execute(
            "SELECT s.* FROM unnest(%s::text[], %s::bigint[]) AS seen (client_id, change_seq)"
            " JOIN stories s ON s.client_id = seen.client_id AND s.change_seq > seen.change_seq"
            " AND s.last_seen_at >= %s",
            (clients, [self._seen.get(client, 0) for client in clients], since),
        ).fetchall()
        for row in rows:
            client = row["client_id"]
            self._stories.setdefault(client, {})[row["story_id"]] = _story(row)
            self._seen[client] = max(self._seen.get(client, 0), row["change_seq"])
        return {client: dict(self._stories.get(client, ())) for client in clients}

    def forget_before(self, moment: datetime) -> None:
        """Drop the stories last seen before a moment."""
        for client, stories in list(self._stories.items()):
            kept = {identity: story for identity, story in stories.items() if story.last_seen_at >= moment}
            if kept:
                self._stories[client] = kept
            else:
                # The high-water mark goes too: it only saves reading again, and nothing recent is left to read.
                del self._stories[client], self._seen[client]


def load_desk(
    session: Session, records: Iterable[EnrichedArticle | Retraction], cache: StoryCache, since: datetime
) -> Desk:
    """Read what is known about the articles and clients of these records, and the clients' stories since then."""
    articles, clients = set[str](), set[str]()
    for record in records:
        if isinstance(record, Retraction):
            articles.add(record.article_id)
        else:
            articles.add(record.article.article_id)
            clients.add(record.client_id)
    desk = Desk()
    states = session.execute("SELECT * FROM article_state WHERE article_id = ANY(%s)", (list(articles),))
    placed = session.execute(
        "SELECT s.article_id, s.client_id, s.alert_id, s.revision, s.content_hash, story.*"
        " FROM alert_sources s JOIN alerts a USING (alert_id) JOIN stories story ON story.story_id = a.story_id"
        " WHERE s.article_id = ANY(%s)",
        (list(articles),),
    )
    names = session.execute(
        "SELECT client_id, display FROM clients WHERE active AND client_id = ANY(%s)", (list(clients),)
    )
    desk.stories = cache.recent(session, list(clients), since)
    for row in states.fetchall():
        matched = row["matched_client_ids"]
        key = (row["revision"], row["content_hash"])
        desk.articles[row["article_id"]] = ArticleState(
            key, row["action"], None if matched is None else frozenset(matched)
        )
    for row in placed.fetchall():
        key = (row["revision"], row["content_hash"])
        placement = Placement(row["alert_id"], row["story_id"], key)
        desk.placements.setdefault(row["article_id"], {})[row["client_id"]] = placement
        desk.stories.setdefault(row["client_id"], {})[row["story_id"]] = _story(row)
    desk.clients = {row["client_id"]: row["display"] for row in names.fetchall()}
    return desk


def load_alerts(session: Session, alert_ids: Iterable[UUID]) -> dict[UUID, AlertRecord]:
    """Read these alerts with their sources and lock them; the ones that do not exist yet are left out."""
    wanted = sorted(alert_ids)
    if not wanted:
        return {}
    rows = session.execute(
        _ALERTS.encode(),
        (wanted,),
    )
    sources = session.execute(
        "SELECT alert_id, article_id, retracted, first_seen_at, enriched::text AS enriched_json"
        " FROM alert_sources WHERE alert_id = ANY(%s)",
        (wanted,),
    )
    alerts = {row["alert_id"]: _alert(row) for row in rows.fetchall()}
    for row in sources.fetchall():
        enriched = EnrichedArticle.model_validate_json(row["enriched_json"])
        source = SourceRecord(enriched, row["first_seen_at"], row["retracted"])
        alerts[row["alert_id"]].sources[row["article_id"]] = source
    return alerts


def due_for_release(session: Session, now: datetime, *, limit: int = 100) -> list[UUID]:
    """Return the alerts within which an embargo has ended, the longest due first."""
    rows = session.execute(
        "SELECT alert_id FROM alerts WHERE embargo_until <= %s ORDER BY embargo_until LIMIT %s", (now, limit)
    )
    return [row["alert_id"] for row in rows.fetchall()]


def _alert(row: Row) -> AlertRecord:
    shown = Alert.model_validate_json(row["payload_json"]) if row["payload_json"] else None
    return AlertRecord(
        alert_id=row["alert_id"],
        story_id=row["story_id"],
        client=ClientRef(id=row["client_id"], display=row["display"]),
        first_article_id=row["first_article_id"],
        revision=row["revision"],
        handling=Handling.model_validate(row),
        shown=shown,
        sources={},
    )


def _story(row: dict[str, Any]) -> Story:
    return Story(
        story_id=row["story_id"],
        client_id=row["client_id"],
        first_article_id=row["first_article_id"],
        headline=row["headline"],
        signature=row["signature"],
        vector=to_vector(row["signature"]),
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
    )
