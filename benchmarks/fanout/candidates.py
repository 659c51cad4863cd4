"""What is compared: how each is started, how its clients talk, and how alerts and ticks reach it."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from decimal import Decimal
from typing import Any, Protocol

import orjson
import socketio

from benchmarks.fanout.bank import marked
from benchmarks.fanout.crowd import Dialect
from benchmarks.fanout.peer_server import redis_address
from benchmarks.fanout.wire import WireClient, upgrade
from clients.kafka import Producer
from clients.postgres import AsyncPool, async_pool
from clients.redis import connect_async
from core.clock import utc_now
from core.events import Alert
from core.market import MarketTick
from core.settings import Settings
from core.topics import MARKET_TICKS

_APPEND = "SELECT append_feed(%s, %s, 1, %s::jsonb)"


class Candidate(Dialect, Protocol):
    """One of the three; open as an asynchronous context before publishing."""

    name: str
    argv: Sequence[str]

    async def __aenter__(self) -> Candidate:
        """Connect what publishes."""

    async def __aexit__(self, *_exc: object) -> None:
        """Disconnect it."""

    async def alert(self, rm: str, alert: Alert) -> None:
        """Publish an alert to one RM."""

    async def ticks(self, instruments: Sequence[str]) -> None:
        """Publish a tick of every instrument."""


class Gateway:
    """Ours, all of it: the feed in PostgreSQL, the router's publisher, Redis, and ticks by Kafka."""

    name = "gateway"

    def __init__(self, settings: Settings, port: int, cookies: Sequence[str]) -> None:
        self.argv = (sys.executable, "-m", "api", "--port", str(port))
        self._settings = settings
        self._cookies = cookies
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Gateway:
        """Connect to PostgreSQL and Kafka."""
        self._pool: AsyncPool = await self._stack.enter_async_context(async_pool(self._settings, size=4))
        self._producer = Producer(self._settings)
        self._producer.know(MARKET_TICKS)
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Disconnect."""
        await asyncio.to_thread(self._producer.close)
        await self._stack.aclose()

    async def alert(self, rm: str, alert: Alert) -> None:
        """Append to the RM's feed; the time counts from before the commit."""
        frame = marked(alert, time.monotonic_ns()).decode()
        async with self._pool.connection() as session:
            await session.execute(_APPEND, (rm, alert.alert_id, frame))

    async def ticks(self, instruments: Sequence[str]) -> None:
        """Produce to `market-ticks`."""
        records = [(each.encode(), _tick(each).to_json()) for each in instruments]
        await asyncio.to_thread(self._produce, records)

    def request(self, rm: int) -> bytes:
        """Ask with the session's cookie."""
        cookie = f"Cookie: tipline_session={self._cookies[rm]}"
        return upgrade("/api/v1/stream", cookie, "Sec-WebSocket-Protocol: alerts.v1+json")

    def answer(self, client: WireClient, text: bytes, instruments: Sequence[str]) -> None:
        """Subscribe at the hello; answer pings."""
        if b'"hello"' in text:
            topics = ["alerts", *(f"tick:{each}" for each in instruments)]
            client.send(orjson.dumps({"type": "subscribe", "topics": topics}))
        elif b'"subscribed"' in text:
            client.ready.set_result(None)
        elif b'"ping"' in text:
            client.send(b'{"type":"pong"}')

    def _produce(self, records: list[tuple[bytes, bytes]]) -> None:
        for key, value in records:
            self._producer.send(MARKET_TICKS, value, key=key, on_done=lambda _error: None)


class Floor:
    """A bare `websockets` server: alerts and ticks come by Redis as they are sent on."""

    name = "floor"

    def __init__(self, settings: Settings, port: int) -> None:
        self.argv = (sys.executable, "-m", "benchmarks.fanout.floor_server", str(port))
        self._redis = connect_async(settings)

    async def __aenter__(self) -> Floor:
        """Nothing to connect: the first command does."""
        return self

    async def __aexit__(self, *_exc: object) -> None:
        """Disconnect."""
        await self._redis.aclose()

    async def alert(self, rm: str, alert: Alert) -> None:
        """Publish the finished frame."""
        await self._redis.publish(f"bench:alert:{rm}", marked(alert, time.monotonic_ns()))

    async def ticks(self, instruments: Sequence[str]) -> None:
        """Publish one batch."""
        await self._redis.publish("bench:ticks", orjson.dumps([_plain(each) for each in instruments]))

    def request(self, rm: int) -> bytes:
        """Ask under the RM's name."""
        return upgrade(f"/rm-{rm}")

    def answer(self, client: WireClient, text: bytes, instruments: Sequence[str]) -> None:
        """Say what to watch once the connection is open."""
        if text == b"":
            client.send(orjson.dumps(instruments))
        elif text == b'"ready"':
            client.ready.set_result(None)


class Peer(Floor):
    """python-socketio: alerts come by its Redis manager from outside, ticks as with the floor."""

    name = "peer"

    def __init__(self, settings: Settings, port: int) -> None:
        super().__init__(settings, port)
        self.argv = (sys.executable, "-m", "benchmarks.fanout.peer_server", str(port))
        self._manager = socketio.AsyncRedisManager(redis_address(settings), write_only=True)

    async def alert(self, rm: str, alert: Alert) -> None:
        """Emit to the RM's room."""
        await self._manager.emit("alert", orjson.loads(marked(alert, time.monotonic_ns())), room=rm)

    def request(self, rm: int) -> bytes:
        """Ask for Engine.IO's WebSocket at once, without its polling."""
        return upgrade(f"/socket.io/?EIO=4&transport=websocket&rm=rm-{rm}")

    def answer(self, client: WireClient, text: bytes, instruments: Sequence[str]) -> None:
        """Open the namespace, subscribe, and answer pings, as Engine.IO and Socket.IO write them."""
        if text.startswith(b"0{"):
            client.send(b"40")
        elif text.startswith(b"40"):
            client.send(b"42" + orjson.dumps(["subscribe", instruments]))
        elif b'"ready"' in text:
            client.ready.set_result(None)
        elif text == b"2":
            client.send(b"3")


def _tick(instrument: str) -> MarketTick:
    return MarketTick(
        instrument=instrument, price=Decimal("101.25"), ccy="USD", ts=utc_now(), seq=time.monotonic_ns()
    )  # fmt: skip


def _plain(instrument: str) -> dict[str, Any]:
    """Return what the gateway makes of a tick for a page."""
    return {**_tick(instrument).model_dump(mode="json", exclude={"mic", "size", "type"})}
