"""`/api/v1/clients/{client_id}/health`, its positions, and `/api/v1/book`: all from PostgreSQL alone."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel

from api import book, book_health, portfolio
from api.authentication import PrincipalDep
from api.portfolio_models import Book, BookHealth, Health, PositionPage
from api.services import ServicesDep

router = APIRouter(tags=["portfolio"])

_TEXT = r"^[^\x00]*$"
ClientId = Annotated[str, Path(min_length=1, max_length=128, pattern=_TEXT)]
Day = Annotated[date | None, Query(alias="date", description="Of which day; by default the newest.")]
KnownAt = Annotated[
    AwareDatetime | None, Query(description="Figures as they were known at this time; by default as known now.")
]


@router.get("/clients/{client_id}/health", operation_id="readPortfolioHealth", responses={200: {"model": Health}})
async def read_health(
    client_id: ClientId,
    principal: PrincipalDep,
    services: ServicesDep,
    day: Day = None,
    as_known_at: KnownAt = None,
) -> Response:
    """Read a client's portfolio health; 404 as well when the client is another RM's."""
    principal.must("portfolios.read")
    async with services.pool.connection() as session:
        asked = portfolio.Asked(client_id, day, as_known_at)
        return _json(await portfolio.read_health(session, principal, asked, services.lights))


@router.get("/clients/{client_id}/positions", operation_id="listPositions", responses={200: {"model": PositionPage}})
async def list_positions(
    client_id: ClientId,
    principal: PrincipalDep,
    services: ServicesDep,
    day: Day = None,
    as_known_at: KnownAt = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
) -> Response:
    """List a client's positions, largest value first; 404 as well when the client is another RM's."""
    principal.must("portfolios.read")
    place = portfolio.parse_place(cursor) if cursor else None
    async with services.pool.connection() as session:
        asked = portfolio.Asked(client_id, place.day if place else day, as_known_at)
        return _json(await portfolio.read_positions(session, principal, asked, limit=limit, place=place))


@router.get("/book", operation_id="readBook", responses={200: {"model": Book}})
async def read_book(
    principal: PrincipalDep,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 200,
    cursor: Annotated[str, Query(max_length=128, pattern=_TEXT)] = "",
) -> Response:
    """Read the caller's clients with their newest figures, and the totals of each base currency."""
    principal.must("portfolios.read")
    async with services.pool.connection() as session:
        answer = await book.read_book(session, principal, services.lights, services.books, limit=limit, after=cursor)
    return Response(answer, media_type="application/json")


@router.get("/book/health", operation_id="readBookHealth", responses={200: {"model": BookHealth}})
async def read_book_health(principal: PrincipalDep, services: ServicesDep) -> Response:
    """Read the caller's clients together: ranges, returns, drawdown, concentration and movers by base currency."""
    principal.must("portfolios.read")
    async with services.pool.connection() as session:
        answer = await book_health.read_book_health(session, principal, services.books)
    return Response(answer, media_type="application/json")


def _json(body: BaseModel) -> Response:
    # Checked when it was built: to return the model would check and copy every figure again.
    return Response(body.model_dump_json(), media_type="application/json")
