"""A WebSocket client that costs next to nothing, so that a crowd of them is not what is measured (RFC 6455)."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import cast

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
CONNECT_WITHIN_S = 60.0


class WireClient(asyncio.Protocol):
    """One connection: `on_text` gets every text frame; `ready` is for its owner to resolve."""

    def __init__(self, request: bytes, on_text: Callable[[WireClient, bytes], None]) -> None:
        self._request = request
        self._on_text = on_text
        self._buffer = b""
        self._open = False
        self._transport: asyncio.Transport | None = None
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        # uvloop's transports have the methods and not the class.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever waits that there is nothing to wait for."""
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(f"closed before it was ready: {exc}"))

    def data_received(self, data: bytes) -> None:
        """Take whole frames out of what came."""
        data = self._buffer + data if self._buffer else data
        if not self._open:
            head, gap, data = data.partition(b"\r\n\r\n")
            if not gap:
                self._buffer = head
                return
            if b" 101 " not in head[:16]:
                self.ready.set_exception(ConnectionError(head.partition(b"\r\n")[0].decode()))
                return
            self._open = True
            self._on_text(self, b"")
        self._buffer = self._take(data)

    def send(self, text: bytes, opcode: int = TEXT) -> None:
        """Send a frame, masked by zeros, which leave the payload as it is."""
        size = len(text)
        length = struct.pack("!B", 128 | size) if size < 126 else struct.pack("!BH", 128 | 126, size)
        if self._transport is not None:
            self._transport.write(bytes([128 | opcode]) + length + b"\0\0\0\0" + text)

    def close(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    def _take(self, data: bytes) -> bytes:
        at = 0
        while len(data) >= at + 2:
            size, start = data[at + 1], at + 2
            if size == 126:
                size, start = int.from_bytes(data[at + 2 : at + 4]), at + 4
            elif size == 127:
                size, start = int.from_bytes(data[at + 2 : at + 10]), at + 10
            if len(data) < start + size or (data[at + 1] >= 126 and len(data) < start):
                break
            opcode, payload = data[at] & 15, data[start : start + size]
            if opcode == TEXT:
                self._on_text(self, payload)
            elif opcode == PING:
                self.send(payload, PONG)
            at = start + size
        return data[at:]


def upgrade(path: str, *headers: str) -> bytes:
    """Return the request that opens a WebSocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *headers, "", ""]
    return "\r\n".join(lines).encode()
