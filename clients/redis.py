"""Redis through redis-py: the one file that imports it."""

from __future__ import annotations

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from core.settings import Settings

__all__ = ["AsyncRedis", "Redis", "RedisConnectionError", "RedisError", "ResponseError", "connect", "connect_async"]


def connect(settings: Settings) -> Redis:
    """Return a blocking client that reconnects by itself; commands return bytes."""
    return Redis.from_url(settings.redis_url, password=_password(settings), health_check_interval=15)


def connect_async(settings: Settings) -> AsyncRedis:
    """Return an asyncio client that reconnects by itself; commands return bytes."""
    return AsyncRedis.from_url(settings.redis_url, password=_password(settings), health_check_interval=15)


def _password(settings: Settings) -> str | None:
    return settings.redis_password.get_secret_value() or None
