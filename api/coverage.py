"""Coverage: an RM's deputy for some time. What the deputy may see follows in the database, by the view `covering`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from api.audit import record
from api.fields import Id, Moment
from api.principal import Principal
from clients.postgres import AsyncSession
from core.clock import utc_now
from core.errors import BadInput, Forbidden, NotFound
from core.events import Timestamp

LONGEST = timedelta(days=366)

_ROW = """
    SELECT c.coverage_id, c.rm_id, c.client_id, c.deputy_id AS deputy, d.display AS deputy_display, c.valid_from,
           c.valid_to, c.created_by, c.created_at, now() >= c.valid_from AND now() < c.valid_to AS active
    FROM coverage c JOIN rm d ON d.rm_id = c.deputy_id
"""
_LIST = f"""
    {_ROW} WHERE c.ended_at IS NULL AND c.valid_to > now() AND (%(all)s OR %(rm_id)s IN (c.rm_id, c.deputy_id))
    ORDER BY c.valid_from, c.coverage_id
"""
_DEPUTIES = """
    SELECT rm_id, display, role FROM rm WHERE active AND role IN ('rm', 'deputy') AND rm_id <> %s
    ORDER BY display, rm_id
"""
_LOOKS_AFTER = """
    SELECT FROM rm_clients WHERE rm_id = %s AND client_id = coalesce(%s, client_id)
      AND now() >= valid_from AND now() < valid_to LIMIT 1
"""
_ADD = """
    INSERT INTO coverage (rm_id, deputy_id, client_id, valid_from, valid_to, created_by)
    VALUES (%s, %s, %s, coalesce(%s, now()), %s, %s) RETURNING coverage_id
"""
_END = """
    UPDATE coverage SET ended_at = clock_timestamp(), ended_by = %(rm_id)s
    WHERE coverage_id = %(coverage_id)s AND ended_at IS NULL AND (%(all)s OR rm_id = %(rm_id)s) RETURNING client_id
"""


class NewCoverage(BaseModel):
    """Who stands in: for one client, or with `client_id` null for all; a head says by `rm_id` for whom."""

    model_config = ConfigDict(extra="forbid")

    rm_id: Id | None = None
    client_id: Id | None = None
    deputy: Id
    valid_from: Moment | None = Field(None, alias="from", description="Null: from now on.")
    valid_to: Moment = Field(alias="to")


class Coverage(BaseModel):
    """A deputy's time, present or to come; `client_id` null means all clients of `rm_id`."""

    model_config = ConfigDict(validate_by_name=True, serialize_by_alias=True)

    coverage_id: UUID
    rm_id: str
    client_id: str | None
    deputy: str
    deputy_display: str
    valid_from: Timestamp = Field(alias="from")
    valid_to: Timestamp = Field(alias="to")
    created_by: str
    created_at: Timestamp
    active: bool


class Colleague(BaseModel):
    """Somebody who can be a deputy."""

    rm_id: str
    display: str
    role: str


async def read_all(session: AsyncSession, principal: Principal) -> list[Coverage]:
    """Return the coverage the caller has part in, as RM or deputy; heads and compliance have part in all."""
    rows = await (await session.execute(_LIST.encode(), _scope(principal))).fetchall()
    return [Coverage.model_validate(row, by_name=True) for row in rows]


async def colleagues(session: AsyncSession, principal: Principal) -> list[Colleague]:
    """Return who could be the caller's deputy."""
    rows = await (await session.execute(_DEPUTIES, (principal.rm_id,))).fetchall()
    return [Colleague(**row) for row in rows]


async def add(session: AsyncSession, principal: Principal, wanted: NewCoverage) -> Coverage:
    """Store coverage in the caller's transaction.

    NotFound when the RM does not look after such a client, Forbidden when the caller may not arrange it for that RM,
    BadInput for dates or a deputy that cannot be.
    """
    rm_id = wanted.rm_id or principal.rm_id
    if rm_id != principal.rm_id and principal.role != "head":
        raise Forbidden("only a head arranges coverage for somebody else")
    _check_dates(wanted.valid_from or utc_now(), wanted.valid_to)
    if await (await session.execute(_LOOKS_AFTER, (rm_id, wanted.client_id))).fetchone() is None:
        raise NotFound("no such client")
    people = {row["rm_id"] for row in await (await session.execute(_DEPUTIES, (rm_id,))).fetchall()}
    if wanted.deputy not in people:
        raise BadInput("this person cannot be a deputy here", code="bad_deputy")
    values = (rm_id, wanted.deputy, wanted.client_id, wanted.valid_from, wanted.valid_to, principal.rm_id)
    added = await (await session.execute(_ADD, values)).fetchone()
    if added is None:
        raise AssertionError("an INSERT with RETURNING always gives a row")
    found = await (
        await session.execute(f"{_ROW} WHERE c.coverage_id = %s".encode(), (added["coverage_id"],))
    ).fetchone()
    coverage = Coverage.model_validate(found, by_name=True)
    detail = coverage.model_dump(mode="json", include={"rm_id", "deputy", "valid_from", "valid_to"})
    clients = [wanted.client_id] if wanted.client_id else []
    await record(
        session, principal, "coverage.added", clients=clients, subject=str(coverage.coverage_id), detail=detail
    )
    return coverage


async def end(session: AsyncSession, principal: Principal, coverage_id: UUID) -> None:
    """End coverage now; NotFound when it has ended, or is not the caller's to end."""
    named = {**_scope(principal), "coverage_id": coverage_id, "all": principal.role == "head"}
    row = await (await session.execute(_END, named)).fetchone()
    if row is None:
        raise NotFound("no such coverage")
    clients = [row["client_id"]] if row["client_id"] else []
    await record(session, principal, "coverage.ended", clients=clients, subject=str(coverage_id))


def _check_dates(begins: datetime, ends: datetime) -> None:
    if not begins < ends <= begins + LONGEST or ends <= utc_now():
        raise BadInput("coverage ends in the future, after it begins, and within a year", code="bad_dates")


def _scope(principal: Principal) -> dict[str, Any]:
    return {"rm_id": principal.rm_id, "all": principal.role in ("head", "compliance")}
