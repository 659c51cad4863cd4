"""Gold by hand: each client is one case, small enough to check on paper; the working is beside the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from batch.gold import GoldResult, build
from batch.lake import Lake
from batch.publish import AuditFailed, publish
from clients.aws import s3
from clients.iceberg import read_batches
from tests.integration.silver_rows import append, position, price, rate, transaction

# Years after what other tests load, so that nothing of theirs depends on it.
FRIDAY, SATURDAY, MONDAY = date(2031, 3, 7), date(2031, 3, 8), date(2031, 3, 10)
WEEK = [date(2031, 7, day) for day in (7, 8, 9, 10, 11)]
SILVER = ("positions", "prices", "fx", "transactions")
TABLES = [f"silver.{name}" for name in SILVER] + ["gold.position_metrics", "gold.client_metrics"]
PARTS = ("pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained")
RUN = "00000000-0000-0000-0000-000000000001"

# Two days' closes: an American share, a bond in per cent, and what the files leave open.
PRICES = [
    price(FRIDAY, "SHARE", "50", "USD"),
    price(MONDAY, "SHARE", "52", "USD"),
    price(FRIDAY, "SPLIT", "100"),
    price(MONDAY, "SPLIT", "50.5"),
    price(FRIDAY, "MERGED", "1"),
    price(MONDAY, "MERGED", "10.2"),
    price(FRIDAY, "BOND", "0.98", unit_factor="0.01"),
    price(MONDAY, "BOND", "0.99", unit_factor="0.01"),
    price(FRIDAY, "PENCE", "2.5", "GBP"),
    price(MONDAY, "PENCE", "2.6", "GBP"),
    price(FRIDAY, "QUIET", "10"),
    price(MONDAY, "HALVES", "0.125"),
    price(date(2031, 2, 10), "LAPSED", "0.90", unit_factor="0.01"),
]
FX = [
    rate(FRIDAY, "USDEUR", "0.90"),
    rate(MONDAY, "USDEUR", "0.92"),
    rate(FRIDAY, "GBPEUR", "1.20"),
    rate(MONDAY, "GBPEUR", "1.15"),
    rate(FRIDAY, "NOKEUR", "0.085"),
]


def held(client: str, instrument: str, before: str | None, after: str | None, **more: Any) -> list[Any]:
    """A position's rows of the two days; `x0` and `x1` among the rest are a column's value on one of them."""
    rows = []
    for suffix, day, quantity in (("0", FRIDAY, before), ("1", MONDAY, after)):
        columns = {name[:-1]: value for name, value in more.items() if name[-1] == suffix}
        if quantity is not None:
            rows.append(position(day, client, instrument, quantity, **columns))
    return rows


POSITIONS = [
    *held("rise", "SHARE", "100", "100"),
    *held("short", "SHARE", "-100", "-100"),
    *held("dollars", "USD", "1000", "1000"),
    *held("bought", "SHARE", "100", "150"),
    *held("bought", "USD", "5000", "2450"),
    *held("split", "SPLIT", "10", "20"),
    *held("split unheld", "SPLIT", None, "10"),
    *held("split unheld", "EUR", "1", "1"),
    *held("merged", "MERGED", "100", "10"),
    *held("bond", "BOND", "1000", "1500", accrued0="10", accrued1="18"),
    *held("bond", "EUR", "600", "101.5"),
    *held("coupon", "BOND", "1000", "1000", accrued0="30", accrued1="1"),
    *held("coupon", "EUR", "0", "30"),
    *held("pence", "PENCE", "1000", "1200"),
    *held("pence", "GBP", "600", "90"),
    *held("paid", "SHARE", "100", "100"),
    *held("paid", "USD", "0", "38"),
    *held("paid", "EUR", "100", "95"),
    *held("new", "SHARE", None, "100"),
    *held("closed", "SHARE", "100", None),
    *held("closed", "USD", "0", "5150"),
    *held("closed blind", "NOPRICE", "100", None, price0="7"),
    *held("closed blind", "EUR", "0", "750"),
    *held("day trade", "USD", "0", "10"),
    *held("quiet", "QUIET", "10", "10"),
    *held("estimated", "PRIVATE", "10", "10", price0="7", price1="7.5"),
    *held("lapsed", "LAPSED", "1000", "1000", price0="91", price1="92"),
    *held("statement", "LAPSED", "1000", "1000", price0="0.91", price1="0.92", unit_factor0="1", unit_factor1="1"),
    *held("missing", "NOPRICE", "10", "10"),
    *held("missing", "QUIET", "10", "10"),
    *held("kroner", "NOK", "1000", "1000"),
    *held("no rate", "XAU", "1000", "1000"),
    *held("lost trade", "SHARE", "100", "110"),
    *held("lost trade", "USD", "1000", "480"),
    *held("moved in", "SHARE", "100", "110"),
    *held("moved in", "EUR", "0", "1000"),
    *held("spot", "USD", "0", "1000"),
    *held("spot", "EUR", "2000", "1090"),
    *held("halves", "HALVES", "1", "3"),
    *held("halves", "EUR", "0", "0"),
]
TRANSACTIONS = [
    transaction(
        SATURDAY, "bought", "buy", "SHARE", ccy="USD", quantity="50", price="51", fx_rate="0.91", amount="-2550"
    ),
    transaction(MONDAY, "split", "split", "SPLIT", quantity="10"),
    transaction(MONDAY, "split unheld", "split", "SPLIT", quantity="10"),
    transaction(MONDAY, "merged", "split", "MERGED", quantity="-90"),
    transaction(MONDAY, "bond", "buy", "BOND", quantity="500", price="98.5", amount="-498.5"),
    transaction(MONDAY, "coupon", "interest", "BOND", amount="30"),
    transaction(MONDAY, "pence", "buy", "PENCE", ccy="GBP", quantity="200", price="2.55"),
    transaction(MONDAY, "paid", "dividend", "SHARE", ccy="USD", amount="40"),
    transaction(MONDAY, "paid", "fee", "SHARE", ccy="USD", amount="-2", fx_rate="0.91"),
    transaction(MONDAY, "paid", "fee", "", amount="-5"),
    transaction(MONDAY, "new", "buy", "SHARE", ccy="USD", quantity="100", price="51", amount="-5100"),
    transaction(MONDAY, "closed", "sell", "SHARE", ccy="USD", quantity="-100", price="51.5", amount="5150"),
    transaction(MONDAY, "closed blind", "sell", "NOPRICE", quantity="-100", price="7.5", amount="750"),
    transaction(MONDAY, "day trade", "buy", "SHARE", ccy="USD", quantity="10", price="50", amount="-500"),
    transaction(MONDAY, "day trade", "sell", "SHARE", ccy="USD", quantity="-10", price="51", amount="510"),
    transaction(MONDAY, "moved in", "transfer_in", "SHARE", ccy="USD", quantity="10"),
    transaction(MONDAY, "moved in", "transfer_in", "EUR", quantity="1000"),
    transaction(MONDAY, "spot", "buy", "USD", quantity="1000", price="0.91", amount="-910"),
    transaction(MONDAY, "halves", "buy", "HALVES", quantity="2", price="0.125", amount="-0.25"),
    transaction(FRIDAY, "rise", "buy", "SHARE", ccy="USD", quantity="7", price="50", amount="-350"),
    transaction(MONDAY, "stranger", "fee", "", amount="-1"),
]

# client, instrument: market value, total = price + FX + trading + income + fees + unexplained, net flows.
EXPECTED = {
    # 100 x (52 - 50) x 0.90; 100 x 50 x 0.02 + 100 x 2 x 0.02. The trade of Friday is not Monday's.
    ("rise", "SHARE"): "4784 | 284 = 180 + 104 + 0 + 0 + 0 + 0 | 0",
    ("short", "SHARE"): "-4784 | -284 = -180 + -104 + 0 + 0 + 0 + 0 | 0",
    ("dollars", "USD"): "920 | 20 = 0 + 20 + 0 + 0 + 0 + 0 | 0",
    # 50 bought on Saturday at 51 and 0.91: FX 50 x 51 x 0.01 more, trading 50 x (52 - 51) x 0.92.
    ("bought", "SHARE"): "7176 | 355.50 = 180 + 129.50 + 46 + 0 + 0 + 0 | 0",
    # 5000 x 0.02 - 2550 x (0.92 - 0.91)
    ("bought", "USD"): "2254 | 74.50 = 0 + 74.50 + 0 + 0 + 0 + 0 | 0",
    # 20 x 50.5 - 10 x 100; 10 x 10.2 - 100 x 1
    ("split", "SPLIT"): "1010 | 10 = 10 + 0 + 0 + 0 + 0 + 0 | 0",
    ("split unheld", "SPLIT"): "505 | 505 = 0 + 0 + 0 + 0 + 0 + 505 | 0",
    ("merged", "MERGED"): "102 | 2 = 2 + 0 + 0 + 0 + 0 + 0 | 0",
    # 500 at 98.5 per cent with 6 accrued: 1503 - 990 - 498.5; trading 500 x 0.005; accrued 18 - 10 - 6.
    ("bond", "BOND"): "1503 | 14.50 = 10 + 0 + 2.50 + 2 + 0 + 0 | 0",
    ("bond", "EUR"): "101.50 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # 30 paid, accrued from 30 to 1
    ("coupon", "BOND"): "991 | 11 = 10 + 0 + 0 + 1 + 0 + 0 | 0",
    ("coupon", "EUR"): "30 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # No amount: 200 x 2.55. Price 1000 x 0.1 x 1.20; FX 1000 x 2.6 x -0.05; trading 200 x 0.05 x 1.15.
    ("pence", "PENCE"): "3588 | 1.50 = 120 + -130 + 11.50 + 0 + 0 + 0 | 0",
    ("pence", "GBP"): "103.50 | -30 = 0 + -30 + 0 + 0 + 0 + 0 | 0",
    # 40 x 0.92, and 2 x 0.91
    ("paid", "SHARE"): "4784 | 318.98 = 180 + 104 + 0 + 36.80 + -1.82 + 0 | 0",
    # 38 x 0.92 less what came in, 40 x 0.92 - 2 x 0.91
    ("paid", "USD"): "34.96 | -0.02 = 0 + -0.02 + 0 + 0 + 0 + 0 | 0",
    ("paid", "EUR"): "95 | -5 = 0 + 0 + 0 + 0 + -5 + 0 | 0",
    ("new", "SHARE"): "4784 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 4784",
    # -100 x (52 - 51.5) x 0.92
    ("closed", "SHARE"): "0 | 238 = 180 + 104 + -46 + 0 + 0 + 0 | 0",
    # Judged at the day before's 7: all is trading.
    ("closed blind", "NOPRICE"): "0 | 50 = 0 + 0 + 50 + 0 + 0 + 0 | 0",
    # 10 x (51 - 50) x 0.92
    ("day trade", "SHARE"): "0 | 9.20 = 0 + 0 + 9.20 + 0 + 0 + 0 | 0",
    ("quiet", "QUIET"): "100 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    ("estimated", "PRIVATE"): "75 | 5 = 5 + 0 + 0 + 0 + 0 + 0 | 0",
    # The custodian quotes it in per cent, as the last price a month ago said.
    ("lapsed", "LAPSED"): "920 | 10 = 10 + 0 + 0 + 0 + 0 + 0 | 0",
    # The statement says itself that its quote is per unit, whatever the last price's factor was.
    ("statement", "LAPSED"): "920 | 10 = 10 + 0 + 0 + 0 + 0 + 0 | 0",
    ("missing", "NOPRICE"): "0 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    ("kroner", "NOK"): "85 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    ("no rate", "XAU"): "0 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # 10 x 52 x 0.92 at the security, as much the other way at the cash
    ("lost trade", "SHARE"): "5262.40 | 762.40 = 180 + 104 + 0 + 0 + 0 + 478.40 | 0",
    ("lost trade", "USD"): "441.60 | -458.40 = 0 + 20 + 0 + 0 + 0 + -478.40 | 0",
    # Without a price of its own a transfer comes in at the day's.
    ("moved in", "SHARE"): "5262.40 | 284 = 180 + 104 + 0 + 0 + 0 + 0 | 478.40",
    ("moved in", "EUR"): "1000 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 1000",
    # 1000 dollars for 910 euros, worth 920 at the close
    ("spot", "USD"): "920 | 10 = 0 + 10 + 0 + 0 + 0 + 0 | 0",
    ("spot", "EUR"): "1090 | 0 = 0 + 0 + 0 + 0 + 0 + 0 | 0",
    # 0.375 and 0 (no price on Friday), 0.25: halves go to the even cent, and price takes what is left.
    ("halves", "HALVES"): "0.38 | 0.13 = 0.13 + 0 + 0 + 0 + 0 + 0 | 0",
}
QUALITY = {
    ("rise", "SHARE"): ("ok", 0),
    ("dollars", "USD"): ("ok", 0),
    ("quiet", "QUIET"): ("stale", 3),
    ("kroner", "NOK"): ("stale", 3),
    ("estimated", "PRIVATE"): ("estimated", 0),
    ("missing", "NOPRICE"): ("missing", 0),
    ("no rate", "XAU"): ("missing", 0),
    ("closed", "SHARE"): ("ok", 0),
}

# A fund that rises, falls and rises again; a deposit on Thursday; and a client who is away on Wednesday.
FUND = dict(zip(WEEK, ("10", "11", "9.9", "9.9", "10.89"), strict=True))
WEEK_POSITIONS = [
    *(position(day, "chain", "FUND", "100") for day in WEEK),
    *(position(day, "chain", "EUR", "0" if day < WEEK[3] else "110") for day in WEEK),
    *(position(day, "away", "FUND", "100") for day in WEEK if day != WEEK[2]),
]
DEPOSIT = transaction(WEEK[3], "chain", "transfer_in", "EUR", amount="110")


@pytest.fixture(scope="module")
def gold(lake: Lake) -> Iterator[GoldResult]:
    """Gold of both days in March and of the week in July but its Friday."""
    append(lake, "silver.positions", [*POSITIONS, *(row for row in WEEK_POSITIONS if row["as_of_date"] < WEEK[4])])
    append(lake, "silver.prices", [*PRICES, *(price(day, "FUND", FUND[day]) for day in WEEK[:4])])
    append(lake, "silver.fx", [*FX, *(rate(day, "USDEUR", "0.9") for day in WEEK[:4])])
    append(lake, "silver.transactions", [*TRANSACTIONS, DEPOSIT])
    yield build(lake, [FRIDAY, MONDAY, *WEEK[:4]], "final", RUN)
    for table in TABLES:
        day = "trade_date" if table == "silver.transactions" else "as_of_date"
        lake.catalog.load_table(table).delete(f"{day} >= '2031-01-01'")


def rows(lake: Lake, table: str, *days: date) -> list[dict[str, Any]]:
    """Return gold's rows of these days in order, without what differs from run to run."""
    columns = [
        f.name for f in lake.catalog.load_table(table).schema().fields if f.name not in ("run_id", "computed_at")
    ]
    found = [
        row
        for batch in read_batches(lake.catalog, table, columns, column="as_of_date", values=days)
        for row in batch.to_pylist()
    ]
    return sorted(
        found,
        key=lambda row: [str(row.get(name)) for name in ("as_of_date", "client_id", "account_id", "instrument_id")],
    )


