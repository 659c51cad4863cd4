"""The demo's market: the prices of the demo's books walk at random around their last close. Made up, and only here."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from clients.postgres import AsyncPool, session_of
from core.clock import utc_now
from core.errors import DependencyUnavailable
from core.market import MarketTick

SEED = 20240229
# How many of the instruments move at each step, by how much (a share of the close), and how strongly back to it.
MOVING_SHARE = 0.1
STEP = 0.0006
REVERSION = 0.02
# As many as the contract has.
MAX_DECIMALS = 10
CLOSES_EVERY_S = 60.0

_CLOSES = """
    SELECT DISTINCT ON (instrument_id) instrument_id, price, price_ccy AS ccy FROM positions_eod
    WHERE as_of_date = (SELECT max(as_of_date) FROM positions_eod) AND id_type <> 'CASH' AND price > 0
    ORDER BY instrument_id, revision DESC
"""
_MARKET_LIST = "SELECT instrument_id, reference AS price, ccy FROM market_list"


@dataclass(frozen=True, slots=True)
class Close:
    """The last price of an instrument, which its walk stays near."""

    instrument: str
    price: Decimal
    ccy: str


class Walk:
    """A random walk of many prices; the same closes and seed always walk the same way.

    `first_seq` is where counting starts: later than where an earlier walk ended, or its ticks are taken for old ones.
    """

    def __init__(self, first_seq: int, seed: int = SEED) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - prices of a demo
        self._first_seq = first_seq
        self._drift: dict[str, float] = {}
        self._seq: dict[str, int] = {}

    def step(self, closes: Sequence[Close]) -> Iterator[MarketTick]:
        """Yield the ticks of one step: all instruments that are new, and some of the others."""
        for close in closes:
            moves = self._dice.random() < MOVING_SHARE
            push = self._dice.gauss(0, STEP)
            if close.instrument not in self._seq or moves:
                yield self._tick(close, push)

    def _tick(self, close: Close, push: float) -> MarketTick:
        drift = self._drift.get(close.instrument, 0.0) * (1 - REVERSION) + push
        seq = self._seq.get(close.instrument, self._first_seq - 1) + 1
        self._drift[close.instrument], self._seq[close.instrument] = drift, seq
        price = round(close.price * (1 + Decimal(repr(drift))), _decimals(close.price))
        return MarketTick(instrument=close.instrument, price=price, ccy=close.ccy, ts=utc_now(), seq=seq)


async def walk(pool: AsyncPool, take: Callable[[MarketTick], None], *, every_s: float) -> None:
    """Let the prices walk for ever, a step each `every_s`, around closes that are read again each minute."""
    # Milliseconds rise faster than any instrument ticks, so a walk that starts again goes on above the last.
    market = Walk(first_seq=int(utc_now().timestamp() * 1000))
    closes: list[Close] = []
    left_s = 0.0
    while True:
        if left_s <= 0:
            # While PostgreSQL is away the prices known go on.
            with suppress(DependencyUnavailable):
                closes, left_s = await read_closes(pool), CLOSES_EVERY_S
        for tick in market.step(closes):
            take(tick)
        await asyncio.sleep(every_s)
        left_s -= every_s


async def read_closes(pool: AsyncPool) -> list[Close]:
    """Return the last prices of what clients hold and of the market list, by instrument; DependencyUnavailable."""
    async with session_of(pool) as session:
        held = await (await session.execute(_CLOSES)).fetchall()
        listed = await (await session.execute(_MARKET_LIST)).fetchall()
    found = {row["instrument_id"]: Close(row["instrument_id"], row["price"], row["ccy"]) for row in [*held, *listed]}
    return [found[instrument] for instrument in sorted(found)]


def _decimals(price: Decimal) -> int:
    """Return how many decimals let a price move by a ten-thousandth; two at least."""
    return min(MAX_DECIMALS, max(2, 4 - price.adjusted()))
