"""Redis through redis-py: the one file that imports it."""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError, ResponseError

from core.settings import Settings

__all__ = ["AsyncRedis", "Redis", "RedisConnectionError", "RedisError", "ResponseError", "connect", "connect_async"]


def connect(settings: Settings) -> Redis:
    """Return a blocking client that reconnects by itself; commands return bytes."""
    return Redis.from_url(settings.redis_url, **_options(settings))


def connect_async(settings: Settings, *, fail_fast: bool = False) -> AsyncRedis:
    """Return an asyncio client that reconnects by itself; commands return bytes.

    With `fail_fast` a command fails at once when Redis is away, for callers that have another way or their own pace.
    """
    client = AsyncRedis.from_url(settings.redis_url, **_options(settings))
    if fail_fast:
        client.set_retry(AsyncRetry(NoBackoff(), 0))
    return client


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "password": settings.redis_password.get_secret_value() or None,
        "health_check_interval": 15,
    }
    # Over `rediss://` the client verifies certificate and host name by itself: we only say whom to trust.
    if settings.ca_file is not None and settings.redis_url.startswith("rediss:"):
        options["ssl_ca_certs"] = str(settings.ca_file)
    return options