def positions_of(lake: Lake, day: date) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["client_id"], row["instrument_id"]): row for row in rows(lake, "gold.position_metrics", day)}


def client_on(lake: Lake, client: str, day: date) -> dict[str, Any]:
    return next(row for row in rows(lake, "gold.client_metrics", day) if row["client_id"] == client)


def test_each_position_is_what_paper_says(lake: Lake, gold: GoldResult) -> None:
    found = positions_of(lake, MONDAY)
    figures = {}
    for key, row in found.items():
        parts = " + ".join(f"{row[part]}" for part in PARTS)
        figures[key] = f"{row['market_value']} | {row['pnl_total']} = {parts} | {row['net_flows']}"
    assert {key: figures[key] for key in EXPECTED} == {key: _in_cents(text) for key, text in EXPECTED.items()}


def _in_cents(figures: str) -> str:
    return " ".join(word if word in "|=+" else f"{Decimal(word):.2f}" for word in figures.split())


def test_rows_are_those_of_both_files_and_of_the_bookings(lake: Lake, gold: GoldResult) -> None:
    from_files = {(row["client_id"], row["instrument_id"]) for row in POSITIONS}
    assert set(positions_of(lake, MONDAY)) == from_files | {("day trade", "SHARE")}
    assert positions_of(lake, MONDAY)["closed", "SHARE"]["quantity"] == 0


