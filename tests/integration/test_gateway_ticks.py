"""Ticks from Kafka to pages: to whom, how many, in which order."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest

from clients.kafka import Producer
from core.clock import utc_now
from core.market import MarketTick
from core.settings import Settings
from core.topics import MARKET_TICKS
from tests.integration.gateway import (
    WAIT_S,
    Bank,
    Gateways,
    Page,
    log_in,
    page,
    publishing,
    read_alerts,
    running_gateways,
)

A, B = "gateway-ticks-a", "gateway-ticks-b"
_METRICS = """
    INSERT INTO client_metrics (client_id, as_of_date, revision, status, base_ccy, market_value, pnl_total, pnl_price,
        pnl_fx, pnl_trading, pnl_income, pnl_fees, pnl_unexplained, net_flows, daily_return, twr, drawdown,
        top_concentration, concentrations, top_movers, quality, quality_counts, positions, positions_revision,
        computed_at, run_id)
    VALUES (%s, %s, 1, 'final', 'EUR', 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, '{}', '{}', 'ok', '{}', 1, 1, now(),
        gen_random_uuid())
"""
_POSITION = """
    INSERT INTO positions_eod (as_of_date, client_id, revision, account_id, id_type, instrument_id, base_ccy, quantity,
        market_value, weight, pnl_total, pnl_price, pnl_fx, pnl_trading, pnl_income, pnl_fees, pnl_unexplained,
        net_flows, quality)
    VALUES (%s, %s, 1, 'a', 'ISIN', %s, 'EUR', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 'ok')
