"""Mute rules: what a person does not want to be called for. Muted alerts are kept; critical ones pierce."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, model_validator

from api.audit import record
from api.authentication import PrincipalDep
from api.fields import Id, Moment, ShortText
from api.services import ServicesDep
from core.clock import utc_now
from core.errors import BadInput, Conflict, NotFound
from core.events import Timestamp, Topic

router = APIRouter(prefix="/mutes", tags=["mutes"])

MOST_RULES = 200

_COLUMNS = "mute_id, client_id, topic, until, reason, created_at"
_LIVE = "rm_id = %s AND ended_at IS NULL AND (until IS NULL OR until > now())"
_LIST = f"SELECT {_COLUMNS} FROM mutes WHERE {_LIVE} ORDER BY created_at, mute_id"  # noqa: S608
_SEEN = "SELECT FROM clients_seen_by(%s) WHERE client_id = %s"
_COUNT = f"SELECT count(*) AS rules FROM mutes WHERE {_LIVE}"  # noqa: S608
_ADD = f"""
    INSERT INTO mutes (rm_id, client_id, topic, until, reason) VALUES (%s, %s, %s, %s, %s) RETURNING {_COLUMNS}
"""  # noqa: S608
_END = f"""
    UPDATE mutes SET ended_at = clock_timestamp() WHERE {_LIVE} AND mute_id = %s RETURNING client_id
"""  # noqa: S608


class NewMute(BaseModel):
    """A client, a topic, or that topic of that client, until a moment or until it is ended."""

    model_config = ConfigDict(extra="forbid")

    client_id: Id | None = None
    topic: Topic | None = None
    until: Moment | None = None
    reason: ShortText = ""

    @model_validator(mode="after")
    def _names_something(self) -> NewMute:
        if self.client_id is None and self.topic is None:
            raise ValueError("name a client, a topic or both")
        return self


class Mute(BaseModel):
    """A rule in force."""

    mute_id: UUID
    client_id: str | None
    topic: Topic | None
    until: Timestamp | None
    reason: str
    created_at: Timestamp


class MuteList(BaseModel):
    """The caller's rules in force, oldest first."""

    items: list[Mute]


@router.get("", operation_id="listMutes")
async def list_mutes(principal: PrincipalDep, services: ServicesDep) -> MuteList:
    """List the caller's mute rules."""
    principal.must("alerts.change")
    async with services.pool.connection() as session:
        rows = await (await session.execute(_LIST.encode(), (principal.rm_id,))).fetchall()
    return MuteList(items=[Mute(**row) for row in rows])


@router.post("", operation_id="addMute", status_code=201)
async def add_mute(wanted: NewMute, principal: PrincipalDep, services: ServicesDep) -> Mute:
    """Mute a client or a topic for alerts that come from now on."""
    principal.must("alerts.change")
    if wanted.until is not None and wanted.until <= utc_now():
        raise BadInput("a rule ends in the future", code="bad_until")
    async with services.pool.connection() as session, session.transaction():
        if wanted.client_id is not None:
            seen = await session.execute(_SEEN, (principal.rm_id, wanted.client_id))
            if await seen.fetchone() is None:
                raise NotFound("no such client")
        count = await (await session.execute(_COUNT.encode(), (principal.rm_id,))).fetchone()
        if count is None or count["rules"] >= MOST_RULES:
            raise Conflict(f"a person has {MOST_RULES} rules at most; end one first", code="too_many_mutes")
        values = (principal.rm_id, wanted.client_id, wanted.topic, wanted.until, wanted.reason)
        row = await (await session.execute(_ADD.encode(), values)).fetchone()
        if row is None:
            raise AssertionError("an INSERT with RETURNING always gives a row")
        mute = Mute(**row)
        clients = [wanted.client_id] if wanted.client_id else []
        detail = {"topic": mute.topic, "until": mute.model_dump(mode="json")["until"]}
        await record(session, principal, "mute.added", clients=clients, subject=str(mute.mute_id), detail=detail)
    return mute


@router.delete("/{mute_id}", operation_id="endMute", status_code=204)
async def end_mute(mute_id: UUID, principal: PrincipalDep, services: ServicesDep) -> None:
    """End a rule of the caller."""
    principal.must("alerts.change")
    async with services.pool.connection() as session, session.transaction():
        row = await (await session.execute(_END.encode(), (principal.rm_id, mute_id))).fetchone()
        if row is None:
            raise NotFound("no such rule")
        clients = [row["client_id"]] if row["client_id"] else []
        await record(session, principal, "mute.ended", clients=clients, subject=str(mute_id))