def test_quality_says_where_a_price_came_from(lake: Lake, gold: GoldResult) -> None:
    found = positions_of(lake, MONDAY)
    assert {key: (found[key]["quality"], found[key]["quality_days"]) for key in QUALITY} == QUALITY
    assert client_on(lake, "missing", MONDAY)["quality"] == "missing"
    assert json.loads(client_on(lake, "missing", MONDAY)["quality_counts"]) == {
        "ok": 0, "stale": 1, "estimated": 0, "missing": 1,
    }  # fmt: skip


def test_marks_name_their_price_and_rate(lake: Lake, gold: GoldResult) -> None:
    found = positions_of(lake, MONDAY)
    marks = ("price", "price_ccy", "price_date", "fx_rate")
    assert [found["quiet", "QUIET"][name] for name in marks] == [10, "EUR", FRIDAY, 1]
    assert [found["pence", "PENCE"][name] for name in marks] == [Decimal("2.6"), "GBP", MONDAY, Decimal("1.15")]
    assert [found["lapsed", "LAPSED"][name] for name in marks] == [Decimal("0.92"), "EUR", MONDAY, 1]
    assert [found["missing", "NOPRICE"][name] for name in marks] == [0, "EUR", None, 1]


def test_a_client_is_the_sum_of_its_positions(lake: Lake, gold: GoldResult) -> None:
    bought = client_on(lake, "bought", MONDAY)
    assert (bought["market_value"], bought["pnl_total"], bought["net_flows"]) == (9430, 430, 0)
    assert bought["daily_return"] == bought["twr"] == Decimal("0.0477777778")  # 430 / 9000
    weights = [positions_of(lake, MONDAY)["bought", name]["weight"] for name in ("SHARE", "USD")]
    assert weights == [Decimal("0.7609756098"), Decimal("0.2390243902")]
    assert bought["top_concentration"] == weights[0]
    assert bought["positions"] == 2


