"""Hand-computed days; every case says in its figures what the P&L must be."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from ops.oracle.files import DayFiles
from ops.oracle.pnl import compute
from tests.unit.ops.oracle.files import (
    MONDAY,
    SHARE,
    TUESDAY,
    booking,
    cash,
    day,
    figures,
    position,
    price,
    tuesday_of,
)  # fmt: skip


def held(quantity: str, quote: str, ccy: str = "EUR", eurusd: str = "1.25", **fields: str) -> DayFiles:
    """Monday with one holding."""
    return day(MONDAY, [position(SHARE, quantity, ccy=ccy, **fields)], [price(SHARE, quote, ccy)], eurusd=eurusd)


def test_a_price_moves() -> None:
    row = tuesday_of(held("100", "50"), day(TUESDAY, [position(SHARE, "100")], [price(SHARE, "51.5")]))
    assert row.market_value == Decimal("5150.00")
    assert figures(row) == {"total": 150, "price": 150}


def test_only_the_rate_moves() -> None:
    after = day(TUESDAY, [position(SHARE, "100", ccy="USD")], [price(SHARE, "50", "USD")], eurusd="1.6")
    row = tuesday_of(held("100", "50", "USD"), after)
    assert figures(row) == {"total": -875, "fx": -875}  # 5000 / 1.6 - 5000 / 1.25
    assert row.fx_rate == Decimal("0.625")


def test_price_and_rate_move_and_the_cross_belongs_to_the_rate() -> None:
    after = day(TUESDAY, [position(SHARE, "100", ccy="USD")], [price(SHARE, "60", "USD")], eurusd="1.6")
    assert figures(tuesday_of(held("100", "50", "USD"), after)) == {
        "total": Decimal("-250"),
        "price": 800,
        "fx": Decimal("-1050"),
    }


@pytest.mark.parametrize(
    ("before", "units", "after", "quote"), [("100", "300", "400", "12.50"), ("100", "-90", "10", "500")]
)
def test_a_split_and_a_reverse_split_earn_nothing(before: str, units: str, after: str, quote: str) -> None:
    split = [booking("split", SHARE, units)]
    row = tuesday_of(held(before, "50"), day(TUESDAY, [position(SHARE, after)], [price(SHARE, quote)], split))
    assert row.quantity == Decimal(after)
    assert row.market_value == Decimal("5000.00")
    assert figures(row) == {}


def test_a_split_of_nothing_is_not_applied() -> None:
    other = day(MONDAY, [cash("EUR", "1")], [price(SHARE, "50")])
    split = [booking("split", SHARE, "100")]
    row = tuesday_of(other, day(TUESDAY, [position(SHARE, "100")], [price(SHARE, "50")], split))
    assert figures(row) == {"total": 5000, "unexplained": 5000}


def test_a_quote_that_changes_from_pence_to_pounds_earns_nothing() -> None:
    after = day(TUESDAY, [position(SHARE, "10", ccy="GBP")], [price(SHARE, "12.34", "GBP")])
    row = tuesday_of(held("10", "1234", "GBX"), after)
    assert row.market_value == Decimal("148.08")
    assert row.price_ccy == "GBP"
    assert figures(row) == {}


def test_pence_are_divided_out_of_a_trade_once() -> None:
    for ccy, quote, amount in (("GBX", "1000", "-10000"), ("GBP", "10", "-100")):
        trade = [booking("buy", SHARE, "10", quote, ccy, amount=amount)]
        after = day(TUESDAY, [position(SHARE, "20", ccy="GBX")], [price(SHARE, "1100", "GBX")], trade)
        row = tuesday_of(held("10", "1000", "GBX"), after)
        assert figures(row) == {"total": 24, "price": 12, "trading": 12}, ccy


def test_a_short_position_loses_when_the_price_rises() -> None:
    row = tuesday_of(held("-100", "50"), day(TUESDAY, [position(SHARE, "-100")], [price(SHARE, "51")]))
    assert row.market_value == Decimal("-5100.00")
    assert figures(row) == {"total": -100, "price": -100}


def test_trades_of_the_day_earn_from_their_own_price() -> None:
    trades = [booking("buy", SHARE, "50", "48"), booking("sell", SHARE, "-20", "53", amount="1060")]
    after = day(TUESDAY, [position(SHARE, "130"), cash("EUR", "8660")], [price(SHARE, "52")], trades)
    before = day(MONDAY, [position(SHARE, "100"), cash("EUR", "10000")], [price(SHARE, "50")])
    assert figures(tuesday_of(before, after)) == {"total": 420, "price": 200, "trading": 220}
    row = tuesday_of(before, after, instrument="EUR")
    assert row.market_value == Decimal("8660.00")
    assert row.net_flows == 0
    assert figures(row) == {}


def test_a_trade_at_its_own_rate_earns_the_difference_to_the_close() -> None:
    trade = [booking("buy", SHARE, "100", "50", "USD", fx_rate="0.78", amount="-5000")]
    after = day(TUESDAY, [position(SHARE, "200", ccy="USD")], [price(SHARE, "50", "USD")], trade)
    assert figures(tuesday_of(held("100", "50", "USD"), after)) == {"total": 100, "fx": 100}  # 5000 (0.80 - 0.78)


def test_a_dividend_belongs_to_the_share_and_its_money_to_cash() -> None:
    before = day(MONDAY, [position(SHARE, "100"), cash("EUR", "0")], [price(SHARE, "50")])
    paid = [booking("dividend", SHARE, amount="120")]
    after = day(TUESDAY, [position(SHARE, "100"), cash("EUR", "120")], [price(SHARE, "49")], paid)
    assert figures(tuesday_of(before, after)) == {"total": 20, "price": -100, "income": 120}
    assert figures(tuesday_of(before, after, instrument="EUR")) == {}


@pytest.mark.parametrize("instrument", ["", "EUR"])
def test_a_fee_without_an_instrument_is_the_cash_position_s(instrument: str) -> None:
    before = day(MONDAY, [cash("EUR", "100")], [])
    after = day(TUESDAY, [cash("EUR", "75")], [], [booking("fee", instrument, amount="-25")])
    row = tuesday_of(before, after, instrument="EUR")
    assert row.net_flows == 0
    assert figures(row) == {"total": -25, "fees": -25}


def test_interest_accrues_and_a_coupon_pays_it_out() -> None:
    before = day(MONDAY, [position(SHARE, "10000", accrued="240")], [price(SHARE, "98", factor="0.01")])
    paid = [booking("interest", SHARE, amount="250")]
    after = day(TUESDAY, [position(SHARE, "10000", accrued="0")], [price(SHARE, "98", factor="0.01")], paid)
    assert figures(tuesday_of(before, after)) == {"total": 10, "income": 10}


def test_accrued_interest_that_is_bought_is_no_income() -> None:
    before = day(MONDAY, [position(SHARE, "10000", accrued="100")], [price(SHARE, "98", factor="0.01")])
    bought = [booking("buy", SHARE, "10000", "97", amount="-9801")]
    after = day(TUESDAY, [position(SHARE, "20000", accrued="202")], [price(SHARE, "98", factor="0.01")], bought)
    assert figures(tuesday_of(before, after)) == {"total": 101, "trading": 100, "income": 1}


def test_transfers_are_flows_and_not_earned() -> None:
    before = day(MONDAY, [position(SHARE, "100"), cash("EUR", "0")], [price(SHARE, "50")])
    moved = [booking("transfer_in", SHARE, "10", "51"), booking("transfer_out", "EUR", "-30", "1", amount="-30")]
    after = day(TUESDAY, [position(SHARE, "110"), cash("EUR", "-30")], [price(SHARE, "52")], moved)
    row = tuesday_of(before, after)
    assert row.net_flows == 510
    assert figures(row) == {"total": 210, "price": 200, "trading": 10}
    row = tuesday_of(before, after, instrument="EUR")
    assert row.net_flows == -30
    assert figures(row) == {}


def test_the_first_day_of_a_client_is_a_contribution() -> None:
    row = tuesday_of(held("100", "50"))
    assert row.market_value == 5000
    assert row.net_flows == 5000
    assert figures(row) == {}


def test_a_closed_position_keeps_a_row_for_its_last_day() -> None:
    before = day(MONDAY, [position(SHARE, "100"), cash("EUR", "0")], [price(SHARE, "50")])
    after = day(TUESDAY, [cash("EUR", "5300")], [price(SHARE, "52")], [booking("sell", SHARE, "-100", "53")])
    row = tuesday_of(before, after)
    assert row.quantity == 0
    assert row.market_value == 0
    assert figures(row) == {"total": 300, "price": 200, "trading": 100}
    wednesday = day(TUESDAY + timedelta(days=1), [cash("EUR", "5300")], [])
    assert [key[3] for key in compute([before, after, wednesday]) if key[0] == wednesday.as_of] == ["EUR"]


def test_what_is_closed_without_a_price_is_judged_by_the_last_one() -> None:
    before = day(MONDAY, [position(SHARE, "100", "50"), cash("EUR", "0")], [])
    after = day(TUESDAY, [cash("EUR", "5300")], [], [booking("sell", SHARE, "-100", "53")])
    row = tuesday_of(before, after)
    assert row.quality == "ok"
    assert figures(row) == {"total": 300, "trading": 300}


@pytest.mark.parametrize(("age", "quality"), [(1, "stale"), (10, "stale"), (11, "estimated")])
def test_a_missing_price_is_carried_for_ten_days(age: int, quality: str) -> None:
    after = day(MONDAY + timedelta(days=age), [position(SHARE, "100", "55")], [])
    row = tuesday_of(held("100", "50"), after)
    worth = Decimal("5000") if quality == "stale" else Decimal("5500")
    assert (row.quality, row.quality_days, row.market_value) == (quality, age if quality == "stale" else 0, worth)


def test_without_any_price_a_position_is_worth_nothing_and_says_so() -> None:
    row = tuesday_of(day(TUESDAY, [position(SHARE, "100")], []))
    assert row.quality == "missing"
    assert row.market_value == 0


def test_the_custodian_s_quote_in_pence_is_an_estimate_in_pounds() -> None:
    row = tuesday_of(day(TUESDAY, [position(SHARE, "100", "250", "GBX")], []))
    assert (row.quality, row.price, row.price_ccy, row.market_value) == (
        "estimated",
        Decimal("2.5"),
        "GBP",
        Decimal("300.00"),
    )


def test_a_missing_trade_is_unexplained_to_the_cent_on_both_sides() -> None:
    before = day(MONDAY, [position(SHARE, "100"), cash("EUR", "10000")], [price(SHARE, "50")])
    after = day(TUESDAY, [position(SHARE, "150"), cash("EUR", "7600.01")], [price(SHARE, "52")])
    assert figures(tuesday_of(before, after)) == {"total": 2800, "price": 200, "unexplained": 2600}
    row = tuesday_of(before, after, instrument="EUR")
    assert figures(row) == {"total": Decimal("-2399.99"), "unexplained": Decimal("-2399.99")}


def test_weekend_trades_belong_to_the_next_day_with_files() -> None:
    friday = day(MONDAY - timedelta(days=3), [position(SHARE, "100"), cash("EUR", "500")], [price(SHARE, "50")])
    trade = [booking("buy", SHARE, "10", "50", trade_date=str(MONDAY - timedelta(days=1)))]
    monday = day(MONDAY, [position(SHARE, "110"), cash("EUR", "0")], [price(SHARE, "50")], trade)
    assert figures(tuesday_of(friday, monday)) == {}


def test_a_rate_goes_through_the_dollar_and_is_rounded_once() -> None:
    row = tuesday_of(day(MONDAY, [position(SHARE, "3", ccy="GBP")], [price(SHARE, "7", "GBP")], eurusd="1.3"))
    assert row.fx_rate == Decimal("1.153846153846")  # 1.5 / 1.3
