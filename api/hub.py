"""All sockets of one process: who is connected, what wakes them, and when they must end.

Redis pub/sub wakes within milliseconds. A look at PostgreSQL each second catches what pub/sub lost, ends the sockets
of sessions that ended, and stores how far pages have confirmed.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from api.feed import FeedReader
from api.frames import GOING_AWAY, SESSION_ENDED
from api.policy import ended_sessions
from api.principal import Principal
from clients.postgres import AsyncPool, DatabaseError
from clients.redis import AsyncRedis, RedisError
from core.clock import utc_now
from core.errors import Forbidden
from core.logs import get_logger

WAKE_PREFIX = "feed-wake:"
LOOK_EVERY_S = 1.0
BEAT_EVERY_S = 0.5
RECONNECT_AFTER_S = 0.2
SOCKETS_PER_USER = 5

_BEHIND = """
    SELECT rm_id, last_seq FROM rm JOIN unnest(%s::text[], %s::bigint[]) AS woken (rm_id, seq) USING (rm_id)
    WHERE last_seq > woken.seq
"""
_RECEIPT = """
    INSERT INTO feed_receipts (rm_id, acked_seq) VALUES (%s, %s)
    ON CONFLICT (rm_id) DO UPDATE SET acked_seq = EXCLUDED.acked_seq, acked_at = clock_timestamp()
    WHERE feed_receipts.acked_seq < EXCLUDED.acked_seq
"""

log = get_logger(__name__)


class Socket(Protocol):
    """What the hub needs of a connection."""

    principal: Principal

    def wake(self, seq: int) -> None:
        """Hear that the feed has come to `seq`."""

    def beat(self, now_s: float, now: datetime) -> None:
        """Send the heartbeat when it is due, and end what has expired."""

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon."""

    async def say_bye(self) -> None:
        """Tell the peer that this process ends."""


class Hub:
    """The registry of sockets and the three loops that serve them."""

    def __init__(self, pool: AsyncPool, redis: AsyncRedis, feed: FeedReader) -> None:
        self.feed = feed
        self._pool = pool
        self._redis = redis
        self._sockets: defaultdict[str, set[Socket]] = defaultdict(set)
        # How far the sockets of each RM have been woken.
        self._woken: dict[str, int] = {}
        self._receipts: dict[str, int] = {}
        self.draining = False

    @property
    def open_sockets(self) -> int:
        """How many sockets are registered."""
        return sum(map(len, self._sockets.values()))

    def add(self, socket: Socket) -> None:
        """Register a socket; Forbidden when the user has too many on this process."""
        mine = self._sockets[socket.principal.rm_id]
        if len(mine) >= SOCKETS_PER_USER:
            raise Forbidden(f"{SOCKETS_PER_USER} connections are open already", code="too_many_sockets")
        mine.add(socket)

    def remove(self, socket: Socket) -> None:
        """Forget a socket."""
        rm_id = socket.principal.rm_id
        self._sockets[rm_id].discard(socket)
        if not self._sockets[rm_id]:
            del self._sockets[rm_id]
            self._woken.pop(rm_id, None)

    def confirm(self, rm_id: str, seq: int) -> None:
        """Note that a page has shown everything up to `seq`; stored within `LOOK_EVERY_S`."""
        self._receipts[rm_id] = max(seq, self._receipts.get(rm_id, 0))

    def end_session(self, session: bytes) -> None:
        """End the sockets of one session now; other processes notice within `LOOK_EVERY_S`."""
        for socket in self._all():
            if socket.principal.session == session:
                socket.end(SESSION_ENDED, "the session ended")

    async def drain(self) -> None:
        """Say good-bye on every socket and close it; new ones are refused from now on."""
        self.draining = True
        sockets = list(self._all())
        await asyncio.gather(*(socket.say_bye() for socket in sockets), return_exceptions=True)
        for socket in sockets:
            socket.end(GOING_AWAY, "shutting down")

    async def listen(self) -> None:
        """Wake sockets as Redis publishes, for ever; a lost server is tried again until it is back."""
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.psubscribe(f"{WAKE_PREFIX}*")
                    async for message in subscription.listen():
                        self._on_message(message)
            except (RedisError, OSError) as error:
                if self.feed.redis_alive:
                    log.warning("redis_lost", error=type(error).__name__)
                self.feed.redis_alive = False
                await asyncio.sleep(RECONNECT_AFTER_S)

    async def beat(self) -> None:
        """Let every socket look at the clock, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(BEAT_EVERY_S)
            now_s, now = loop.time(), utc_now()
            for socket in list(self._all()):
                socket.beat(now_s, now)

    async def watch(self) -> None:
        """Look at PostgreSQL each second, for ever."""
        alive = True
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                await self._look()
                if not alive:
                    log.info("postgres_found")
                alive = True
            except DatabaseError as error:
                if alive:
                    log.warning("postgres_lost", error=type(error).__name__)
                alive = False

    def _on_message(self, message: dict[str, object]) -> None:
        if message["type"] == "psubscribe":
            log.info("redis_found")
            self.feed.redis_alive = True
            return
        channel, data = message["channel"], message["data"]
        if not isinstance(channel, bytes) or not isinstance(data, bytes) or not data.isdigit():
            return
        self._wake(channel.decode(errors="replace").removeprefix(WAKE_PREFIX), int(data))

    def _wake(self, rm_id: str, seq: int) -> None:
        sockets = self._sockets.get(rm_id)
        if sockets:
            self._woken[rm_id] = max(seq, self._woken.get(rm_id, 0))
            for socket in sockets:
                socket.wake(seq)

    async def _look(self) -> None:
        receipts, self._receipts = self._receipts, {}
        sockets = list(self._all())
        if not sockets and not receipts:
            return
        async with self._pool.connection() as session:
            woken = {rm_id: self._woken.get(rm_id, 0) for rm_id in self._sockets}
            parameters = (list(woken), list(woken.values()))
            behind = await (await session.execute(_BEHIND, parameters)).fetchall()
            ended = await ended_sessions(session, {socket.principal.session for socket in sockets})
            for rm_id, seq in receipts.items():
                await session.execute(_RECEIPT, (rm_id, seq))
        for row in behind:
            self._wake(row["rm_id"], row["last_seq"])
        for socket in sockets:
            if socket.principal.session in ended:
                socket.end(SESSION_ENDED, "the session ended")

    def _all(self) -> Iterator[Socket]:
        for sockets in self._sockets.values():
            yield from sockets