def test_concentrations_and_movers_are_json(lake: Lake, gold: GoldResult) -> None:
    row = client_on(lake, "lost trade", MONDAY)
    assert json.loads(row["concentrations"]) == {
        "instrument": [
            {"name": "SHARE", "market_value": "5262.40", "weight": "0.9225806452"},
            {"name": "USD", "market_value": "441.60", "weight": "0.0774193548"},
        ],
        "currency": [{"name": "USD", "market_value": "5704.00", "weight": "1.0000000000"}],
        "id_type": [
            {"name": "INT", "market_value": "5262.40", "weight": "0.9225806452"},
            {"name": "CASH", "market_value": "441.60", "weight": "0.0774193548"},
        ],
    }
    assert json.loads(row["top_movers"]) == {
        "best": [{"instrument_id": "SHARE", "pnl_total": "762.40"}],
        "worst": [{"instrument_id": "USD", "pnl_total": "-458.40"}],
    }


def test_a_clients_first_day_earns_nothing(lake: Lake, gold: GoldResult) -> None:
    for client, day in (("rise", FRIDAY), ("new", MONDAY)):
        row = client_on(lake, client, day)
        assert (row["net_flows"], row["pnl_total"], row["twr"], row["drawdown"]) == (row["market_value"], 0, 0, 0)


