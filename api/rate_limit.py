"""A limit on requests per person, shared by all gateway processes: a token bucket in Redis.

The answer tells it by the fields of draft-ietf-httpapi-ratelimit-headers-10. Without Redis nobody is refused: the
limit protects the service from a person's runaway script, and an outage of Redis must not be an outage of alerts.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass

from clients.redis import AsyncRedis, RedisError

WINDOW_S = 60
REDIS_TIMEOUT_S = 0.1

# Redis' own clock, so that gateways need not agree on the time. Returns whether a token was left, and how many are.
TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local capacity, per_s = tonumber(ARGV[1]), ARGV[1] / ARGV[2]
local stored = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = capacity
if stored[1] then tokens = math.min(capacity, stored[1] + math.max(0, now - stored[2]) * per_s) end
local taken = tokens >= 1
if taken then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return {taken and 1 or 0, tostring(tokens)}
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a request met: whether it may go on, and the tokens left of `capacity`, refilled in `WINDOW_S`."""

    allowed: bool
    tokens: float
    capacity: int

    @property
    def retry_after_s(self) -> float:
        """How long until there is a token again."""
        return max(0.0, 1 - self.tokens) * WINDOW_S / self.capacity

    @property
    def headers(self) -> dict[str, str]:
        """The fields of the answer."""
        full_in_s = math.ceil((self.capacity - self.tokens) * WINDOW_S / self.capacity)
        return {
            "RateLimit-Policy": f'"user";q={self.capacity};w={WINDOW_S}',
            "RateLimit": f'"user";r={int(self.tokens)};t={full_in_s}',
        }


class RateLimit:
    """The buckets: `capacity` requests at once, and as many a minute."""

    def __init__(self, redis: AsyncRedis, capacity: int) -> None:
        self._take = redis.register_script(TAKE)
        self._capacity = capacity

    async def take(self, rm_id: str) -> Taken | None:
        """Take a token of a person; None when Redis does not answer."""
        try:
            async with asyncio.timeout(REDIS_TIMEOUT_S):
                allowed, tokens = await self._take(keys=[f"rate:{rm_id}"], args=[self._capacity, WINDOW_S])
        except (RedisError, OSError, TimeoutError):
            return None
        return Taken(bool(allowed), float(tokens), self._capacity)
