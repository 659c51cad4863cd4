"""Ranges of days: their edges, their sums and their chained returns."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.portfolio import Place, parse_place
from api.portfolio_models import Range, RangeName
from api.portfolio_ranges import common_status, first_days, ranges, worst_quality, year_before
from core.errors import BadInput

MONEY = ("pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained", "net_flows")
CENTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)


def day(as_of: date, **other: Any) -> dict[str, Any]:
    zeros = dict.fromkeys(MONEY, Decimal(0))
    return {
        "as_of_date": as_of,
        "base_ccy": "EUR",
        "quality": "ok",
        "status": "final",
        "daily_return": Decimal(0),
        "pnl_total": Decimal(0),
        **zeros,
        **other,
    }


@pytest.mark.parametrize(
    ("as_of", "starts"),
    [
        (date(2024, 2, 29), {"wtd": date(2024, 2, 26), "mtd": date(2024, 2, 1), "1y": date(2023, 3, 1)}),
        (date(2024, 1, 1), {"wtd": date(2024, 1, 1), "ytd": date(2024, 1, 1), "1y": date(2023, 1, 2)}),
        (date(2023, 12, 31), {"wtd": date(2023, 12, 25), "mtd": date(2023, 12, 1), "ytd": date(2023, 1, 1)}),
    ],
)
def test_ranges_begin_on_their_calendar_day(as_of: date, starts: dict[RangeName, date]) -> None:
    found = first_days(as_of)
    assert {name: found[name] for name in starts} == starts
    assert found["day"] == as_of


@given(st.dates(min_value=date(1901, 1, 1), max_value=date(2999, 12, 31)))
def test_the_year_before_is_the_same_day_but_for_the_leap_day(as_of: date) -> None:
    before = year_before(as_of)
    assert before.year == as_of.year - 1
    assert (before.month, before.day) == ((2, 28) if (as_of.month, as_of.day) == (2, 29) else (as_of.month, as_of.day))


@given(st.lists(st.lists(CENTS, min_size=6, max_size=6), min_size=1, max_size=400))
def test_sums_of_parts_add_up_to_the_total_in_every_range(amounts: list[list[Decimal]]) -> None:
    start = date(2023, 1, 1)
    days = [
        day(start + timedelta(at), pnl_total=sum(parts, Decimal(0)), **dict(zip(MONEY, parts, strict=False)))
        for at, parts in enumerate(amounts)
    ]
    for one in ranges(days):
        parts = (one.pnl.price, one.pnl.fx, one.pnl.trading, one.pnl.income, one.pnl.fees, one.pnl.unexplained)
        assert one.pnl.total == sum(parts)
        assert one.pnl.total == sum(d["pnl_total"] for d in days if d["as_of_date"] >= one.first_day)


def test_returns_are_chained_not_added() -> None:
    gains = [day(date(2024, 1, at), daily_return=Decimal("0.1")) for at in (1, 2)]
    assert _month(gains).twr == Decimal("0.21")
    fall = [*gains, day(date(2024, 1, 3), daily_return=Decimal("-0.5"))]
    assert _month(fall).twr == Decimal("-0.395")


def test_a_week_may_begin_before_its_month_and_a_month_before_its_week() -> None:
    days = [day(date(2024, 4, 24) + timedelta(at), pnl_total=Decimal(1)) for at in range(9)]
    found = {one.name: (one.first_day, one.pnl.total) for one in ranges(days)}
    assert (found["wtd"], found["mtd"]) == ((date(2024, 4, 29), Decimal(4)), (date(2024, 5, 1), Decimal(2)))
    found = {one.name: (one.first_day, one.pnl.total) for one in ranges(days[:6])}
    assert (found["wtd"], found["mtd"]) == ((date(2024, 4, 29), Decimal(1)), (date(2024, 4, 24), Decimal(6)))


def _month(days: list[dict[str, Any]]) -> Range:
    return next(one for one in ranges(days) if one.name == "mtd")


def test_a_range_is_complete_only_with_a_day_before_it_and_says_how_many_days_it_has() -> None:
    days = [day(date(2024, 5, at)) for at in (2, 3, 6, 7)]
    found = {one.name: (one.complete, one.days, one.first_day) for one in ranges(days)}
    assert found == {
        "day": (True, 1, date(2024, 5, 7)),
        "wtd": (True, 2, date(2024, 5, 6)),
        "mtd": (False, 4, date(2024, 5, 2)),
        "ytd": (False, 4, date(2024, 5, 2)),
        "1y": (False, 4, date(2024, 5, 2)),
    }


def test_days_in_another_base_currency_are_not_added() -> None:
    days = [
        day(date(2024, 5, 6), base_ccy="USD", pnl_total=Decimal(100)),
        day(date(2024, 5, 7), pnl_total=Decimal(1)),
        day(date(2024, 5, 8), pnl_total=Decimal(2)),
    ]
    week = next(one for one in ranges(days) if one.name == "wtd")
    assert (week.pnl.total, week.days, week.complete) == (Decimal(3), 2, False)


def test_one_bad_day_marks_the_range_and_leaves_the_others() -> None:
    days = [day(date(2024, 5, 6), quality="missing", status="restated"), day(date(2024, 5, 7), quality="stale")]
    grades = {one.name: (one.quality, one.status) for one in ranges(days)}
    assert grades["day"] == ("stale", "final")
    assert grades["wtd"] == ("missing", "restated")


def test_grades_combine_to_the_worst() -> None:
    assert worst_quality(["ok", "estimated", "stale"]) == "estimated"
    assert worst_quality([]) == "ok"
    assert common_status(["final", "restated", "flash"]) == "flash"
    assert common_status(["final", "restated"]) == "restated"
    assert common_status(["final"]) == "final"


@given(st.dates(), st.integers(1, 2**31 - 1), CENTS, st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_a_place_survives_its_journey(as_of: date, revision: int, value: Decimal, instrument: str) -> None:
    place = Place(as_of, revision, value, "A|1", instrument)
    assert parse_place(place.encode()) == place


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_any_other_cursor_is_bad_input(text: str) -> None:
    with pytest.raises(BadInput):
        parse_place(text)


@pytest.mark.parametrize(
    "parts",
    [
        ["2024-01-01", 0, "1", "a", "b"],
        ["2024-01-01", 2**31, "1", "a", "b"],
        ["2024-01-01", 1, "NaN", "a", "b"],
        ["2024-01-01", 1, "1", "a\0", "b"],
        ["2024-13-01", 1, "1", "a", "b"],
        ["2024-01-01", 1, "1", "a"],
        {"day": 1},
    ],
)
def test_a_forged_cursor_is_bad_input(parts: Any) -> None:
    with pytest.raises(BadInput):
        parse_place(base64.urlsafe_b64encode(json.dumps(parts).encode()).decode())
