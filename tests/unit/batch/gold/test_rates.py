from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.rates import cross_rate, cross_table, rate_as_of

DAY = date(2026, 3, 9)
PAIRS = {
    ("EUR", "USD"): Decimal("1.0853"),
    ("USD", "JPY"): Decimal("149.32"),
    ("EUR", "CHF"): Decimal("0.9412"),
    ("EUR", "NOK"): Decimal("11.73"),
}


@pytest.mark.parametrize(
    ("ccy", "base", "rate"),
    [
        ("USD", "USD", "1"),
        ("EUR", "USD", "1.0853"),
        ("USD", "EUR", "0.921404220031"),
        ("EUR", "JPY", "162.056996"),  # 1.0853 x 149.32
        ("JPY", "EUR", "0.006170668497"),  # their inverses multiplied, and rounded once
        ("NOK", "CHF", "0.080238704177"),  # no way by USD, so by EUR
    ],
)
def test_rates_are_direct_inverse_or_by_a_pivot(ccy: str, base: str, rate: str) -> None:
    assert cross_rate(PAIRS, ccy, base) == Decimal(rate)


def test_a_direct_pair_wins_over_its_inverse() -> None:
    assert cross_rate({("USD", "EUR"): Decimal("0.92"), ("EUR", "USD"): Decimal("1.08")}, "USD", "EUR") == Decimal(
        "0.92"
    )


def test_usd_is_the_first_pivot() -> None:
    pairs = {
        ("GBP", "USD"): Decimal("1.25"),
        ("USD", "CHF"): Decimal("0.9"),
        ("GBP", "EUR"): Decimal(9),
        ("EUR", "CHF"): Decimal(9),
    }
    assert cross_rate(pairs, "GBP", "CHF") == Decimal("1.125")


def test_halves_are_rounded_to_even() -> None:
    assert cross_rate({("AAA", "USD"): Decimal("0.5"), ("USD", "BBB"): Decimal("5e-12")}, "AAA", "BBB") == Decimal(
        "2e-12"
    )


def test_an_unknown_currency_has_no_rate() -> None:
    assert cross_rate(PAIRS, "XAU", "EUR") is None
    assert rate_as_of({DAY: PAIRS}, DAY, "XAU", "EUR") is None


@pytest.mark.parametrize(("age", "found"), [(0, True), (10, True), (11, False)])
def test_a_rate_stands_in_for_ten_days(age: int, found: bool) -> None:
    rate = rate_as_of({DAY - timedelta(days=age): PAIRS}, DAY, "EUR", "USD")
    assert rate == ((Decimal("1.0853"), age) if found else None)


def test_both_legs_are_of_one_day() -> None:
    legs = {("EUR", "USD"): Decimal(2)}, {("USD", "JPY"): Decimal(100)}
    assert rate_as_of({DAY: legs[0], DAY - timedelta(days=1): legs[1]}, DAY, "EUR", "JPY") is None


def test_the_table_has_every_currency_that_can_be_turned_into_a_base() -> None:
    table = {(ccy, base): rate for _, ccy, base, rate, _ in cross_table({DAY: PAIRS}, [DAY], ["EUR", "GBP"])}
    assert set(table) == {(ccy, "EUR") for ccy in ("USD", "JPY", "CHF", "NOK", "EUR")} | {("GBP", "GBP")}
    assert table["EUR", "EUR"] == 1


@given(
    st.decimals("0.0001", "10000", places=4),
    st.decimals("0.0001", "10000", places=4),
)
def test_a_round_trip_by_the_pivot_comes_back(to_usd: Decimal, usd_to: Decimal) -> None:
    pairs = {("AAA", "USD"): to_usd, ("USD", "BBB"): usd_to}
    there, back = cross_rate(pairs, "AAA", "BBB"), cross_rate(pairs, "BBB", "AAA")
    assert there is not None
    assert back is not None
    # Each is within half a step of the exact quotient, which the other magnifies.
    assert abs(there * back - 1) <= Decimal("1e-12") * (there + back)
