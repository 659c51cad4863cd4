"""`GET /api/v1/stream`: the WebSocket's handshake, by whom and from where it may come."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.websockets import WebSocket

from api import frames
from api.authentication import authenticate
from api.connection import Connection
from api.services import Services, get_services
from clients.postgres import ConnectionLost, DatabaseUnavailable
from core.errors import Forbidden, Unauthenticated

TRY_AGAIN = 1013

router = APIRouter()


@router.websocket("/stream")
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
        principal = await authenticate(websocket, services)
        principal.must_see_alerts()
        connection = Connection(websocket, principal, services)
        services.hub.add(connection)
    except Unauthenticated as error:
        await websocket.close(frames.SESSION_ENDED, error.message)
    except Forbidden as error:
        await websocket.close(frames.FORBIDDEN, error.message)
    except (DatabaseUnavailable, ConnectionLost):
        await websocket.close(TRY_AGAIN, "try again")
    else:
        try:
            await connection.run()
        finally:
            services.hub.remove(connection)


def _origin_is_ours(websocket: WebSocket, services: Services) -> bool:
    """Browsers always send an origin; a client without one is a machine and holds no browser's cookie."""
    origin = websocket.headers.get("origin")
    return origin is None or origin in services.allowed_origins
