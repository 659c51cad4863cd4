"""uvicorn with what a gateway needs beyond it: a good-bye on every socket, and no waiting for a deaf peer."""

from __future__ import annotations

import asyncio
import socket

import uvicorn
from fastapi import FastAPI

from api.frames import INBOUND_LIMIT_BYTES
from api.hub import Hub
from api.protocol import GatewayProtocol
from api.stream import StreamFirst
from core.settings import Settings
from core.tls import server_files

DRAIN_S = 2.0
SHUTDOWN_S = 5


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
        StreamFirst(app),
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
