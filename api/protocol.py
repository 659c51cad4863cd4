"""uvicorn's WebSocket, made small, and with what ASGI cannot say: frames that pass its queues, a close that does too.

What uvicorn keeps for each socket shows at thousands of them: asyncio's queue and its events alone are five deques.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

CUT_AFTER_S = 5.0


class Inbox:
    """A queue with one reader, which is empty almost always."""

    __slots__ = ("_arrived", "_messages")

    def __init__(self) -> None:
        self._messages: list[ASGIReceiveEvent] = []
        self._arrived: asyncio.Future[None] | None = None

    def put_nowait(self, message: ASGIReceiveEvent) -> None:
        """Add a message."""
        self._messages.append(message)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def empty(self) -> bool:
        """Say whether nothing waits."""
        return not self._messages

    async def get(self) -> ASGIReceiveEvent:
        """Return the oldest message, once there is one."""
        while not self._messages:
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        return self._messages.pop(0)


class Gate:
    """An event that is set almost always."""

    __slots__ = ("_opening",)

    def __init__(self) -> None:
        self._opening: asyncio.Event | None = None

    def set(self) -> None:
        """Let everyone through."""
        if self._opening is not None:
            self._opening.set()
            self._opening = None

    def clear(self) -> None:
        """Let everyone wait."""
        if self._opening is None:
            self._opening = asyncio.Event()

    async def wait(self) -> None:
        """Return once the gate is open."""
        while self._opening is not None:
            await self._opening.wait()


class GatewayProtocol(WebSocketsSansIOProtocol):
    """A WebSocket whose close frame does not wait behind what the peer has not read.

    The application finds it as `state["peer"]` of the scope, and may push whole frames past the queues of ASGI.
    """

    taken_at_s = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue = Inbox()  # type: ignore[assignment]
        self.writable = Gate()  # type: ignore[assignment]

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
            # The parser holds on to the request for as long as the socket lives.
            self.request.headers.clear()
            del self.request, self.response

    def push(self, frame: bytes) -> bool:
        """Write a whole frame now, unless an earlier one still waits to be written; say which."""
        if self.close_sent or self.transport.is_closing() or self.transport.get_write_buffer_size():
            return False
        self.transport.write(frame)
        self.taken_at_s = self.loop.time()
        return True