def test_returns_are_chained(lake: Lake, gold: GoldResult) -> None:
    week = [client_on(lake, "chain", day) for day in WEEK[:4]]
    returns = [("0", "0", "0"), ("0.1", "0.1", "0"), ("-0.1", "-0.01", "-0.1"), ("0", "-0.01", "-0.1")]
    assert [(row["daily_return"], row["twr"], row["drawdown"]) for row in week] == [
        tuple(map(Decimal, day)) for day in returns
    ]
    # Thursday's deposit is no return.
    assert (week[3]["net_flows"], week[3]["pnl_total"]) == (110, 0)


def test_a_client_that_comes_back_begins_anew(lake: Lake, gold: GoldResult) -> None:
    assert client_on(lake, "away", WEEK[1])["twr"] == Decimal("0.1")
    gone = client_on(lake, "away", WEEK[2])
    assert (gone["pnl_total"], gone["pnl_unexplained"], gone["positions"]) == (-1100, -990, 0)
    back = client_on(lake, "away", WEEK[3])
    assert (back["twr"], back["drawdown"], back["net_flows"], back["pnl_total"]) == (0, 0, 990, 0)


def test_the_result_says_what_was_written(lake: Lake, gold: GoldResult) -> None:
    assert gold.position_dates == gold.client_dates == [FRIDAY, MONDAY, *WEEK[:4]]
    assert gold.counts == {"gold.position_metrics": len(rows(lake, "gold.position_metrics", *gold.position_dates))}
    for table, snapshot in gold.snapshots.items():
        assert lake.catalog.load_table(table).metadata.current_snapshot_id == snapshot
        assert set(lake.catalog.load_table(table).refs()) == {"main"}


