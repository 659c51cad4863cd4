"""uvicorn with what a gateway needs beyond it: a good-bye on every socket, and no waiting for a deaf peer."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from fastapi import FastAPI
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from api.frames import INBOUND_LIMIT_BYTES
from api.hub import Hub
from core.settings import Settings
from core.tls import server_files

DRAIN_S = 2.0
SHUTDOWN_S = 5
CUT_AFTER_S = 5.0


class GatewayProtocol(WebSocketsSansIOProtocol):
    """A WebSocket whose close frame does not wait behind what the peer has not read.

    The application finds it as `state.peer` of the socket, and may push whole frames past the queues of ASGI.
    """

    taken_at_s = 0.0

    async def run_asgi(self) -> None:
        """Run the application for this socket."""
        self.taken_at_s = self.loop.time()
        self.scope["state"]["peer"] = self
        await super().run_asgi()

    async def send(self, message: ASGISendEvent) -> None:
        """Send a message; after a close the connection is cut, should the peer not answer in `CUT_AFTER_S`."""
        if message["type"] == "websocket.close":
            self.writable.set()
            self.loop.call_later(CUT_AFTER_S, self.transport.abort)
        elif message["type"] == "websocket.send":
            await self.writable.wait()
            if self.close_sent:
                raise ClientDisconnected
            self.taken_at_s = self.loop.time()
        await super().send(message)
        if message["type"] == "websocket.accept":
            # Thousands of sockets would keep their handshakes' headers for nothing.
            del self.request, self.response

    def push(self, frame: bytes) -> bool:
        """Write a whole frame now, unless an earlier one still waits to be written; say which."""
        if self.close_sent or self.transport.is_closing() or self.transport.get_write_buffer_size():
            return False
        self.transport.write(frame)
        self.taken_at_s = self.loop.time()
        return True


class GatewayServer(uvicorn.Server):
    """A server that drains its sockets before it stops."""

    def __init__(self, config: uvicorn.Config, hub: Hub) -> None:
        super().__init__(config)
        self._hub = hub

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Say good-bye, then let uvicorn finish the requests in flight."""
        try:
            async with asyncio.timeout(DRAIN_S):
                await self._hub.drain()
        except TimeoutError:
            pass  # the deaf are cut with the rest
        await super().shutdown(sockets)


def build_server(app: FastAPI, settings: Settings, *, port: int) -> GatewayServer:
    """Return the server of the application on `port` of the loopback, or of what `bind_host` says."""
    config = uvicorn.Config(
        app,
        host=settings.bind_host,
        port=port,
        ws=GatewayProtocol,
        # A frame a little too big is answered with our own close code; one far too big is not even read.
        ws_max_size=4 * INBOUND_LIMIT_BYTES,
        ws_ping_interval=settings.ws_heartbeat_s,
        ws_ping_timeout=settings.ws_heartbeat_s,
        # Compressing secrets beside text that others chose lets its length give them away.
        ws_per_message_deflate=False,
        log_config=None,
        access_log=False,
        server_header=False,
        # The limit on log-ins counts by address: without a proxy in front, callers would write their own.
        proxy_headers=settings.mode == "production",
        timeout_graceful_shutdown=SHUTDOWN_S,
        **server_files(settings),
    )
    return GatewayServer(config, app.state.services.hub)
