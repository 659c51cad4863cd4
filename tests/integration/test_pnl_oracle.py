"""Gold against a second calculation that shares no code with it: the same to the cent, figure by figure."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from batch import gold, silver
from batch.lake import Lake
from batch.landing.files import sync_landed
from ops.demo.portfolios.accounts import load_accounts
from ops.demo.portfolios.days import KINDS
from ops.oracle.clients import ClientRow, client_rows
from ops.oracle.concentration import concentrations, facts_by_day
from ops.oracle.files import cents
from ops.oracle.pnl import Row, compute
from tests.integration.oracle_books import ISIN, Books, make_books, to_csv

MONEY = (
    "market_value", "pnl_total", "pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained",
    "net_flows",
)  # fmt: skip
PARTS = MONEY[2:8]
POSITION = ("base_ccy", "quantity", "price", "price_ccy", "fx_rate", *MONEY, "quality", "quality_days")
CLIENT = ("base_ccy", "daily_return", "top_concentration", "quality")
CENT = Decimal("0.01")
# The chain of returns is kept in doubles.
CHAIN_TOLERANCE = Decimal("1e-9")


@dataclass(frozen=True)
class Compared:
    """Both calculations of the same files."""

    books: Books
    positions: dict[tuple[date, str, str, str], Row]
    clients: dict[tuple[date, str], ClientRow]
    gold_positions: dict[tuple[date, str, str, str], dict[str, Any]]
    gold_clients: dict[tuple[date, str], dict[str, Any]]


@pytest.fixture(scope="module")
def compared(lake: Lake) -> Compared:
    books, run_id = make_books(), str(uuid.uuid4())
    dates = [day.as_of for day in books.days]
    load_accounts(lake.settings, books.accounts)
    for day in books.days:
        for kind in (*KINDS, "instruments"):
            if rows := getattr(day, kind):
                lake.store.put(lake.settings.bronze_bucket, f"{kind}/date={day.as_of}/oracle.csv", to_csv(rows))
    with lake.open_session() as session:
        files = sync_landed(session, lake.store, lake.settings, dates)
    loaded = silver.load(lake, files, run_id)
    assert [(one.file.key, one.rows_bad, one.reason) for one in loaded.files if one.rows_bad or one.reason] == []
    gold.build(lake, dates, "final", run_id)
    rows = compute(books.days)
    return Compared(
        books,
        rows,
        client_rows(rows),
        {
            (row["as_of_date"], row["client_id"], row["account_id"], row["instrument_id"]): row
            for row in _read(lake, "gold.position_metrics", dates)
        },
        {(row["as_of_date"], row["client_id"]): row for row in _read(lake, "gold.client_metrics", dates)},
    )


def _read(lake: Lake, table: str, dates: list[date]) -> list[dict[str, Any]]:
    condition = f"as_of_date >= '{dates[0]}' AND as_of_date <= '{dates[-1]}'"
    rows: list[dict[str, Any]] = lake.catalog.load_table(table).scan(row_filter=condition).to_arrow().to_pylist()
    return rows


def test_every_figure_of_every_position_is_the_same(compared: Compared) -> None:
    assert sorted(compared.gold_positions) == sorted(compared.positions)
    differences = [
        (*key, name, compared.gold_positions[key][name], getattr(row, name))
        for key, row in compared.positions.items()
        for name in POSITION
        if compared.gold_positions[key][name] != getattr(row, name)
    ]
    assert differences == []


def test_every_figure_of_every_client_is_the_same(compared: Compared) -> None:
    assert sorted(compared.gold_clients) == sorted(compared.clients)
    differences = [
        (*key, name, compared.gold_clients[key][name], value)
        for key, expected in compared.clients.items()
        for name, value in (*expected.sums.items(), *((name, getattr(expected, name)) for name in CLIENT))
        if compared.gold_clients[key][name] != value
    ]
    assert differences == []


def test_every_share_of_every_client_is_the_same(compared: Compared) -> None:
    facts, of_client = facts_by_day(compared.books.days), defaultdict(list)
    for row in compared.positions.values():
        of_client[row.as_of, row.client_id].append(row)
    classified = unclassified = 0
    for (day, client), rows in of_client.items():
        found = json.loads(compared.gold_clients[day, client]["concentrations"])
        for of, expected in concentrations(rows, facts[day]).items():
            shares = [(one.get("name"), Decimal(one["market_value"]), Decimal(one["weight"])) for one in found[of]]
            assert shares == expected, (day, client, of)
            unclassified += any(name is None for name, _, _ in shares)
            classified += of == "issuer" and any(name for name, _, _ in shares)
    assert classified
    assert unclassified, "the extremes' instruments are in no file"


def test_weights_are_the_same_and_so_are_chained_returns(compared: Compared) -> None:
    for key, expected in compared.clients.items():
        row = compared.gold_clients[key]
        assert abs(row["twr"] - expected.twr) <= CHAIN_TOLERANCE, key
        assert abs(row["drawdown"] - expected.drawdown) <= CHAIN_TOLERANCE, key
        for (account, instrument), weight in expected.weights.items():
            assert compared.gold_positions[*key, account, instrument]["weight"] == weight, key


def test_rows_add_up_to_the_cent(compared: Compared) -> None:
    for row in (*compared.gold_positions.values(), *compared.gold_clients.values()):
        assert row["pnl_total"] == sum(row[part] for part in PARTS)


def test_nothing_is_unexplained_but_the_deleted_trade_to_its_exact_amount(compared: Compared) -> None:
    deleted, day = compared.books.deleted, compared.books.days[3].as_of
    account = (day, deleted["client_id"], deleted["account_id"])
    security, cash = (*account, deleted["instrument_id"]), (*account, deleted["ccy"])
    unexplained = {key: row["pnl_unexplained"] for key, row in compared.gold_positions.items()}
    held, paid = compared.gold_positions[security], compared.gold_positions[cash]
    assert unexplained.pop(security) == cents(Decimal(deleted["quantity"]) * held["price"] * held["fx_rate"])
    assert unexplained.pop(cash) == cents(Decimal(deleted["amount"]) * paid["fx_rate"])
    assert {key: value for key, value in unexplained.items() if abs(value) > CENT} == {}


def test_the_extremes_are_among_the_books(compared: Compared) -> None:
    """What the comparison above rests on: the cases are there and mean what they should."""
    days = [day.as_of for day in compared.books.days]

    def row(number: int, client: str, instrument: str) -> dict[str, Any]:
        return compared.gold_positions[days[number], client, f"{client}-1", ISIN.get(instrument, instrument)]

    only_fx = [row(number, "FX-ONLY", name) for number in range(1, 6) for name in ("still", "USD")]
    assert all(each["pnl_total"] != 0 and abs(each["pnl_total"] - each["pnl_fx"]) <= CENT for each in only_fx)
    assert abs(row(2, "SPLITS", "reverse")["pnl_total"]) == Decimal("10.00")  # 100 short units, 5.00 to 5.10
    assert (row(3, "PENCE", "requoted")["price"], row(2, "PENCE", "requoted")["price"]) == (12.5, Decimal("12.34"))
    assert row(4, "SHORT", "short")["quantity"] == 0
    assert row(4, "SHORT", "short")["pnl_trading"] != 0
    carried = [(row(5, "CARRIED", name)["quality"]) for name in ("carried", "estimated", "unpriced")]
    assert carried == ["stale", "estimated", "missing"]
    assert row(3, "LATE", "still")["net_flows"] == row(3, "LATE", "still")["market_value"] != 0
    assert compared.gold_clients[days[3], "LEAVES"]["market_value"] == 0
    assert (days[4], "LEAVES") not in compared.gold_clients