def test_a_day_is_added_without_reading_old_files_and_equals_a_full_build(lake: Lake, gold: GoldResult) -> None:
    append(lake, "silver.positions", [row for row in WEEK_POSITIONS if row["as_of_date"] == WEEK[4]])
    append(lake, "silver.prices", [price(WEEK[4], "FUND", FUND[WEEK[4]])])
    march = date(2031, 4, 1)
    with unreadable(lake, before=march):
        added = build(lake, [WEEK[4]], "flash", RUN)
    assert added.position_dates == added.client_dates == [WEEK[4]]
    friday = client_on(lake, "chain", WEEK[4])
    assert (friday["daily_return"], friday["twr"], friday["drawdown"]) == tuple(
        map(Decimal, ("0.09", "0.0791", "-0.019"))  # 99 / 1100; 0.99 x 1.09; 1.0791 / 1.1
    )
    assert [client_on(lake, "chain", day)["finality"] for day in WEEK[3:]] == ["final", "flash"]
    tables = ("gold.position_metrics", "gold.client_metrics")
    one_by_one = [rows(lake, table, *WEEK) for table in tables]
    build(lake, WEEK[:4], "final", RUN)
    assert [rows(lake, table, *WEEK) for table in tables] == one_by_one


def test_a_corrected_price_reaches_the_chain_and_a_lost_day_becomes_empty(lake: Lake, gold: GoldResult) -> None:
    tuesday, friday = WEEK[1], WEEK[4]
    lake.catalog.load_table("silver.prices").delete(f"as_of_date = '{tuesday}'")
    append(lake, "silver.prices", [price(tuesday, "FUND", "10.5")])
    lake.catalog.load_table("silver.positions").delete(f"as_of_date = '{friday}'")
    corrected = build(lake, [tuesday, friday], "final", RUN)
    assert corrected.position_dates == corrected.client_dates == WEEK[1:]
    chain = [client_on(lake, "chain", day) for day in WEEK[:4]]
    assert [row["pnl_total"] for row in chain] == [0, 50, -60, 0]
    assert chain[3]["drawdown"] == Decimal("-0.0571428571")  # 0.99 / 1.05
    assert rows(lake, "gold.position_metrics", friday) == rows(lake, "gold.client_metrics", friday) == []


def test_a_value_too_large_stops_the_build(lake: Lake, gold: GoldResult) -> None:
    huge = date(2031, 7, 14)
    append(lake, "silver.positions", [position(huge, "huge", "HUGE", "90000000000000", price="900000000000")])
    with pytest.raises(Exception, match="NUMERIC_VALUE_OUT_OF_RANGE"):
        build(lake, [huge], "final", RUN)
    assert rows(lake, "gold.position_metrics", huge) == []
    lake.catalog.load_table("silver.positions").delete(f"as_of_date = '{huge}'")


def test_what_fails_its_audit_is_not_published(lake: Lake, gold: GoldResult) -> None:
    before = rows(lake, "gold.client_metrics", MONDAY)
    nothing = lake.spark.table("lake.gold.client_metrics").limit(0)
    with pytest.raises(AuditFailed, match="0 rows"):
        publish(lake, "gold.client_metrics", nothing, [MONDAY], lambda staged: [f"{staged.count()} rows"])
    assert rows(lake, "gold.client_metrics", MONDAY) == before


@contextmanager
def unreadable(lake: Lake, *, before: date) -> Iterator[None]:
    """Spoil every data file of earlier partitions for a while: whoever reads one fails."""
    client, spoilt = s3(lake.settings), {}
    for table in TABLES:
        files = lake.catalog.load_table(table).inspect.data_files().to_pylist()
        for file in files:
            if min(file["partition"].values()) < before:
                bucket, key = file["file_path"].removeprefix("s3://").split("/", 1)
                spoilt[bucket, key] = client.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert spoilt
    for bucket, key in spoilt:
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    yield
    for (bucket, key), body in spoilt.items():
        client.put_object(Bucket=bucket, Key=key, Body=body)
