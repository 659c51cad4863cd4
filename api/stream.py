"""`GET /api/v1/stream`: the WebSocket's handshake, by whom and from where it may come, and the ticket to it."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.websockets import WebSocket

from api import frames, tickets
from api.authentication import PrincipalDep, authenticate
from api.connection import Connection
from api.policy import act_as
from api.principal import Principal
from api.services import Services, ServicesDep, get_services
from clients.postgres import ConnectionLost, DatabaseUnavailable
from clients.redis import RedisError
from core.errors import Forbidden, Unauthenticated
from core.events import Timestamp

router = APIRouter(tags=["stream"])


class Ticket(BaseModel):
    """A ticket for one WebSocket: offer `ticket.TICKET` as a subprotocol beside `alerts.v1+json`."""

    ticket: str
    expires_at: Timestamp


@router.post("/ws-tickets", operation_id="issueTicket", status_code=201)
async def issue_ticket(principal: PrincipalDep, services: ServicesDep) -> Ticket:
    """Issue a ticket that opens one WebSocket within 30 seconds, for clients that hold no cookie."""
    principal.must("alerts.read")
    ticket, expires_at = await services.tickets.issue(principal)
    return Ticket(ticket=ticket, expires_at=expires_at)


async def stream(websocket: WebSocket) -> None:
    """Serve one page's socket.

    A foreign origin is refused in the handshake and learns nothing; everyone else is accepted first, because a
    browser shows the page a close code and hides an HTTP status.
    """
    services = get_services(websocket)
    if not _origin_is_ours(websocket, services) or frames.SUBPROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.close()
        return
    await websocket.accept(subprotocol=frames.SUBPROTOCOL)
    try:
        if services.hub.draining:
            await websocket.close(frames.GOING_AWAY, "shutting down")
            return
        principal = await _who(websocket, services)
        principal.must("alerts.read")
        connection = Connection(websocket, websocket.state.peer, principal, services)
        services.hub.add(connection)
    except Unauthenticated as error:
        await websocket.close(frames.SESSION_ENDED, error.message)
    except Forbidden as error:
        await websocket.close(frames.FORBIDDEN, error.message)
    except (DatabaseUnavailable, ConnectionLost, RedisError):
        await websocket.close(frames.TRY_AGAIN, "try again")
    else:
        try:
            await connection.run()
        finally:
            services.hub.remove(connection)


async def _who(websocket: WebSocket, services: Services) -> Principal:
    """Return who calls; a ticket counts alone, whatever cookie or token comes with it."""
    ticket = tickets.offered(websocket.scope["subprotocols"])
    if ticket is None:
        return await authenticate(websocket, services)
    hashed = await services.tickets.redeem(ticket)
    async with services.pool.connection() as session:
        principal = await services.sessions.by_hash(session, hashed)
    act_as(principal)
    return principal


def _origin_is_ours(websocket: WebSocket, services: Services) -> bool:
    """Browsers always send an origin; a client without one is a machine and holds no browser's cookie."""
    origin = websocket.headers.get("origin")
    return origin is None or origin in services.allowed_origins


# Not by the decorator: FastAPI would keep a stack of dependencies, of which there are none, while the socket lives.
router.add_websocket_route("/stream", stream)
