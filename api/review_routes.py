"""`/api/v1/review-candidates`: articles that may be about a client, for a person to decide."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from api import reviews
from api.alert_routes import link_next
from api.authentication import PrincipalDep
from api.fields import CursorText, Limit
from api.review_models import Decide, Decided, ReviewPage
from api.services import ServicesDep

router = APIRouter(prefix="/review-candidates", tags=["review"])


@router.get("", operation_id="listReviewCandidates")
async def list_candidates(
    principal: PrincipalDep,
    services: ServicesDep,
    request: Request,
    response: Response,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[CursorText | None, Query()] = None,
) -> ReviewPage:
    """List the open candidates about the caller's clients, newest first."""
    principal.must("alerts.read")
    async with services.pool.connection() as session, session.transaction():
        page = await reviews.read_page(session, principal, limit=limit, cursor=cursor)
    link_next(response, request, page.next)
    return page


@router.post("/{candidate_id}/decision", operation_id="decideReviewCandidate")
async def decide(candidate_id: UUID, asked: Decide, principal: PrincipalDep, services: ServicesDep) -> Decided:
    """Decide a candidate; the resolver knows what it taught within seconds."""
    principal.must("review.decide")
    async with services.pool.connection() as session, session.transaction():
        return await reviews.decide(session, principal, candidate_id, asked)
