"""From a feed's lines to Kafka: ticks in order of their `seq`, and what is none to the dead letters."""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from itertools import islice
from uuid import UUID

from core.errors import BadInput, DependencyUnavailable
from core.logs import get_logger
from core.market import MarketTick, TickOrder
from core.topics import MARKET_TICKS, MARKET_TICKS_DLQ
from streaming.intake.publisher import Outgoing, Publisher
from streaming.ticks.lines import dead_letter, parse

# While Kafka is away so many records wait; then the oldest go, whose prices are the least worth.
HELD_RECORDS = 10_000
BATCH_RECORDS = 500
RETRY_S = 1.0
# A polled feed repeats its bad lines with every poll; each is buried once, as long as it is remembered.
REMEMBERED_LETTERS = 1000

log = get_logger(__name__)


class TickRelay:
    """Takes lines or ticks at any time and publishes them as fast as Kafka acknowledges."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._order = TickOrder()
        self._held: deque[Outgoing] = deque(maxlen=HELD_RECORDS)
        self._buried: OrderedDict[UUID, None] = OrderedDict()
        self._news = asyncio.Event()
        self.published = 0
        self.refused = 0

    @property
    def late(self) -> int:
        """How many ticks came after a newer one of their instrument, or twice."""
        return self._order.late

    def take_line(self, line: bytes) -> None:
        """Take a line of a feed."""
        try:
            tick = parse(line)
        except BadInput as error:
            self._bury(line, error)
        else:
            self.take(tick)

    def take(self, tick: MarketTick) -> None:
        """Take a tick, unless a newer one of its instrument came before."""
        if self._order.admits(tick):
            self._hold(Outgoing(MARKET_TICKS, tick.instrument, tick.to_json()))

    async def run(self) -> None:
        """Publish what was taken, for ever."""
        while True:
            await self._news.wait()
            batch = list(islice(self._held, BATCH_RECORDS))
            if not batch:
                self._news.clear()
                continue
            try:
                await self._publisher.publish(batch)
            except DependencyUnavailable:
                await asyncio.sleep(RETRY_S)
                continue
            self.published += len(batch)
            self._let_go(batch)

    def _let_go(self, batch: list[Outgoing]) -> None:
        # What came meanwhile may have pushed some of the batch out already.
        sent = {id(record) for record in batch}
        while self._held and id(self._held[0]) in sent:
            self._held.popleft()

    def _bury(self, line: bytes, error: BadInput) -> None:
        self.refused += 1
        letter = dead_letter(line, error)
        if letter.dlq_id in self._buried:
            self._buried.move_to_end(letter.dlq_id)
            return
        self._buried[letter.dlq_id] = None
        if len(self._buried) > REMEMBERED_LETTERS:
            self._buried.popitem(last=False)
        log.warning("tick_dead_lettered", code=error.code, reason=error.message)
        self._hold(Outgoing(MARKET_TICKS_DLQ, None, letter.to_json()))

    def _hold(self, record: Outgoing) -> None:
        self._held.append(record)
        self._news.set()
