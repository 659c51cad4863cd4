"""`GET /api/v1/stream`: the WebSocket's handshake, by whom and from where it may come, and the ticket to it."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
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

PATH = "/api/v1/stream"

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


class StreamFirst:
    """ASGI: the stream's sockets go straight to their handler, everything else to the application.

    Through FastAPI a dozen layers made for requests would stay on the stack of each socket for as long as it lives.
    """

    def __init__(self, app: FastAPI) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or socket."""
        if scope["type"] == "websocket" and scope["path"] == PATH:
            scope["app"] = self._app
            await stream(WebSocket(scope, receive, send))
        else:
            await self._app(scope, receive, send)


async def stream(websocket: WebSocket) -> None:
    """Serve one page's socket."""
    services = get_services(websocket)
    connection = await _admit(websocket, services)
    if connection is not None:
        # The handshake has said what it had to, cookie and all, and would stay for as long as the socket.
        websocket.scope.clear()
        try:
            await connection.run()
        finally:
            services.hub.remove(connection)


async def _admit(websocket: WebSocket, services: Services) -> Connection | None:
    """Return the socket's connection, registered, or None once it is refused.

    A foreign origin is refused in the handshake and learns nothing; everyone else is accepted first, because a
    browser shows the page a close code and hides an HTTP status.
    """
    asked = HTTPConnection(websocket.scope)
    if not _origin_is_ours(asked, services) or frames.SUBPROTOCOL not in websocket.scope["subprotocols"]:
        await websocket.close()
        return None
    await websocket.accept(subprotocol=frames.SUBPROTOCOL)
    try:
        if services.hub.draining:
            await websocket.close(frames.GOING_AWAY, "shutting down")
            return None
        principal = await _who(asked, services)
        principal.must("alerts.read")
        connection = Connection(websocket, websocket.scope["state"]["peer"], principal, services)
        services.hub.add(connection)
    except Unauthenticated as error:
        await websocket.close(frames.SESSION_ENDED, error.message)
    except Forbidden as error:
        await websocket.close(frames.FORBIDDEN, error.message)
    except (DatabaseUnavailable, ConnectionLost, RedisError):
        await websocket.close(frames.TRY_AGAIN, "try again")
    else:
        return connection
    return None


async def _who(asked: HTTPConnection, services: Services) -> Principal:
    """Return who calls; a ticket counts alone, whatever cookie or token comes with it."""
    ticket = tickets.offered(asked.scope["subprotocols"])
    if ticket is None:
        return await authenticate(asked, services)
    hashed = await services.tickets.redeem(ticket)
    async with services.pool.connection() as session:
        principal = await services.sessions.by_hash(session, hashed)
    act_as(principal)
    return principal


def _origin_is_ours(asked: HTTPConnection, services: Services) -> bool:
    """Browsers always send an origin; a client without one is a machine and holds no browser's cookie."""
    origin = asked.headers.get("origin")
    return origin is None or origin in services.allowed_origins
