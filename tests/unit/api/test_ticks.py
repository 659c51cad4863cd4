"""Fan-out of ticks from memory: the newest price only, five frames a second at most, and nobody waits."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from api import ticks as module
from api.frames import MAX_INSTRUMENTS
from api.frames import Ticks as TicksFrame
from api.metrics import Metrics
from api.ticks import Ticks
from core.market import MarketTick

NOON = datetime(2026, 1, 30, 12, tzinfo=UTC)


def tick(instrument: str, seq: int, price: str = "1.50") -> MarketTick:
    return MarketTick(instrument=instrument, price=Decimal(price), ccy="USD", ts=NOON, seq=seq)


class FakePeer:
    """Remembers what was pushed and when; a deaf one takes nothing."""

    def __init__(self) -> None:
        self.taken_at_s = 0.0
        self.deaf = False
        self.pushed: list[dict[str, Any]] = []
        self.at_s: list[float] = []
        self._took = asyncio.Event()

    def push(self, frame: bytes) -> bool:
        if self.deaf:
            return False
        self.pushed.append(json.loads(frame[frame.index(b"{") :]))
        self.at_s.append(asyncio.get_running_loop().time())
        self._took.set()
        return True

    async def next(self) -> dict[str, str]:
        """Return the prices by instrument of the next frame."""
        async with asyncio.timeout(5):
            await self._took.wait()
        self._took.clear()
        frame = TicksFrame.model_validate(self.pushed[-1])
        return {item.instrument: str(item.price) for item in frame.items}


@asynccontextmanager
async def running() -> AsyncIterator[Ticks]:
    ticks = Ticks(Metrics())
    task = asyncio.create_task(ticks.run())
    try:
        yield ticks
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_each_peer_gets_the_newest_price_of_what_it_watches() -> None:
    one, other = FakePeer(), FakePeer()
    async with running() as ticks:
        ticks.watch(one, ["A", "B"])
        ticks.watch(other, ["B"])
        ticks.take([tick("A", 1), tick("A", 2, "1.60"), tick("C", 1), tick("A", 1, "9.99"), tick("B", 5, "2.00")])
        assert await one.next() == {"A": "1.60", "B": "2.00"}
        assert await other.next() == {"B": "2.00"}
    assert (ticks.order.late, len(one.pushed), len(other.pushed)) == (1, 1, 1)


async def test_frames_are_at_least_a_fifth_of_a_second_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FLUSH_EVERY_S", 0.05)
    peer = FakePeer()
    async with running() as ticks:
        ticks.watch(peer, ["A"])
        for seq in range(4):
            ticks.take([tick("A", 2 * seq)])
            ticks.take([tick("A", 2 * seq + 1, f"{seq}.00")])
            assert await peer.next() == {"A": f"{seq}.00"}
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(peer.at_s))
    assert len(peer.pushed) == 4


def test_the_beat_is_five_a_second() -> None:
    assert module.FLUSH_EVERY_S >= 1 / 5


async def test_a_peer_that_does_not_read_gets_the_newest_later_and_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "FLUSH_EVERY_S", 0.01)
    slow, quick = FakePeer(), FakePeer()
    slow.deaf = True
    async with running() as ticks:
        for peer in (slow, quick):
            ticks.watch(peer, ["A", "B"])
        for seq, price in enumerate(("1.00", "2.00", "3.00")):
            ticks.take([tick("A", seq, price)])
            assert await quick.next() == {"A": price}
        ticks.take([tick("B", 1)])
        assert await quick.next() == {"B": "1.50"}
        slow.deaf = False
        assert await slow.next() == {"A": "3.00", "B": "1.50"}
    assert len(slow.pushed) == 1


async def test_who_comes_later_gets_the_last_price_and_who_leaves_gets_none() -> None:
    early, late = FakePeer(), FakePeer()
    async with running() as ticks:
        ticks.watch(early, ["A"])
        ticks.take([tick("A", 1)])
        await early.next()
        ticks.watch(late, ["A", "nothing known of it"])
        assert await late.next() == {"A": "1.50"}
        ticks.leave(early)
        assert ticks.unwatch(late, ["A"]) == ("nothing known of it",)
        last = FakePeer()
        ticks.watch(last, ["A"])
        ticks.take([tick("A", 2)])
        await last.next()
    assert (len(early.pushed), len(late.pushed)) == (1, 1)


async def test_a_peer_watches_so_many_instruments_and_no_more() -> None:
    ticks, peer = Ticks(Metrics()), FakePeer()
    watched = ticks.watch(peer, [f"I{number}" for number in range(MAX_INSTRUMENTS + 5)])
    assert len(watched) == MAX_INSTRUMENTS
    assert len(ticks.watch(peer, ["another", "I0"])) == MAX_INSTRUMENTS
    assert ticks.unwatch(FakePeer(), ["I0"]) == ()


async def test_others_get_their_turn_between_many_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PEERS_AT_ONCE", 10)
    peers = [FakePeer() for _ in range(50)]
    counts: list[int] = []
    async with running() as ticks:
        for peer in peers:
            ticks.watch(peer, ["A"])
        ticks.take([tick("A", 1)])
        async with asyncio.timeout(5):
            while not all(peer.pushed for peer in peers):
                counts.append(sum(len(peer.pushed) for peer in peers))
                await asyncio.sleep(0)
    assert any(0 < count < len(peers) for count in counts)
