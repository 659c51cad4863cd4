"""`/api/v1/compliance`: for the role compliance alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from api import compliance
from api.authentication import PrincipalDep
from api.csv_export import MEDIA_TYPE, csv_lines
from api.principal import Principal
from api.services import Services, ServicesDep
from core.errors import BadInput
from core.events import Timestamp

EXPORT_PAGE = 1000
COLUMNS = ("at", "who", "display", "role", "action", "subject", "detail", "place")

router = APIRouter(prefix="/compliance", tags=["compliance"])

ClientId = Annotated[str, Query(alias="client", min_length=1, max_length=128, pattern=r"^[^\x00]*$")]
FirstDay = Annotated[date, Query(alias="from", description="The first day, in UTC.")]
LastDay = Annotated[date, Query(alias="to", description="The last day, in UTC; it counts whole.")]


class Access(BaseModel):
    """One record: who (with the role at that time) did what, about which object; `place` is its place in the chain."""

    at: Timestamp
    who: str
    display: str | None
    role: str | None
    action: str = Field(examples=["alert.viewed", "alert.pushed", "portfolio.viewed", "sql.ran"])
    subject: str | None
    detail: dict[str, Any]
    place: int | None


class AccessPage(BaseModel):
    """Records, newest first, with the cursor of the next page."""

    items: list[Access]
    next: str | None


@router.get("/access", operation_id="listAccess")
async def list_access(
    principal: PrincipalDep,
    services: ServicesDep,
    client_id: ClientId,
    first_day: FirstDay,
    last_day: LastDay,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
) -> AccessPage:
    """List who saw or did what about a client between two days."""
    question = _question(principal, client_id, first_day, last_day)
    async with services.pool.connection() as session:
        page = await compliance.read_access(session, principal, question, limit=limit, before=cursor)
    return AccessPage.model_validate(page)


@router.get(
    "/access.csv",
    operation_id="exportAccess",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_access(
    principal: PrincipalDep, services: ServicesDep, client_id: ClientId, first_day: FirstDay, last_day: LastDay
) -> StreamingResponse:
    """Export the same as CSV, whole."""
    question = _question(principal, client_id, first_day, last_day)
    headers = {"Content-Disposition": 'attachment; filename="access.csv"'}
    return StreamingResponse(_lines(services, principal, question), media_type=MEDIA_TYPE, headers=headers)


def _question(principal: Principal, client_id: str, first_day: date, last_day: date) -> compliance.Question:
    principal.must("audit.read")
    if last_day < first_day:
        raise BadInput("`to` is before `from`")
    return compliance.Question(client_id, first_day, last_day)


async def _lines(services: Services, principal: Principal, question: compliance.Question) -> AsyncIterator[str]:
    yield "".join(csv_lines([COLUMNS]))
    before: int | None = None
    while before != 0:
        async with services.pool.connection() as session:
            page = await compliance.read_access(
                session, principal, question, limit=EXPORT_PAGE, before=before, action="compliance.exported"
            )
        yield "".join(csv_lines([_cell(item[name]) for name in COLUMNS] for item in page["items"]))
        before = int(page["next"] or 0)


def _cell(value: object) -> object:
    return orjson.dumps(value).decode() if isinstance(value, dict) else value
