from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from ops.oracle.clients import client_rows
from ops.oracle.pnl import compute
from tests.unit.ops.oracle.files import MONDAY, SHARE, TUESDAY, booking, cash, day, position, price

WEDNESDAY = TUESDAY + timedelta(days=1)


def test_returns_are_chained_and_flows_do_not_count() -> None:
    days = [
        day(MONDAY, [position(SHARE, "100"), cash("EUR", "5000")], [price(SHARE, "50")]),
        day(
            TUESDAY,
            [position(SHARE, "100"), cash("EUR", "15000")],
            [price(SHARE, "60")],
            [booking("transfer_in", "EUR", "10000", "1", amount="10000")],
        ),
        day(WEDNESDAY, [position(SHARE, "100"), cash("EUR", "15000")], [price(SHARE, "39")]),
    ]
    rows = client_rows(compute(days))
    first, second, third = (rows[each, "C"] for each in (MONDAY, TUESDAY, WEDNESDAY))
    assert first.sums["net_flows"] == 10_000
    assert first.sums["pnl_total"] == first.twr == 0
    assert second.sums["net_flows"] == 10_000
    assert second.daily_return == Decimal("0.05")  # 1000 on 10,000 and the 10,000 that came
    assert third.daily_return == Decimal("-0.1")  # 2100 lost on 21,000
    assert third.twr == Decimal("-0.055")
    assert third.drawdown == Decimal("-0.1")
    assert third.weights == {("A", SHARE): Decimal("0.2063492063"), ("A", "EUR"): Decimal("0.7936507937")}


def test_the_worst_position_gives_the_quality() -> None:
    rows = client_rows(compute([day(MONDAY, [position(SHARE, "1", "50"), cash("EUR", "5")], [])]))
    assert rows[MONDAY, "C"].quality == "estimated"


def test_an_empty_book_has_no_weights_and_no_return() -> None:
    days = [day(MONDAY, [cash("EUR", "0")], []), day(TUESDAY, [cash("EUR", "5")], [])]
    row = client_rows(compute(days))[TUESDAY, "C"]
    assert row.daily_return == 0
    assert row.sums["pnl_unexplained"] == 5
    assert client_rows(compute(days))[MONDAY, "C"].weights == {("A", "EUR"): 0}
