"""Reads an RM's feed after a number: from the Redis Stream when it holds just what is wanted, else from PostgreSQL.

PostgreSQL numbers the frames; the stream is a copy that may be behind, trimmed, rebuilt or gone.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

import orjson

from clients.postgres import AsyncPool
from clients.redis import AsyncRedis, RedisError
from core.errors import NotFound

REDIS_TIMEOUT_S = 0.5

_HEAD = "SELECT last_seq, feed_epoch::text FROM rm WHERE rm_id = %s"
_AFTER = "SELECT seq, frame::text FROM rm_feed WHERE rm_id = %s AND seq > %s ORDER BY seq LIMIT %s"


@dataclass(frozen=True, slots=True)
class Frame:
    """One stored frame: its number, its JSON less the number, the alert it is about, and whose, where it says so."""

    seq: int
    text: str
    alert_id: UUID
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """Where a feed stands: its newest number and the epoch that the numbers belong to."""

    seq: int
    epoch: str


@dataclass(frozen=True, slots=True)
class Batch:
    """Frames in order; `head` only when PostgreSQL was asked."""

    frames: list[Frame]
    head: Head | None = None


class FeedReader:
    """Reads feeds for all sockets of a process."""

    def __init__(self, pool: AsyncPool, redis: AsyncRedis) -> None:
        self._pool = pool
        self._redis = redis
        # Set by the hub, so that a dead Redis costs no time-out per frame.
        self.redis_alive = False

    async def head(self, rm_id: str) -> Head:
        """Return where the feed stands; NotFound for an unknown RM."""
        async with self._pool.connection() as session:
            row = await (await session.execute(_HEAD, (rm_id,))).fetchone()
        if row is None:
            raise NotFound("no such feed")
        return Head(row["last_seq"], row["feed_epoch"])

    async def after(self, rm_id: str, epoch: str, seq: int, limit: int) -> Batch:
        """Return up to `limit` frames that follow `seq`, without a hole unless PostgreSQL has it too."""
        frames = await self._from_redis(rm_id, epoch, seq, limit) if self.redis_alive else []
        return Batch(frames) if frames else await self._from_postgres(rm_id, seq, limit)

    async def _from_redis(self, rm_id: str, epoch: str, seq: int, limit: int) -> list[Frame]:
        """Return what the stream has just after `seq`; nothing when it is another epoch's, has a hole, or fails."""
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                async with self._redis.pipeline(transaction=False) as pipe:
                    pipe.get(f"feed-epoch:{rm_id}")
                    pipe.xrange(f"feed:{rm_id}", min=f"{seq + 1}-0", count=limit)
                    stored_epoch, entries = await pipe.execute()
        except (RedisError, OSError, TimeoutError):
            return []
        if stored_epoch is None or stored_epoch.decode() != epoch:
            return []
        numbers = [int(entry_id.partition(b"-")[0]) for entry_id, _ in entries]
        if numbers != list(range(seq + 1, seq + 1 + len(numbers))):
            return []
        return [_frame(number, fields[b"frame"].decode()) for number, (_, fields) in zip(numbers, entries, strict=True)]

    async def _from_postgres(self, rm_id: str, seq: int, limit: int) -> Batch:
        async with self._pool.connection() as session:
            row = await (await session.execute(_HEAD, (rm_id,))).fetchone()
            if row is None:
                raise NotFound("no such feed")
            rows = await (await session.execute(_AFTER, (rm_id, seq, limit))).fetchall()
        return Batch([_frame(one["seq"], one["frame"]) for one in rows], Head(row["last_seq"], row["feed_epoch"]))


def _frame(seq: int, text: str) -> Frame:
    parsed = orjson.loads(text)
    alert = parsed.get("alert", parsed)
    return Frame(seq, text, UUID(alert["alert_id"]), alert.get("client", {}).get("id"))
