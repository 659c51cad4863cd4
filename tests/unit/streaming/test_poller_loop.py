"""A feed that fails in whatever way is noted and read later; a server's strange validators are not sent back."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

import pytest

from core.clock import utc_now
from core.errors import DependencyUnavailable, RateLimited
from streaming.poller import loop
from streaming.poller.fetch import Fetched, Validators
from streaming.poller.loop import Poller
from streaming.sources import Feed

FEED = Feed(url="https://feed.test/rss", interval_s=60, provider="feed")


class MemoryStates:
    def __init__(self) -> None:
        self.failures: list[tuple[str, int, datetime]] = []

    async def read(self) -> dict[str, Any]:
        return {}

    async def failed(self, _source: str, reason: str, failures: int, next_poll_at: datetime) -> None:
        self.failures.append((reason, failures, next_poll_at))


@pytest.mark.parametrize(
    ("error", "code", "failures"),
    [
        (UnicodeError("label too long"), "internal_error", 1),
        (RateLimited("wait"), "rate_limited", 1),
        (DependencyUnavailable("down", code="kafka_unavailable"), "kafka_unavailable", 0),
    ],
)
async def test_a_feed_that_fails_is_read_again_later(
    error: Exception, code: str, failures: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fetch(*_args: Any, **_kwargs: Any) -> Fetched:
        raise error

    monkeypatch.setattr(loop, "fetch", fetch)
    states, stop = MemoryStates(), asyncio.Event()
    await Poller(
        feeds=lambda: {"feed": FEED},
        states=states,  # type: ignore[arg-type]
        acceptor=None,  # type: ignore[arg-type]
        limit_bytes=1,
        beat=lambda *_: stop.set(),
    ).run(stop)
    [(reason, counted, again_at)] = states.failures
    assert (reason.partition(":")[0], counted) == (code, failures)
    assert (again_at - utc_now()).total_seconds() > FEED.interval_s - 10


def test_only_validators_that_a_request_can_carry_are_sent_back() -> None:
    assert Validators('"é"', "Tue, 21 Jul 2026 14:30:00 GMT").headers() == {
        "If-Modified-Since": "Tue, 21 Jul 2026 14:30:00 GMT"
    }
    assert Validators('W/"1"').headers() == {"If-None-Match": 'W/"1"'}
