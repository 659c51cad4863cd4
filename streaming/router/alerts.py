"""The one alert of a client and story, composed from the articles behind it; no I/O.

What an RM sees follows from the live sources alone, so any order of records ends in the same alert:

- headline, body, summary, match and `why` come from the lead: the story's first article, or, once that is withdrawn,
  the earliest published of the rest;
- severity and topic come from the gravest source; relevance is the highest;
- novelty is 100 for a first report and three quarters of the last for each further one (100, 75, 56, 42, ...);
- `corrected` while a live source is an update of what was published before; `retracted` when no live source is left;
- an embargoed source is as good as absent until its time;
- `times` and `trace_id` are those of the record that caused the change, so that every change can be timed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from core.events import Alert, Article, ClientRef, EnrichedArticle, Handling, Source, Times

FrameType = Literal["alert", "alert.updated", "alert.retracted"]

BODY_LIMIT = 8000
HEADLINE_LIMIT = 500
SOURCES_LIMIT = 20
NOVELTY_DECAY = 0.75
GRAVITY = {"info": 0, "important": 1, "critical": 2}


@dataclass(slots=True)
class SourceRecord:
    """One article behind an alert, as it is stored."""

    enriched: EnrichedArticle
    first_seen_at: datetime
    retracted: bool = False

    @property
    def article(self) -> Article:
        """The article itself."""
        return self.enriched.article

    def under_embargo(self, now: datetime) -> bool:
        """Say whether nobody may see it yet."""
        return self.article.embargo_until is not None and self.article.embargo_until > now


@dataclass(slots=True)
class AlertRecord:
    """An alert as it is stored: its sources, and what was last shown (None while nobody saw it)."""

    alert_id: UUID
    story_id: UUID
    client: ClientRef
    first_article_id: str
    revision: int = 0
    handling: Handling = field(default_factory=Handling)
    shown: Alert | None = None
    sources: dict[str, SourceRecord] = field(default_factory=dict)

    def embargo_until(self, now: datetime) -> datetime | None:
        """Return when the next of its embargoes ends, or None."""
        held = [s.article.embargo_until for s in self.sources.values() if not s.retracted and s.under_embargo(now)]
        return min((moment for moment in held if moment is not None), default=None)


@dataclass(frozen=True, slots=True)
class Cause:
    """What brought a change about: the hops it took and its trace."""

    times: Times
    trace_id: str


def place(alert: AlertRecord, enriched: EnrichedArticle, now: datetime) -> None:
    """Put an article, or its newer revision, behind an alert."""
    article_id = enriched.article.article_id
    earlier = alert.sources.get(article_id)
    first_seen_at = earlier.first_seen_at if earlier else now
    alert.sources[article_id] = SourceRecord(slim(enriched), first_seen_at)


def slim(enriched: EnrichedArticle) -> EnrichedArticle:
    """Return what is kept behind an alert: no signature, and no more text than an alert shows."""
    article = enriched.article
    short = {"body": cut(article.body, BODY_LIMIT), "headline": cut(article.headline, HEADLINE_LIMIT)}
    return enriched.model_copy(update={"signature": "", "article": article.model_copy(update=short)})


def cut(text: str, limit: int) -> str:
    """Shorten a text to `limit` characters, the last of them an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def revise(alert: AlertRecord, cause: Cause, now: datetime) -> FrameType | None:
    """Compose the alert anew; return the frame its RMs get, or None when they would see no difference."""
    live = _in_order(alert, (s for s in alert.sources.values() if not s.retracted and not s.under_embargo(now)))
    before = alert.shown
    if not live and before is None:
        return None
    after = _composed(alert, live, cause, now) if live or before is None else _retracted(alert, before, cause, now)
    if before is not None and _visible(before) == _visible(after):
        return None
    alert.revision, alert.shown = after.revision, after
    if before is None:
        return "alert"
    return "alert.retracted" if after.status == "retracted" else "alert.updated"


def novelty(reports: int) -> float:
    """Return how new the latest of `reports` live reports of a story is, 0-100."""
    return float(round(100 * NOVELTY_DECAY ** (reports - 1)))


def _in_order(alert: AlertRecord, sources: Iterable[SourceRecord]) -> list[SourceRecord]:
    def order(source: SourceRecord) -> tuple[bool, datetime, str]:
        article = source.article
        return (
            article.article_id != alert.first_article_id,
            article.published_at or article.received_at,
            article.article_id,
        )

    return sorted(sources, key=order)


def _composed(alert: AlertRecord, live: list[SourceRecord], cause: Cause, now: datetime) -> Alert:
    lead = live[0].enriched
    gravest = max((source.enriched for source in live), key=lambda enriched: GRAVITY[enriched.severity])
    return Alert(
        alert_id=alert.alert_id,
        story_id=alert.story_id,
        revision=alert.revision + 1,
        client=alert.client,
        relation=lead.relation,
        match=lead.match,
        relevance=max(source.enriched.relevance for source in live),
        novelty=novelty(len(live)),
        severity=gravest.severity,
        topic=gravest.topic,
        headline=lead.article.headline,
        body=lead.article.body,
        summary=lead.summary,
        sources=_listed(alert, live),
        source_count=len(live),
        status="corrected" if any(source.article.action == "updated" for source in live) else "active",
        **dict(alert.handling),
        embargo_until=lead.article.embargo_until,
        times=_routed(cause, now),
        why=lead.why,
        versions=lead.versions,
        trace_id=cause.trace_id,
    )


def _retracted(alert: AlertRecord, shown: Alert, cause: Cause, now: datetime) -> Alert:
    """Keep what was shown, marked: an RM who acted on it must still find it, and see that it no longer stands."""
    return shown.model_copy(
        update={
            "revision": alert.revision + 1,
            "status": "retracted",
            "source_count": 0,
            "sources": tuple(source.model_copy(update={"retracted": True}) for source in shown.sources),
            **dict(alert.handling),
            "times": _routed(cause, now),
            "trace_id": cause.trace_id,
        }
    )


def _routed(cause: Cause, now: datetime) -> Times:
    return cause.times.model_copy(update={"routed": now})


def _listed(alert: AlertRecord, live: list[SourceRecord]) -> tuple[Source, ...]:
    """List the live sources in order, then those withdrawn after they had been shown."""
    newest = sorted(live[1:], key=lambda source: source.first_seen_at)[-(SOURCES_LIMIT - 1) :]
    kept = {source.article.article_id for source in (live[0], *newest)}
    listed = [_source(source.article, rank) for rank, source in enumerate(live) if source.article.article_id in kept]
    live_ids = {source.article.article_id for source in live}
    withdrawn = [s for s in (alert.shown.sources if alert.shown else ()) if s.article_id not in live_ids]
    withdrawn = withdrawn[: SOURCES_LIMIT - len(listed)]
    return (*listed, *(s.model_copy(update={"retracted": True, "rank": len(live)}) for s in withdrawn))


def _source(article: Article, rank: int) -> Source:
    return Source(
        article_id=article.article_id,
        revision=article.revision,
        headline=article.headline,
        publisher=article.publisher or article.provider,
        url=article.url,
        published_at=article.published_at,
        language=article.language,
        rank=rank,
    )


def _visible(alert: Alert) -> Alert:
    """Strip what changes without an RM seeing a difference: counters, clocks and what was done about it."""
    return alert.model_copy(update={"revision": 1, "times": Times(), "trace_id": "", **dict(Handling())})
