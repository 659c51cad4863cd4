"""What a batch changed, written down: state, alerts, their sources, events, frames for the RMs, and the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clients.postgres import Session
from core.events import Alert, Handling
from core.topics import ALERT_STATE_CHANGES
from streaming.router.admission import Desk
from streaming.router.alerts import AlertRecord, FrameType

EVENT_KINDS: dict[FrameType, str] = {"alert": "shown", "alert.updated": "updated", "alert.retracted": "retracted"}
ACTOR = "router"
COLUMNS_OF_THEIR_OWN = {*Handling.model_fields, "muted"}


@dataclass(frozen=True, slots=True)
class Change:
    """One visible change of an alert: the frame that tells it, and the alert after it."""

    frame_type: FrameType
    alert: Alert


def save_desk(session: Session, desk: Desk) -> None:
    """Write the changed articles and stories."""
    articles = [(article_id, desk.articles[article_id]) for article_id in sorted(desk.changed_articles)]
    if articles:
        _many(
            session,
            "INSERT INTO article_state (article_id, revision, content_hash, action, matched_client_ids)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (article_id) DO UPDATE SET revision = excluded.revision,"
            " content_hash = excluded.content_hash, action = excluded.action,"
            " matched_client_ids = excluded.matched_client_ids, updated_at = now()",
            [(name, *s.key, s.action, None if s.matched is None else sorted(s.matched)) for name, s in articles],
        )
    if desk.changed_stories:
        _many(
            session,
            "INSERT INTO stories VALUES (%s, %s, %s, %s, %s, %s, %s, nextval('story_changes'))"
            " ON CONFLICT (story_id) DO UPDATE SET headline = excluded.headline, signature = excluded.signature,"
            " last_seen_at = excluded.last_seen_at, change_seq = excluded.change_seq",
            [
                (s.story_id, s.client_id, s.first_article_id, s.headline, s.signature, s.first_seen_at, s.last_seen_at)
                for s in desk.changed_stories.values()
            ],
        )


def save_alerts(
    session: Session, alerts: Iterable[AlertRecord], changed_sources: set[tuple[UUID, str]], now: datetime
) -> None:
    """Write alerts, and those of their sources whose `(alert id, article id)` changed.

    New alerts are a microsecond apart, so that a list by age has them in the order of their frames.
    """
    alerts = list(alerts)
    _many(
        session,
        "INSERT INTO alerts (alert_id, story_id, client_id, revision, status, severity, topic, relevance,"
        " embargo_until, released, payload, created_at, updated_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s) ON CONFLICT (alert_id) DO UPDATE SET"
        " revision = excluded.revision, status = excluded.status, severity = excluded.severity,"
        " topic = excluded.topic, relevance = excluded.relevance, embargo_until = excluded.embargo_until,"
        " released = excluded.released, payload = excluded.payload, updated_at = excluded.updated_at,"
        " created_at = CASE WHEN alerts.released THEN alerts.created_at ELSE excluded.created_at END",
        [_alert_row(alert, now + timedelta(microseconds=place)) for place, alert in enumerate(alerts)],
    )
    _many(
        session,
        "INSERT INTO alert_sources (alert_id, article_id, client_id, revision, content_hash, enriched, retracted,"
        " first_seen_at) VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s)"
        " ON CONFLICT (alert_id, article_id) DO UPDATE SET revision = excluded.revision,"
        " content_hash = excluded.content_hash, enriched = excluded.enriched, retracted = excluded.retracted",
        [
            (
                alert.alert_id, article_id, alert.client.id, source.article.revision, source.article.content_hash,
                source.enriched.model_dump_json(), source.retracted, source.first_seen_at,
            )
            for alert in alerts
            for article_id, source in alert.sources.items()
            if (alert.alert_id, article_id) in changed_sources
        ],
    )  # fmt: skip


def save_changes(session: Session, changes: list[Change]) -> None:
    """Append the events, the outbox records, and one frame for everybody who hears of the alert now."""
    if not changes:
        return
    _many(
        session,
        "INSERT INTO alert_events (alert_id, revision, kind, actor, detail) VALUES (%s, %s, %s, %s, %s::jsonb)",
        [(c.alert.alert_id, c.alert.revision, EVENT_KINDS[c.frame_type], ACTOR, _detail(c.alert)) for c in changes],
    )
    _many(
        session,
        "INSERT INTO outbox (topic, key, value) VALUES (%s, %s, %s::jsonb)",
        [(ALERT_STATE_CHANGES, c.alert.client.id, _state_change(c)) for c in changes],
    )
    # RMs are locked in the order of their ids, so that two writers of several feeds cannot wait for each other.
    session.execute(
        "SELECT append_feed(rm_id, alert_id, revision, frame) FROM ("
        " SELECT rm_id, c.alert_id, c.revision, as_pushed(rm_id, c.alert_id, c.frame) AS frame"
        " FROM unnest(%s::uuid[], %s::int[], %s::text[]::jsonb[]) WITH ORDINALITY"
        " AS c (alert_id, revision, frame, place), hearers_of(c.alert_id) AS rm_id"
        " ORDER BY rm_id, c.place) AS feed",
        (
            [c.alert.alert_id for c in changes],
            [c.alert.revision for c in changes],
            [f'{{"type":"{c.frame_type}","alert":{c.alert.model_dump_json()}}}' for c in changes],
        ),
    )


def _alert_row(alert: AlertRecord, now: datetime) -> tuple[object, ...]:
    shown = alert.shown
    # Nobody sees an unreleased alert's columns; they only have to hold something true.
    enriched = next(iter(alert.sources.values())).enriched
    return (
        alert.alert_id,
        alert.story_id,
        alert.client.id,
        alert.revision,
        shown.status if shown else "active",
        shown.severity if shown else enriched.severity,
        shown.topic if shown else enriched.topic,
        shown.relevance if shown else enriched.relevance,
        alert.embargo_until(now),
        shown is not None,
        shown.model_dump_json(exclude=COLUMNS_OF_THEIR_OWN) if shown else None,
        now,
        now,
    )


def _detail(alert: Alert) -> str:
    return json.dumps({"status": alert.status, "sources": len(alert.sources), "trace_id": alert.trace_id})


def _state_change(change: Change) -> str:
    alert = change.alert
    return json.dumps(
        {
            "kind": EVENT_KINDS[change.frame_type],
            "alert_id": str(alert.alert_id),
            "story_id": str(alert.story_id),
            "client_id": alert.client.id,
            "revision": alert.revision,
            "status": alert.status,
            "state": alert.state,
            "severity": alert.severity,
            "by": ACTOR,
            "at": alert.model_dump(mode="json")["times"]["routed"],
            "trace_id": alert.trace_id,
        }
    )


def _many(session: Session, statement: str, rows: list[tuple[object, ...]]) -> None:
    if rows:
        session.cursor().executemany(statement.encode(), rows)
