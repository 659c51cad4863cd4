"""`/api/v1/clients`: who the caller's clients are, and what the bank knows that news is matched by."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel

from api.alert_routes import link_next
from api.audit import record
from api.authentication import PrincipalDep
from api.fields import CursorText, Id, Limit
from api.services import ServicesDep
from core.errors import NotFound

router = APIRouter(prefix="/clients", tags=["clients"])

_LIST = """
    SELECT c.client_id, c.display, c.kind,
           (SELECT count(*) FROM alerts a WHERE a.client_id = c.client_id AND a.released
                AND a.state IN ('new', 'escalated')) AS open_alerts
    FROM clients_seen_by(%s) c WHERE c.client_id > %s ORDER BY c.client_id LIMIT %s
"""
_ONE = "SELECT client_id, display, kind, legal_name FROM clients_seen_by(%s) WHERE client_id = %s"
_NAMES = "SELECT name, type, added_by FROM client_aliases WHERE client_id = %s ORDER BY type, name"
_FACTS = "SELECT kind, value FROM client_facts WHERE client_id = %s ORDER BY kind, value"
_COVERING = """
    SELECT DISTINCT ON (c.rm_id) c.rm_id, rm.display, c.for_rm FROM covering c JOIN rm USING (rm_id)
    WHERE c.client_id = %s AND rm.active ORDER BY c.rm_id, c.for_rm NULLS FIRST
"""


class ClientSummary(BaseModel):
    """A client, and how many of its alerts nobody has dealt with."""

    client_id: str
    display: str
    kind: Literal["person", "organisation"]
    open_alerts: int


class ClientPage(BaseModel):
    """Clients by id, with the cursor of the next page."""

    items: list[ClientSummary]
    next: str | None


class ClientName(BaseModel):
    """A name the client is found by."""

    name: str
    type: str
    added_by: str


class ClientFact(BaseModel):
    """Something known of the client; `context` was learnt in review."""

    kind: str
    value: str


class Coverer(BaseModel):
    """Who looks after the client now; `for_rm` names the RM whose deputy this is."""

    rm_id: str
    display: str
    for_rm: str | None


class ClientProfile(BaseModel):
    """A client with the names and facts that news is matched by, and who looks after it."""

    client_id: str
    display: str
    kind: Literal["person", "organisation"]
    legal_name: str
    names: list[ClientName]
    facts: list[ClientFact]
    coverage: list[Coverer]


@router.get("", operation_id="listClients")
async def list_clients(
    principal: PrincipalDep,
    services: ServicesDep,
    request: Request,
    response: Response,
    limit: Annotated[Limit, Query()] = 50,
    cursor: Annotated[CursorText | None, Query()] = None,
) -> ClientPage:
    """List the caller's clients."""
    principal.must("alerts.read")
    async with services.pool.connection() as session, session.transaction():
        rows = await (await session.execute(_LIST, (principal.rm_id, cursor or "", limit + 1))).fetchall()
        shown = rows[:limit]
        await record(session, principal, "clients.listed", clients=[row["client_id"] for row in shown])
    following = shown[-1]["client_id"] if len(rows) > limit else None
    link_next(response, request, following)
    return ClientPage(items=[ClientSummary(**row) for row in shown], next=following)


@router.get("/{client_id}", operation_id="readClient")
async def read_client(
    client_id: Annotated[Id, Path()], principal: PrincipalDep, services: ServicesDep
) -> ClientProfile:
    """Read a client's profile; 404 as well when it is another RM's."""
    principal.must("alerts.read")
    async with services.pool.connection() as session, session.transaction():
        client = await (await session.execute(_ONE, (principal.rm_id, client_id))).fetchone()
        if client is None:
            raise NotFound("no such client")
        names = await (await session.execute(_NAMES, (client_id,))).fetchall()
        facts = await (await session.execute(_FACTS, (client_id,))).fetchall()
        covering = await (await session.execute(_COVERING, (client_id,))).fetchall()
        await record(session, principal, "client.viewed", clients=[client_id], subject=client_id)
    return ClientProfile(
        **client,
        names=[ClientName(**row) for row in names],
        facts=[ClientFact(**row) for row in facts],
        coverage=[Coverer(**row) for row in covering],
    )
