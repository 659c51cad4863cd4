"""A feed's lines on their way to Kafka, and the demo's walk."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.errors import BadInput, DependencyUnavailable
from core.events import DeadLetter
from core.market import MarketTick
from core.settings import Settings
from core.topics import MARKET_TICKS, MARKET_TICKS_DLQ
from streaming.intake.publisher import Outgoing
from streaming.ticks import feeds
from streaming.ticks import relay as module
from streaming.ticks.__main__ import _source
from streaming.ticks.demo import Close, Walk
from streaming.ticks.lines import dead_letter, parse
from streaming.ticks.relay import TickRelay

CLOSES = [Close("EURUSD", Decimal("1.0850"), "USD"), Close("X", Decimal("101.5000000000"), "CHF")]


def line(seq: int, instrument: str = "A", price: str = "1.50") -> bytes:
    ts = "2026-01-30T12:00:00.000Z"
    return json.dumps({"instrument": instrument, "price": price, "ccy": "USD", "ts": ts, "seq": seq}).encode()


class FakePublisher:
    """Takes records, or refuses while Kafka is away."""

    def __init__(self) -> None:
        self.away = False
        self.asked = asyncio.Event()
        self.records: list[Outgoing] = []

    async def publish(self, records: Sequence[Outgoing]) -> None:
        self.asked.set()
        if self.away:
            raise DependencyUnavailable("Kafka does not answer")
        self.records += records

    def topic(self, name: str) -> list[Any]:
        return [json.loads(record.value) for record in self.records if record.topic == name]


@asynccontextmanager
async def running(publisher: FakePublisher) -> AsyncIterator[TickRelay]:
    relay = TickRelay(publisher)  # type: ignore[arg-type]
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)


@given(st.binary() | st.dictionaries(st.text(), st.integers() | st.text()).map(lambda made: json.dumps(made).encode()))
def test_any_line_is_a_tick_or_bad_input_that_quotes_nothing(text: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        parse(text)
    assert refused.value.code == "bad_tick"
    letter = dead_letter(text, refused.value)
    assert base64.b64decode(letter.original_base64) == text
    assert dead_letter(text, refused.value).dlq_id == letter.dlq_id


async def test_ticks_go_on_in_order_and_what_is_none_is_buried_once_with_its_bytes() -> None:
    publisher = FakePublisher()
    async with running(publisher) as relay:
        for each in (line(1), b"not json", line(3), line(2), line(3), b"not json", line(1, "B")):
            relay.take_line(each)
        await until(lambda: relay.published == 4)
    ticks = publisher.topic(MARKET_TICKS)
    assert [(tick["instrument"], tick["seq"]) for tick in ticks] == [("A", 1), ("A", 3), ("B", 1)]
    assert [record.key for record in publisher.records if record.topic == MARKET_TICKS] == ["A", "A", "B"]
    (letter,) = (DeadLetter.model_validate(one) for one in publisher.topic(MARKET_TICKS_DLQ))
    assert base64.b64decode(letter.original_base64) == b"not json"
    assert (letter.stage, letter.topic, letter.code, relay.refused, relay.late) == (
        "ticks", MARKET_TICKS, "bad_tick", 2, 2,
    )  # fmt: skip


async def test_while_kafka_is_away_the_oldest_go_and_nothing_is_published_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "HELD_RECORDS", 3)
    monkeypatch.setattr(module, "RETRY_S", 0.001)
    publisher = FakePublisher()
    publisher.away = True
    async with running(publisher) as relay:
        for seq in range(5):
            relay.take_line(line(seq))
        await until(publisher.asked.is_set)
        relay.take_line(line(5))
        publisher.away = False
        await until(lambda: relay.published == 3)
    assert [tick["seq"] for tick in publisher.topic(MARKET_TICKS)] == [3, 4, 5]


async def test_a_feed_that_breaks_is_opened_again_and_waits_longer_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    waits: list[int] = []
    scripts = iter([[b"1", b"2"], [], [], [b"3"], []])

    async def feed() -> AsyncIterator[bytes]:
        script = next(scripts, None)
        if script is None:
            raise asyncio.CancelledError
        for each in script:
            yield each
        raise DependencyUnavailable("broke")

    def no_wait(failures: int, _chance: float) -> float:
        waits.append(failures)
        return 0.0

    monkeypatch.setattr(feeds, "backoff_s", no_wait)
    with pytest.raises(asyncio.CancelledError):
        await feeds.follow(feed, heard.append)
    assert heard == [b"1", b"2", b"3"]
    assert waits == [0, 1, 2, 0, 1]


def test_the_back_off_doubles_up_to_half_a_minute() -> None:
    assert [feeds.backoff_s(failures, 1.0) for failures in (0, 1, 2, 6, 50)] == [0.5, 1.0, 2.0, 30.0, 30.0]
    assert feeds.backoff_s(3, 0.0) == 2.0


def steps(walk: Walk, count: int) -> list[MarketTick]:
    return [tick.model_copy(update={"ts": None}) for _ in range(count) for tick in walk.step(CLOSES)]


def test_a_walk_is_the_same_again_and_another_with_another_seed() -> None:
    assert steps(Walk(5), 200) == steps(Walk(5), 200)
    assert steps(Walk(5), 200) != steps(Walk(5, seed=1), 200)


def test_a_walk_stays_around_the_close_in_ticks_that_follow_each_other() -> None:
    ticks = steps(Walk(first_seq=5), 5000)
    for close in CLOSES:
        own = [tick for tick in ticks if tick.instrument == close.instrument]
        assert [tick.seq for tick in own] == list(range(5, 5 + len(own)))
        assert len({tick.price for tick in own}) > 20
        assert all(abs(tick.price / close.price - 1) < Decimal("0.02") for tick in own)
        assert {tick.ccy for tick in own} == {close.ccy}


def test_each_step_moves_some_instruments_and_the_first_all() -> None:
    walk = Walk(0)
    first = list(walk.step(CLOSES))
    assert {tick.instrument for tick in first} == {"EURUSD", "X"}
    assert all(parse(tick.to_json()).price == tick.price for tick in first)
    later = [len(list(walk.step(CLOSES))) for _ in range(500)]
    assert 0 < sum(later) < 500


@pytest.mark.parametrize(
    ("given", "source"),
    [
        ({"mode": "demo"}, "walk"),
        ({"mode": "demo", "market_feed_url": "wss://feed.example"}, "follow"),
        ({"mode": "production", "market_feed_url": "https://feed.example"}, "follow"),
        ({"mode": "production"}, "sleep"),
    ],
)
def test_only_the_demo_makes_prices_up_and_only_without_a_feed(given: dict[str, str], source: str) -> None:
    work = _source(Settings.model_validate(given), None, TickRelay(FakePublisher()))  # type: ignore[arg-type]
    work.close()
    assert getattr(work, "__name__", None) == source


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://feed.example", "feed.example", ""])
def test_a_feed_is_a_websocket_or_polled_by_http(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"market_feed_url": url})