"""


@dataclass
class Market:
    """Produces ticks of made-up instruments, and lets clients hold them."""

    bank: Bank
    producer: Producer
    seqs: dict[str, int] = field(default_factory=dict)

    def instrument(self, *, held_by: str | None = None, on: str = "2001-05-04", listed: bool = False) -> str:
        name = f"T{uuid.uuid4().hex[:11].upper()}"
        with self.bank.session() as session:
            if held_by:
                session.execute(_METRICS, (held_by, on))
                session.execute(_POSITION, (on, held_by, name))
            if listed:
                session.execute("INSERT INTO market_list VALUES (%s, %s, 'USD', 1)", (name, name))
        return name

    def tick(self, instrument: str, price: str, seq: int | None = None) -> None:
        if seq is None:
            seq = self.seqs[instrument] = self.seqs.get(instrument, 0) + 1
        tick = MarketTick(instrument=instrument, price=Decimal(price), ccy="USD", ts=utc_now(), seq=seq)
        self.producer.send_and_wait(MARKET_TICKS, tick.to_json(), key=instrument.encode())


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings, kafka_server: Settings) -> Iterator[Bank]:
    with publishing(postgres):
        yield Bank(postgres)


@pytest.fixture(scope="module")
def market(bank: Bank) -> Iterator[Market]:
    producer = Producer(bank.settings)
    yield Market(bank, producer)
    producer.close()


@pytest.fixture(scope="module")
def gateways(bank: Bank) -> Iterator[Gateways]:
    with running_gateways(bank.settings, {A: {}, B: {}}) as running:
        yield running


@asynccontextmanager
async def watching(url: str, rm_id: str, *instruments: str) -> Any:
    """Yield a page that watches instruments, and the answer to its subscription."""
    with log_in(url, rm_id) as client:
        async with page(url, client) as live, asyncio.timeout(WAIT_S):
            await live.send(type="subscribe", topics=[f"tick:{each}" for each in instruments])
            yield live, await live.read()


async def read_until(live: Page, instrument: str, price: str) -> list[dict[str, Any]]:
    """Read ticks until an instrument has a price; return the frames."""
    frames: list[dict[str, Any]] = []
    while not frames or (instrument, price) not in _prices(frames[-1]):
        frames.append(await live.read())
        assert frames[-1]["type"] == "ticks"
    return frames


def _prices(frame: dict[str, Any]) -> list[tuple[str, str]]:
    return [(item["instrument"], item["price"]) for item in frame["items"]]


async def test_an_rm_watches_what_clients_hold_and_the_market_list_and_nothing_else(
    bank: Bank, market: Market, gateways: Gateways
) -> None:
    ann, bob = bank.person(), bank.person()
    held, listed = market.instrument(held_by=ann.clients[0]), market.instrument(listed=True)
    sold = held
    held = market.instrument(held_by=ann.clients[0], on="2001-05-07")
    his, unknown = market.instrument(held_by=bob.clients[0]), market.instrument()
    asked = (held, sold, listed, his, unknown)
    async with watching(gateways.urls[A], ann.rm_id, *asked) as (live, answer):
        assert answer == {
            "type": "subscribed", "instruments": sorted([held, listed]), "refused": [sold, his, unknown],
        }  # fmt: skip
        for each in (his, unknown, sold, listed, held):
            market.tick(each, "1.25")
        frames = await read_until(live, held, "1.25")
    seen = {item["instrument"] for frame in frames for item in frame["items"]}
    assert seen == {held, listed}
    (item,) = [one for one in frames[-1]["items"] if one["instrument"] == held]
    assert (item["price"], item["ccy"], item["seq"]) == ("1.25", "USD", 1)
    assert item["ts"].endswith("Z")


async def test_a_head_watches_what_any_client_holds(bank: Bank, market: Market, gateways: Gateways) -> None:
    held = market.instrument(held_by=bank.person().clients[0])
    async with watching(gateways.urls[A], bank.person(role="head", clients=0).rm_id, held) as (_, answer):
        assert answer["instruments"] == [held]


async def test_a_page_gets_the_newest_only_and_five_frames_a_second_at_most(
    bank: Bank, market: Market, gateways: Gateways
) -> None:
    listed = market.instrument(listed=True)
    async with watching(gateways.urls[A], bank.person().rm_id, listed) as (live, _):
        began_s = time.monotonic()
        for number in range(300):
            market.tick(listed, f"{number}.50")
        market.tick(listed, "9999.99", seq=7)
        market.tick(listed, "300.50")
        frames = await read_until(live, listed, "300.50")
        elapsed_s = time.monotonic() - began_s
    seqs = [item["seq"] for frame in frames for item in frame["items"]]
    assert seqs == sorted(set(seqs))
    assert "9999.99" not in str(frames)
    assert len(frames) <= 5 * elapsed_s + 1


async def test_who_subscribes_later_gets_the_last_price_at_every_gateway_also_after_a_restart(
    bank: Bank, market: Market, gateways: Gateways
) -> None:
    listed, ann = market.instrument(listed=True), bank.person()
    market.tick(listed, "7.77")
    for name in (A, B):
        async with watching(gateways.urls[name], ann.rm_id, listed) as (live, _):
            await read_until(live, listed, "7.77")
    gateways.group.stop(B)
    gateways.group.start(B)
    gateways.group.wait_ready(B)
    async with watching(gateways.urls[B], ann.rm_id, listed) as (live, _):
        await read_until(live, listed, "7.77")


async def test_what_is_watched_no_more_is_sent_no_more(bank: Bank, market: Market, gateways: Gateways) -> None:
    kept, dropped = market.instrument(listed=True), market.instrument(listed=True)
    async with watching(gateways.urls[A], bank.person().rm_id, kept, dropped) as (live, _):
        await live.send(type="unsubscribe", topics=[f"tick:{dropped}"])
        assert await live.read() == {"type": "subscribed", "instruments": [kept], "refused": []}
        market.tick(dropped, "1.00")
        market.tick(kept, "2.00")
        frames = await read_until(live, kept, "2.00")
    assert dropped not in str(frames)


async def test_a_socket_watches_two_hundred_instruments_and_no_more(
    bank: Bank, market: Market, gateways: Gateways
) -> None:
    with bank.session() as session:
        names = [f"MANY{number}" for number in range(201)]
        for name in names:
            session.execute("INSERT INTO market_list VALUES (%s, %s, 'USD', 1)", (name, name))
    async with watching(gateways.urls[A], bank.person().rm_id, *names) as (_, answer):
        assert (len(answer["instruments"]), answer["refused"]) == (200, ["MANY200"])


async def test_alerts_come_between_ticks_and_ticks_leave_the_feed_alone(
    bank: Bank, market: Market, gateways: Gateways
) -> None:
    ann, listed = bank.person(), market.instrument(listed=True)
    first = bank.alert(ann.clients[0])
    async with watching(gateways.urls[A], ann.rm_id, listed) as (live, _):
        await live.subscribe(0)
        await read_alerts(live, [first])
        for number in range(20):
            market.tick(listed, f"{number}.00")
        second = bank.alert(ann.clients[0])
        seen: list[dict[str, Any]] = []
        while not any("alert" in one for one in seen) or '"19.00"' not in json.dumps(seen):
            seen.append(await live.read())
    assert [(one["alert"]["alert_id"], one["seq"]) for one in seen if "alert" in one] == [(str(second.alert_id), 2)]
    assert {one["type"] for one in seen} == {"ticks", "alert"}


async def test_the_market_list_can_be_read(bank: Bank, market: Market, gateways: Gateways) -> None:
    listed = market.instrument(listed=True)
    with log_in(gateways.urls[A], bank.person().rm_id) as client:
        items = client.get("/api/v1/market-list").json()["items"]
    assert {"instrument_id": listed, "display": listed, "ccy": "USD"} in items
    with log_in(gateways.urls[A], bank.person(role="analyst").rm_id) as client:
        assert client.get("/api/v1/market-list").status_code == 403
