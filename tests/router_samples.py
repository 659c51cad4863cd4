"""Records and worlds for the router's tests."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np

from core.events import (
    Action,
    Alert,
    Article,
    EnrichedArticle,
    Match,
    Retraction,
    Severity,
    SummarySentence,
    Times,
    Versions,
    enrichment_id,
)
from streaming.router.admission import Desk, Place, StoryRules, Withdraw, admit
from streaming.router.routing import Batch

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
RULES = StoryRules(similarity_from=0.62, window_s=48 * 3600)
DIMENSIONS = 384


def signature(seed: int, *, near: int | None = None) -> str:
    """Return a random direction, or one at a cosine of about 0.9 to that of seed `near`."""
    vector = np.random.default_rng(seed).normal(size=DIMENSIONS)
    vector /= np.linalg.norm(vector)
    if near is not None:
        centre = np.random.default_rng(near).normal(size=DIMENSIONS)
        vector = 0.9 * centre / np.linalg.norm(centre) + 0.436 * vector
        vector /= np.linalg.norm(vector)
    return base64.b64encode(vector.astype("<f2").tobytes()).decode()


def article(article_id: str = "a1", revision: int = 1, **fields: Any) -> Article:
    defaults: dict[str, Any] = {
        "provider": "wire",
        "action": "created" if revision == 1 else "updated",
        "published_at": NOW - timedelta(minutes=5),
        "received_at": NOW - timedelta(seconds=1),
        "headline": f"{article_id} revision {revision}",
        "body": "The body.",
        "content_hash": f"hash-{article_id}-{revision}",
        "trace_id": f"trace-{article_id}-{revision}",
    }
    return Article(article_id=article_id, revision=revision, **{**defaults, **fields})


def enriched(
    client_id: str = "C-1",
    article_id: str = "a1",
    revision: int = 1,
    *,
    story: int = 1,
    relevance: float = 0.9,
    severity: Severity = "important",
    resolver: str = "r1",
    vector: str | None = None,
    **article_fields: Any,
) -> EnrichedArticle:
    """Return an enriched article; the same `story` number gives the same signature."""
    piece = article(article_id, revision, **article_fields)
    return EnrichedArticle(
        enrichment_id=enrichment_id(article_id, revision, client_id),
        article=piece,
        client_id=client_id,
        match=Match(score=0.97, method="alias"),
        relevance=relevance,
        severity=severity,
        topic="appointment",
        summary=(SummarySentence(text="One sentence.", source_ids=(article_id,)),),
        signature=vector or signature(story),
        times=Times(published=piece.published_at, received=piece.received_at),
        why="named in full",
        versions=Versions(registry="1", resolver=resolver),
        trace_id=piece.trace_id,
    )


def retraction(
    article_id: str = "a1", revision: int = 2, matched: tuple[str, ...] = (), action: Action = "updated"
) -> Retraction:
    return Retraction(
        article_id=article_id,
        revision=revision,
        action=action,
        matched_client_ids=matched,
        content_hash=f"hash-{article_id}-{revision}",
        received_at=NOW,
        trace_id=f"trace-{article_id}-{revision}",
    )


class World:
    """A router's state in memory: records in, alerts and frames out, without a database."""

    def __init__(self, *clients: str) -> None:
        self.desk = Desk(clients={client: f"Client {client}" for client in clients or ("C-1",)})
        self.batch = Batch({})

    def take(self, *records: EnrichedArticle | Retraction, now: datetime = NOW) -> World:
        for record in records:
            steps: list[Place] | list[Withdraw] = admit(self.desk, record, RULES, now)
            for step in steps:
                self.batch.take(step, self.desk, now)
        return self

    @property
    def frames(self) -> list[str]:
        return [change.frame_type for change in self.batch.changes]

    @property
    def alerts(self) -> dict[UUID, Alert]:
        """What RMs see, retracted alerts included."""
        return {key: alert.shown for key, alert in self.batch.alerts.items() if alert.shown}

    @property
    def alert(self) -> Alert:
        (only,) = self.alerts.values()
        return only
