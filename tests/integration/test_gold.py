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
from tests.integration.gold_cases import (
    DEPOSIT,
    EXPECTED,
    FRIDAY,
    FUND,
    FX,
    INSTRUMENTS,
    MONDAY,
    POSITIONS,
    PRICES,
    QUALITY,
    TRANSACTIONS,
    WEEK,
    WEEK_POSITIONS,
)  # fmt: skip
from tests.integration.silver_rows import append, position, price, rate

SILVER = ("positions", "prices", "fx", "transactions", "instruments")
TABLES = [f"silver.{name}" for name in SILVER] + ["gold.position_metrics", "gold.client_metrics"]
PARTS = ("pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained")
RUN = "00000000-0000-0000-0000-000000000001"


@pytest.fixture(scope="module")
def gold(lake: Lake) -> Iterator[GoldResult]:
    """Gold of both days in March and of the week in July but its Friday."""
    append(lake, "silver.positions", [*POSITIONS, *(row for row in WEEK_POSITIONS if row["as_of_date"] < WEEK[4])])
    append(lake, "silver.prices", [*PRICES, *(price(day, "FUND", FUND[day]) for day in WEEK[:4])])
    append(lake, "silver.fx", [*FX, *(rate(day, "USDEUR", "0.9") for day in WEEK[:4])])
    append(lake, "silver.transactions", [*TRANSACTIONS, DEPOSIT])
    append(lake, "silver.instruments", INSTRUMENTS)
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
        "issuer": [{"name": "Bidder", "market_value": "5262.40", "weight": "0.9225806452"}],
        "asset_class": [
            {"name": "equity", "market_value": "5262.40", "weight": "0.9225806452"},
            {"name": "cash", "market_value": "441.60", "weight": "0.0774193548"},
        ],
        "country": [{"name": "US", "market_value": "5262.40", "weight": "0.9225806452"}],
    }
    assert json.loads(row["top_movers"]) == {
        "best": [{"instrument_id": "SHARE", "pnl_total": "762.40"}],
        "worst": [{"instrument_id": "USD", "pnl_total": "-458.40"}],
    }


def test_an_instrument_is_what_the_last_file_up_to_the_day_says(lake: Lake, gold: GoldResult) -> None:
    friday = json.loads(client_on(lake, "rise", FRIDAY)["concentrations"])
    assert [one["name"] for one in friday["issuer"]] == ["Target"]
    bond = json.loads(client_on(lake, "bond", MONDAY)["concentrations"])
    assert bond["issuer"] == bond["country"] == [{"market_value": "1503.00", "weight": "0.9367404176"}]
    assert [one.get("name") for one in bond["asset_class"]] == [None, "cash"]


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
    # What an instrument is, an old file may say.
    for table in set(TABLES) - {"silver.instruments"}:
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
