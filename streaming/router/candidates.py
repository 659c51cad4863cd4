"""Articles that may be about a client, put where people decide about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from clients.postgres import Session
from core.events import EnrichedArticle
from streaming.router.alerts import slim

# Who left the book meanwhile has no review queue.
_QUEUE = b"""
    INSERT INTO review_candidates (candidate_id, client_id, article_id, revision, relevance, embargo_until, enriched)
    SELECT %s, c.client_id, %s, %s, %s, %s, %s::jsonb FROM clients c WHERE c.client_id = %s AND c.active
    ON CONFLICT (candidate_id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An enriched article of the topic `review-candidates`."""

    enriched: EnrichedArticle


def queue(session: Session, candidates: Iterable[Candidate]) -> None:
    """Store candidates; one that is there already stays as it is, decided or not."""
    rows = [_row(candidate.enriched) for candidate in candidates]
    if rows:
        session.cursor().executemany(_QUEUE, rows)


def _row(enriched: EnrichedArticle) -> tuple[object, ...]:
    article = enriched.article
    # An accepted candidate becomes an alert, and its story is found by the signature.
    kept = slim(enriched).model_copy(update={"signature": enriched.signature})
    return (
        enriched.enrichment_id,
        article.article_id,
        article.revision,
        enriched.relevance,
        article.embargo_until,
        kept.model_dump_json(),
        enriched.client_id,
    )
