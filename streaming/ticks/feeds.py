"""Where lines come from: a WebSocket that sends them, or an address that is polled for them; both for ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from core.errors import DependencyUnavailable
from core.logs import get_logger
from core.settings import Settings

OPEN_WITHIN_S = 10.0
MESSAGE_LIMIT_BYTES = 1024 * 1024
BACKOFF_FIRST_S, BACKOFF_MAX_S = 0.5, 30.0

Feed = Callable[[], AsyncIterator[bytes]]

log = get_logger(__name__)


def open_feed(url: str, settings: Settings) -> Feed:
    """Return the feed of an address, not connected yet.

    Iterating it yields lines until the feed breaks, which raises DependencyUnavailable.
    """
    authorization = settings.market_feed_authorization
    headers = {"Authorization": authorization.get_secret_value()} if authorization else {}
    if url.startswith("ws"):
        return lambda: _pushed(url, headers)
    return lambda: _polled(url, headers, settings.market_feed_poll_s)


async def follow(feed: Feed, take: Callable[[bytes], None]) -> None:
    """Pass every line on, for ever: a feed that breaks is opened again, later and later until it gives a line."""
    failures = 0
    while True:
        try:
            async for line in feed():
                failures = 0
                take(line)
        except DependencyUnavailable as error:
            if failures == 0:
                log.warning("market_feed_lost", reason=error.message)
        await asyncio.sleep(backoff_s(failures, random.random()))  # noqa: S311 - spreads load, guards nothing
        failures += 1


def backoff_s(failures: int, chance: float) -> float:
    """Return how long to wait after so many failures before: 0.5 s doubling to 30 s, the upper half by `chance`."""
    return min(BACKOFF_FIRST_S * 2.0 ** min(failures, 10), BACKOFF_MAX_S) * (0.5 + chance / 2)


async def _pushed(url: str, headers: dict[str, str]) -> AsyncIterator[bytes]:
    try:
        async with connect(
            url,
            additional_headers=headers,
            open_timeout=OPEN_WITHIN_S,
            max_size=MESSAGE_LIMIT_BYTES,
            proxy=None,
        ) as socket:
            log.info("market_feed_found")
            async for message in socket:
                for line in _lines(message.encode() if isinstance(message, str) else message):
                    yield line
    except (WebSocketException, OSError, TimeoutError) as error:
        raise DependencyUnavailable(f"the market feed broke: {type(error).__name__}") from error


async def _polled(url: str, headers: dict[str, str], poll_s: float) -> AsyncIterator[bytes]:
    """Ask again and again; what has not changed since (its ETag) is not sent, and a line sent twice is known by seq."""
    etag: str | None = None
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=OPEN_WITHIN_S, headers=headers) as client:
            while True:
                async with client.stream("GET", url, headers={"If-None-Match": etag} if etag else {}) as reply:
                    if reply.status_code == httpx.codes.OK:
                        etag = reply.headers.get("etag")
                        for line in _lines(await _limited(reply)):
                            yield line
                    elif reply.status_code != httpx.codes.NOT_MODIFIED:
                        raise DependencyUnavailable(f"the market feed answers {reply.status_code}")
                await asyncio.sleep(poll_s)
    except (httpx.HTTPError, OSError) as error:
        raise DependencyUnavailable(f"the market feed broke: {type(error).__name__}") from error


async def _limited(reply: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in reply.aiter_bytes():
        body += chunk
        if len(body) > MESSAGE_LIMIT_BYTES:
            raise DependencyUnavailable(f"the market feed sends more than {MESSAGE_LIMIT_BYTES} bytes at once")
    return bytes(body)


def _lines(text: bytes) -> list[bytes]:
    return [line for line in text.splitlines() if line.strip()]
