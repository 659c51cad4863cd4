"""The review queue: open candidates, and decisions that teach the registry, each in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from api import review_learning as learning
from api.alert_query import Cursor, parse_cursor
from api.audit import record
from api.principal import Principal
from api.review_models import Decide, Decided, Learned, ReviewCandidate, ReviewPage
from clients.postgres import AsyncSession, Jsonb, Row
from core.errors import BadInput, Conflict, NotFound
from core.events import CONFIRMED, ClientRef, EnrichedArticle, SummarySentence
from core.topics import ENRICHED_ALERTS

# An article that was changed, withdrawn or is under embargo is nobody's to decide: its newest revision is.
_OPEN = """
    FROM review_candidates r JOIN clients c USING (client_id)
    WHERE may_see(%(rm_id)s, r.client_id) AND c.active AND (r.embargo_until IS NULL OR r.embargo_until <= now())
      AND NOT EXISTS (SELECT FROM article_state s WHERE s.article_id = r.article_id AND s.revision > r.revision)
"""
_PAGE = f"""
    SELECT r.*, c.display {_OPEN} AND r.decision IS NULL
      AND (%(at)s::timestamptz IS NULL OR (r.received_at, r.candidate_id) < (%(at)s, %(id)s::uuid))
    ORDER BY r.received_at DESC, r.candidate_id DESC LIMIT %(limit)s
"""
_LOCK = f"SELECT r.*, c.display {_OPEN} AND r.candidate_id = %(candidate_id)s FOR UPDATE OF r"
_DECIDE = """
    UPDATE review_candidates SET decision = %(decision)s, note = %(note)s, learned = %(learned)s,
        decided_by = %(rm_id)s, decided_at = date_trunc('milliseconds', clock_timestamp())
    WHERE candidate_id = %(candidate_id)s RETURNING *
"""
_ALIAS = """
    INSERT INTO client_aliases (client_id, name, type, added_by) VALUES (%s, %s, 'alias', %s) ON CONFLICT DO NOTHING
"""
_CONTEXT = "INSERT INTO client_facts (client_id, kind, value) VALUES (%s, 'context', %s) ON CONFLICT DO NOTHING"
_BLOCK = "INSERT INTO client_blocks (client_id, name, context, added_by) VALUES (%s, %s, %s, %s)"
_OUTBOX = "INSERT INTO outbox (topic, key, value) VALUES (%s, %s, %s)"


async def read_page(session: AsyncSession, principal: Principal, *, limit: int, cursor: str | None) -> ReviewPage:
    """Return open candidates about clients of the caller, newest first; BadInput when the cursor is none of ours."""
    place = parse_cursor(cursor) if cursor else None
    parameters: dict[str, Any] = {"rm_id": principal.rm_id, "limit": limit + 1}
    parameters |= {"at": place and place.created_at, "id": place and place.alert_id}
    rows = await (await session.execute(_PAGE.encode(), parameters)).fetchall()
    shown = rows[:limit]
    await record(session, principal, "reviews.listed", clients=[row["client_id"] for row in shown])
    last: tuple[datetime, UUID] | None = (shown[-1]["received_at"], shown[-1]["candidate_id"]) if shown else None
    following = Cursor(*last).encode() if last and len(rows) > limit else None
    return ReviewPage(items=[_shown(row) for row in shown], next=following)


async def decide(session: AsyncSession, principal: Principal, candidate_id: UUID, asked: Decide) -> Decided:
    """Decide a candidate in the caller's transaction; the same decision again changes nothing.

    NotFound when it is not the caller's to decide, Conflict when it was decided otherwise, BadInput when the decision
    needs a name or words that the article does not give.
    """
    named = {"rm_id": principal.rm_id, "candidate_id": candidate_id}
    row = await (await session.execute(_LOCK.encode(), named)).fetchone()
    if row is None:
        raise NotFound("no such candidate")
    if row["decision"] is not None:
        if row["decision"] != asked.decision:
            raise Conflict("the candidate was decided otherwise", code="decided")
        return _decided(row)
    enriched = EnrichedArticle.model_validate(row["enriched"])
    learned = lessons(asked, enriched)
    await _teach(session, principal, row["client_id"], learned)
    if asked.decision == "accept":
        await session.execute(_OUTBOX, (ENRICHED_ALERTS, row["client_id"], Jsonb(_confirmed(enriched))))
    values = {**named, "decision": asked.decision, "note": asked.note, "learned": Jsonb(learned.model_dump())}
    changed = await (await session.execute(_DECIDE, values)).fetchone()
    if changed is None:
        raise AssertionError("the row is locked, so the update finds it")
    detail = {"decision": asked.decision}
    await record(
        session, principal, "review.decided", clients=[row["client_id"]], subject=str(candidate_id), detail=detail
    )
    return _decided(changed)


def lessons(asked: Decide, enriched: EnrichedArticle) -> Learned:
    """Return what a decision teaches; BadInput when it needs a name or words that neither it nor the article gives."""
    name = asked.name or learning.mention(enriched)
    words = [asked.context] if asked.context else learning.contexts(enriched)
    if asked.decision == "accept":
        return Learned(alias=name, contexts=words if name else [])
    if asked.decision == "reject":
        return Learned()
    if name is None:
        raise BadInput("the article names a company related to the client; say which name is meant", code="no_name")
    if asked.decision == "alias":
        return Learned(alias=name)
    if not words:
        raise BadInput("say beside which words the name is somebody else's", code="no_context")
    return Learned(block=name, contexts=words)


async def _teach(session: AsyncSession, principal: Principal, client_id: str, learned: Learned) -> None:
    if learned.alias:
        await session.execute(_ALIAS, (client_id, learned.alias, principal.rm_id))
    for words in learned.contexts:
        if learned.block:
            await session.execute(_BLOCK, (client_id, learned.block, words, principal.rm_id))
        else:
            await session.execute(_CONTEXT, (client_id, words))


def _confirmed(enriched: EnrichedArticle) -> dict[str, Any]:
    """Return the record that the router makes an alert of; what was too unsure to be summarised has its headline."""
    article = enriched.article
    summary = enriched.summary or (SummarySentence(text=article.headline, source_ids=(article.article_id,)),)
    match = enriched.match.model_copy(update={"method": CONFIRMED})
    why = f"{CONFIRMED.capitalize()}: {enriched.why}"
    return enriched.model_copy(update={"match": match, "summary": summary, "why": why}).model_dump(mode="json")


def _shown(row: Row) -> ReviewCandidate:
    enriched = EnrichedArticle.model_validate(row["enriched"])
    article = enriched.article
    return ReviewCandidate(
        candidate_id=row["candidate_id"],
        client=ClientRef(id=row["client_id"], display=row["display"]),
        article_id=article.article_id,
        revision=article.revision,
        relation=enriched.relation,
        relevance=enriched.relevance,
        match=enriched.match,
        mention=learning.mention(enriched),
        contexts=learning.contexts(enriched),
        severity=enriched.severity,
        topic=enriched.topic,
        headline=article.headline,
        body=article.body,
        publisher=article.publisher or article.provider,
        url=article.url,
        published_at=article.published_at,
        received_at=row["received_at"],
        why=enriched.why,
    )


def _decided(row: Row) -> Decided:
    fields = ("candidate_id", "decision", "decided_by", "decided_at", "note", "learned")
    return Decided.model_validate({name: row[name] for name in fields})
