"""The newest tick of every instrument, who watches it, and the beat at which changes go out.

Nothing waits for a tick: a peer that has something left to read is passed over and gets the newest prices later, so
ticks are conflated as slowly as it reads, and an alert never stands behind more than one frame of them.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from api.frames import MAX_INSTRUMENTS, TickItem, text_frame
from api.metrics import Metrics
from core.market import MarketTick, TickOrder

FLUSH_EVERY_S = 0.2
# What ticks together comes in several batches from Kafka; in so long it has come, and goes out as one frame.
GATHER_S = 0.02
# Between so many peers others get their turn, alerts above all.
PEERS_AT_ONCE = 100


class Peer(Protocol):
    """The other end of a socket, for frames that may wait or be left out; `taken_at_s` is when one was last written."""

    taken_at_s: float

    def push(self, frame: bytes) -> bool:
        """Write a whole frame now, unless an earlier one still waits to be written; say which."""


@dataclass(slots=True)
class _View:
    """What a peer watches, and what of it has changed since its last frame."""

    instruments: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


class Ticks:
    """Fans ticks out to the sockets of one process, `FLUSH_EVERY_S` apart at least."""

    def __init__(self, metrics: Metrics) -> None:
        self.order = TickOrder()
        self._metrics = metrics
        # Written once, sent to everyone who watches.
        self._items: dict[str, bytes] = {}
        self._changed: set[str] = set()
        self._views: dict[Peer, _View] = {}
        self._news = asyncio.Event()

    def take(self, ticks: Iterable[MarketTick]) -> None:
        """Keep what is news, for the next frames."""
        news = late = 0
        for tick in ticks:
            if self.order.admits(tick):
                item = TickItem(instrument=tick.instrument, price=tick.price, ccy=tick.ccy, ts=tick.ts, seq=tick.seq)
                self._items[tick.instrument] = item.to_json()
                self._changed.add(tick.instrument)
                news += 1
            else:
                late += 1
        self._metrics.ticks.labels("news").inc(news)
        self._metrics.ticks.labels("late").inc(late)
        if self._changed:
            self._news.set()

    def watch(self, peer: Peer, instruments: Iterable[str]) -> tuple[str, ...]:
        """Add instruments to what a peer watches, as far as there is room, and return all that it watches.

        Their newest prices go out with its next frame.
        """
        view = self._views.setdefault(peer, _View())
        for instrument in map(sys.intern, instruments):
            if len(view.instruments) < MAX_INSTRUMENTS or instrument in view.instruments:
                view.instruments.add(instrument)
                view.changed.add(instrument)
        self._news.set()
        return tuple(sorted(view.instruments))

    def unwatch(self, peer: Peer, instruments: Iterable[str]) -> tuple[str, ...]:
        """Take instruments from what a peer watches and return what is left."""
        view = self._views.get(peer, _View())
        view.instruments.difference_update(instruments)
        view.changed &= view.instruments
        return tuple(sorted(view.instruments))

    def leave(self, peer: Peer) -> None:
        """Forget a peer."""
        self._views.pop(peer, None)

    async def run(self) -> None:
        """Send what changed, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            await self._news.wait()
            await asyncio.sleep(GATHER_S)
            self._news.clear()
            again_at_s = loop.time() + FLUSH_EVERY_S
            await self._flush()
            await asyncio.sleep(again_at_s - GATHER_S - loop.time())

    async def _flush(self) -> None:
        changed, self._changed = self._changed, set()
        sent = held = 0
        for number, (peer, view) in enumerate(list(self._views.items())):
            view.changed |= view.instruments & changed
            frame = self._frame(view.changed)
            if frame is not None:
                if peer.push(frame):
                    view.changed = set()
                    sent += 1
                else:
                    self._news.set()
                    held += 1
            if number % PEERS_AT_ONCE == PEERS_AT_ONCE - 1:
                await asyncio.sleep(0)
        self._metrics.tick_frames.labels("sent").inc(sent)
        self._metrics.tick_frames.labels("held").inc(held)

    def _frame(self, instruments: set[str]) -> bytes | None:
        items = [self._items[each] for each in instruments if each in self._items]
        return text_frame(b'{"type":"ticks","items":[%b]}' % b",".join(items)) if items else None
