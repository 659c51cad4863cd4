"""A batch of records in one transaction: which count, what they change, and who is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from clients.postgres import Session
from core.errors import BadInput
from core.events import ClientRef, EnrichedArticle, Retraction, Times
from streaming.router.admission import Desk, Place, StoryRules, Withdraw, admit
from streaming.router.alerts import AlertRecord, Cause, SourceRecord, place, revise
from streaming.router.candidates import Candidate, queue
from streaming.router.saving import Change, save_alerts, save_changes, save_desk
from streaming.router.store import StoryCache, due_for_release, load_alerts, load_desk, turn


@dataclass(slots=True)
class Batch:
    """The alerts of a batch as they change."""

    alerts: dict[UUID, AlertRecord]
    touched: dict[UUID, AlertRecord] = field(default_factory=dict)
    changed_sources: set[tuple[UUID, str]] = field(default_factory=set)
    changes: list[Change] = field(default_factory=list)

    def take(self, step: Place | Withdraw, desk: Desk, now: datetime) -> None:
        """Apply one decided step to its alert."""
        if isinstance(step, Place):
            alert = self.alerts.get(step.alert_id) or self._open(step, desk)
            article_id = step.enriched.article.article_id
            place(alert, step.enriched, now)
            cause = Cause(step.enriched.times, step.enriched.trace_id)
        else:
            alert = self.alerts[step.alert_id]
            article_id = step.retraction.article_id
            alert.sources[article_id].retracted = True
            cause = Cause(Times(received=step.retraction.received_at), step.retraction.trace_id)
        self.changed_sources.add((alert.alert_id, article_id))
        self.recompose(alert, cause, now)

    def recompose(self, alert: AlertRecord, cause: Cause, now: datetime) -> None:
        """Compose an alert anew and note the frame, when there is anything to see."""
        if alert.shown is None:
            # The list is in the order in which alerts are first shown, as their frames are.
            self.touched.pop(alert.alert_id, None)
        self.touched[alert.alert_id] = alert
        frame_type = revise(alert, cause, now)
        if frame_type and alert.shown:
            self.changes.append(Change(frame_type, alert.shown))

    def save(self, session: Session, now: datetime) -> None:
        """Write everything that changed."""
        save_alerts(session, self.touched.values(), self.changed_sources, now)
        save_changes(session, self.changes)

    def _open(self, step: Place, desk: Desk) -> AlertRecord:
        client_id = step.enriched.client_id
        client = ClientRef(id=client_id, display=desk.clients[client_id])
        alert = AlertRecord(step.alert_id, step.story.story_id, client, step.story.first_article_id)
        self.alerts[step.alert_id] = alert
        return alert


def route(
    session: Session,
    records: Sequence[EnrichedArticle | Retraction | Candidate],
    *,
    rules: StoryRules,
    cache: StoryCache,
    now: datetime,
) -> dict[int, BadInput]:
    """Apply records in order, in one transaction; return why records were refused, by their place in `records`."""
    refused: dict[int, BadInput] = {}
    steps: list[Place | Withdraw] = []
    with turn(session):
        queue(session, (record for record in records if isinstance(record, Candidate)))
        news = {index: record for index, record in enumerate(records) if not isinstance(record, Candidate)}
        desk = load_desk(session, news.values(), cache, now - timedelta(seconds=rules.window_s))
        for index, record in news.items():
            try:
                steps.extend(admit(desk, record, rules, now))
            except BadInput as error:
                refused[index] = error
        batch = Batch(load_alerts(session, {step.alert_id for step in steps}))
        for step in steps:
            batch.take(step, desk, now)
        save_desk(session, desk)
        batch.save(session, now)
    return refused


def release(session: Session, now: datetime) -> int:
    """Show what embargoes that ended by `now` held back; return how many alerts were due.

    The timer is the database's: a router that starts late releases at once what fell due meanwhile.
    """
    with turn(session):
        batch = Batch(load_alerts(session, due_for_release(session, now)))
        for alert in batch.alerts.values():
            freed = max(alert.sources.values(), key=lambda source: _free_since(source, now)).enriched
            batch.recompose(alert, Cause(freed.times, freed.trace_id), now)
        batch.save(session, now)
        return len(batch.alerts)


def _free_since(source: SourceRecord, now: datetime) -> tuple[bool, datetime, str]:
    article = source.article
    may_be_seen = not source.retracted and not source.under_embargo(now)
    return may_be_seen, article.embargo_until or source.first_seen_at, article.article_id
