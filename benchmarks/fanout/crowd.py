"""The crowd: one client for each RM, in one process, and what it hears."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from benchmarks.fanout.wire import CONNECT_WITHIN_S, WireClient

CONNECTING_AT_ONCE = 50
# Every so manyeth frame of ticks is timed: to time all would cost the crowd more than to hear them.
TIMED_SHARE = 20

# An alert carries the moment it was published, in ns of this machine's clock; a tick's seq is that moment.
_MARK = re.compile(rb"bench-(\d+)")
_SEQ = re.compile(rb'"seq": ?(\d+)')


class Dialect(Protocol):
    """How a client of one candidate opens, subscribes and keeps its connection."""

    def request(self, rm: int) -> bytes:
        """Return the upgrade request of an RM."""

    def answer(self, client: WireClient, text: bytes, instruments: Sequence[str]) -> None:
        """React to what is neither tick nor alert; `b""` says that the connection opened."""


class Crowd:
    """All connections to one candidate; `alerts_s` and `ticks_s` are seconds from publishing to hearing."""

    def __init__(self, dialect: Dialect, port: int, instruments: Sequence[Sequence[str]]) -> None:
        self._dialect = dialect
        self._port = port
        self._instruments = instruments
        self._clients: list[WireClient] = []
        self.start_over()

    def start_over(self) -> None:
        """Forget what was heard."""
        self.frames = self.items = 0
        self.alerts_s: list[float] = []
        self.ticks_s: list[float] = []

    async def connect(self) -> None:
        """Connect everybody; return when all are subscribed."""
        gate = asyncio.Semaphore(CONNECTING_AT_ONCE)

        async def one(rm: int) -> None:
            async with gate, asyncio.timeout(CONNECT_WITHIN_S):
                loop = asyncio.get_running_loop()
                make = self._client_of(rm)
                _, client = await loop.create_connection(make, "127.0.0.1", self._port)
                self._clients.append(client)
                await client.ready

        await asyncio.gather(*(one(rm) for rm in range(len(self._instruments))))

    def close(self) -> None:
        """Cut all connections."""
        for client in self._clients:
            client.close()

    def _client_of(self, rm: int) -> Callable[[], WireClient]:
        def hear(client: WireClient, text: bytes) -> None:
            self._hear(client, text, rm)

        return lambda: WireClient(self._dialect.request(rm), hear)

    def _hear(self, client: WireClient, text: bytes, rm: int) -> None:
        if b'"ticks"' in text[:24]:
            self.frames += 1
            self.items += text.count(b'"seq"')
            if self.frames % TIMED_SHARE == 0 and (found := _SEQ.search(text)):
                self.ticks_s.append((time.monotonic_ns() - int(found[1])) / 1e9)
        elif mark := _MARK.search(text):
            self.alerts_s.append((time.monotonic_ns() - int(mark[1])) / 1e9)
        else:
            self._dialect.answer(client, text, self._instruments[rm])
