"""A tick on the wire, and the order that its number gives."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from core.market import MarketTick, TickOrder

NOON = datetime(2026, 1, 30, 12, tzinfo=UTC)
WIRE = {"instrument": "CH0000000001", "price": "101.50", "ccy": "CHF", "ts": "2026-01-30T12:00:00.000Z", "seq": 7}


def tick(seq: int, *, instrument: str = "A", ts: datetime = NOON) -> MarketTick:
    return MarketTick(instrument=instrument, price=Decimal("1.5"), ccy="USD", ts=ts, seq=seq)


def test_a_tick_survives_the_wire_to_the_last_zero() -> None:
    read = MarketTick.model_validate_json(json.dumps({**WIRE, "added_later": 1}))
    assert (read.price, read.ts) == (Decimal("101.50"), NOON)
    assert json.loads(read.to_json()) == {**WIRE, "mic": None, "size": None, "type": "trade"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"price": 101.5}, {"price": "1e3"}, {"price": "NaN"}, {"price": "1,5"}, {"price": "1\n"}, {"price": ""},
        {"instrument": ""}, {"instrument": "A B"}, {"instrument": "x" * 65}, {"ccy": "US"}, {"seq": -1}, {"seq": 2**63},
        {"ts": "2026-01-30T12:00:00"}, {"mic": "xswx"},
    ],
)  # fmt: skip
def test_what_is_no_tick_is_refused_by_type_and_schema(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MarketTick.model_validate_json(json.dumps({**WIRE, **wrong}))
    schema = Draft202012Validator(MarketTick.model_json_schema())
    assert schema.is_valid(WIRE)
    # A schema knows neither zones nor a regular expression's view of a final line feed.
    assert wrong in ({"ts": "2026-01-30T12:00:00"}, {"price": "1\n"}) or not schema.is_valid({**WIRE, **wrong})


@given(st.lists(st.integers(0, 30), max_size=40))
def test_only_ticks_newer_than_all_before_are_news(numbers: list[int]) -> None:
    order = TickOrder()
    admitted = [number for number in numbers if order.admits(tick(number))]
    assert admitted == sorted(set(admitted))
    assert max(admitted, default=None) == max(numbers, default=None)
    assert order.late == len(numbers) - len(admitted)
    assert order.gaps == sum(after > before + 1 for before, after in pairwise(admitted))


def test_instruments_are_counted_apart_and_a_new_count_is_believed_once_the_clock_moved_on() -> None:
    order = TickOrder()
    assert order.admits(tick(100))
    assert order.admits(tick(1, instrument="B"))
    assert not order.admits(tick(1, ts=NOON + timedelta(seconds=4)))
    assert order.admits(tick(1, ts=NOON + timedelta(seconds=5)))
    assert order.admits(tick(2, ts=NOON + timedelta(seconds=6)))
    assert (order.late, order.gaps) == (1, 0)
