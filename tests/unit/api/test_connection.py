"""A socket looks at the clock: heartbeats, a session's end, and a peer that does not read."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from api.connection import PING, Connection
from api.feed import Head
from api.metrics import Metrics
from api.principal import Principal
from api.ticks import Ticks
from core.clock import utc_now

HEARTBEAT_S = 15.0


class FakeSocket:
    """Says nothing until it is closed; remembers what it was told."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.code: int | None = None
        self._closed = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        await self._closed.wait()
        return {"type": "websocket.disconnect", "code": self.code}

    async def send_text(self, text: str) -> None:
        self.sent.append(text)

    async def close(self, code: int, _reason: str) -> None:
        self.code = code
        self._closed.set()


class FakePeer:
    def __init__(self) -> None:
        self.taken_at_s = asyncio.get_running_loop().time()
        self.deaf = False
        self.pushed: list[bytes] = []

    def push(self, frame: bytes) -> bool:
        if not self.deaf:
            self.pushed.append(frame)
        return not self.deaf


class FakeFeed:
    async def head(self, _rm_id: str) -> Head:
        return Head(0, "epoch")


class Scene:
    """A connection that has said hello."""

    def __init__(self, *, session_s: float = 3600) -> None:
        self.socket, self.peer = FakeSocket(), FakePeer()
        principal = Principal("ann", "Ann", "rm", b"", utc_now() + timedelta(seconds=session_s))
        metrics = Metrics()
        services = SimpleNamespace(
            metrics=metrics,
            settings=SimpleNamespace(ws_heartbeat_s=HEARTBEAT_S, feed_retention_s=60),
            hub=SimpleNamespace(feed=FakeFeed()),
            ticks=Ticks(metrics),
        )
        self.connection = Connection(self.socket, self.peer, principal, services)  # type: ignore[arg-type]
        self.running = asyncio.create_task(self.connection.run())
        self.began_s = asyncio.get_running_loop().time()

    async def greeted(self) -> Scene:
        async with asyncio.timeout(5):
            while not self.socket.sent:
                await asyncio.sleep(0)
        return self

    def beat(self, after_s: float) -> None:
        self.connection.beat(self.began_s + after_s, utc_now())

    async def ended(self) -> int | None:
        async with asyncio.timeout(5):
            await self.running
        return self.socket.code


async def test_a_heartbeat_is_sent_when_it_is_due() -> None:
    scene = await Scene().greeted()
    for after_s in (1, 14, 16, 17, 30, 32):
        scene.beat(after_s)
    assert scene.peer.pushed == [PING, PING]
    scene.connection.end(1012, "enough")
    assert await scene.ended() == 1012


async def test_a_session_that_expired_ends_the_socket() -> None:
    scene = await Scene(session_s=-1).greeted()
    scene.beat(0)
    assert await scene.ended() == 4401


async def test_a_peer_that_takes_nothing_for_two_heartbeats_is_cut() -> None:
    scene = await Scene().greeted()
    scene.peer.deaf = True
    scene.beat(HEARTBEAT_S + 1)
    await asyncio.sleep(0)
    assert not scene.running.done()
    assert scene.socket.code is None
    scene.beat(2 * HEARTBEAT_S + 2)
    assert await scene.ended() == 4429


async def test_a_slow_peer_that_takes_something_now_and_then_stays() -> None:
    scene = await Scene().greeted()
    scene.peer.deaf = True
    for beat in range(1, 10):
        scene.beat(beat * (HEARTBEAT_S + 1))
        # As a frame of ticks in between would set it.
        scene.peer.taken_at_s = scene.began_s + beat * (HEARTBEAT_S + 1)
    scene.peer.deaf = False
    scene.beat(10 * (HEARTBEAT_S + 1))
    assert scene.socket.code is None
    assert scene.peer.pushed == [PING]
    scene.connection.end(1012, "enough")
    assert await scene.ended() == 1012


async def test_the_first_reason_to_close_counts() -> None:
    scene = await Scene().greeted()
    scene.connection.end(4429, "slow")
    scene.connection.end(1012, "shutting down")
    assert await scene.ended() == 4429
