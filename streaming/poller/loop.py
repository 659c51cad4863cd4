"""The poller's loop: every second, read the feeds that are due, each on its own."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from core.clock import utc_now
from core.errors import DependencyUnavailable, TiplineError
from core.logs import get_logger
from streaming.intake.accept import Acceptor, Delivery
from streaming.poller.fetch import Validators, fetch
from streaming.poller.schedule import next_poll_at
from streaming.poller.state import FeedState, FeedStates
from streaming.sources import Feed

TICK_S = 1.0
FINISH_WITHIN_S = 10.0
OUR_OUTAGES = ("kafka_unavailable", "postgres_unavailable")

log = get_logger(__name__)


@dataclass(slots=True)
class Poller:
    """Reads feeds and passes what they show to the acceptor; `beat` is told (ready, feeds, failing) each second."""

    feeds: Callable[[], Mapping[str, Feed]]
    states: FeedStates
    acceptor: Acceptor
    limit_bytes: int
    beat: Callable[[bool, int, int], None]
    dice: random.Random = field(default_factory=random.Random)
    _reading: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _ready: bool = True

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until told to stop, then let readings under way finish; one cut off is repeated at the next start."""
        while not stop.is_set():
            await self._tick()
            with suppress(TimeoutError):
                async with asyncio.timeout(TICK_S):
                    await stop.wait()
        if self._reading:
            _, unfinished = await asyncio.wait(self._reading.values(), timeout=FINISH_WITHIN_S)
            for task in unfinished:
                task.cancel()

    async def _tick(self) -> None:
        feeds = self.feeds()
        self._reading = {name: task for name, task in self._reading.items() if not task.done()}
        try:
            states = await self.states.read()
        except DependencyUnavailable as error:
            self._tell(False, error.message)
            self.beat(False, len(feeds), 0)
            return
        self._tell(True, "")
        now = utc_now()
        for name, feed in feeds.items():
            state = states.get(name, FeedState(name))
            if name not in self._reading and (state.next_poll_at is None or state.next_poll_at <= now):
                self._reading[name] = asyncio.create_task(self._read(name, feed, state))
        self.beat(True, len(feeds), sum(1 for name in feeds if name in states and states[name].failures))

    def _tell(self, ready: bool, reason: str) -> None:
        if ready != self._ready:
            self._ready = ready
            log.info("poller_ready") if ready else log.warning("poller_waits", reason=reason)

    async def _read(self, name: str, feed: Feed, state: FeedState) -> None:
        """Read one feed; its validators are kept only once all its items went through, so that none is skipped."""
        try:
            validators = await self._pass_on(name, feed, state)
        except Exception as raised:
            # What we did not foresee counts too: a failure that is not noted would be repeated every second, unseen.
            error = _known(raised)
            # A feed is not to blame, nor to be read later, when our own servers are away.
            failures = state.failures + (error.code not in OUR_OUTAGES)
            again = next_poll_at(
                utc_now(), feed.interval_s, failures=failures, retry_after_s=error.retry_after_s, dice=self.dice
            )
            log.warning("feed_failed", source=name, code=error.code, failures=failures, again_at=again.isoformat())
            with suppress(DependencyUnavailable):
                await self.states.failed(name, f"{error.code}: {error.message}", failures, again)
            return
        with suppress(DependencyUnavailable):
            await self.states.succeeded(name, validators, next_poll_at(utc_now(), feed.interval_s, dice=self.dice))

    async def _pass_on(self, name: str, feed: Feed, state: FeedState) -> Validators:
        fetched = await fetch(feed, state.validators, limit_bytes=self.limit_bytes)
        if fetched.body is None:
            return fetched.validators
        receipt = await self.acceptor.accept(
            Delivery(
                "poller",
                name,
                feed.provider,
                fetched.body,
                _believable(fetched.content_type),
                secrets.token_hex(16),
                snapshot=True,
            )
        )
        if receipt.published or receipt.rejected:
            log.info("feed_read", source=name, published=len(receipt.published), rejected=len(receipt.rejected))
        return fetched.validators


def _known(error: Exception) -> TiplineError:
    return error if isinstance(error, TiplineError) else TiplineError(f"unforeseen: {type(error).__name__}")


def _believable(content_type: str | None) -> str | None:
    """Return a content type that can be trusted; feeds come as text/html and worse, so most are left to sniffing."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type if media_type.endswith(("json", "xml")) and "html" not in media_type else None
