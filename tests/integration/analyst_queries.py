"""Queries that analysts ask, in Athena's SQL and, where it differs, in Spark's, and the rows that they ask about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from batch.lake import Lake
from batch.tables import ensure_tables
from batch.warm.tables import ALERTS, NEWS_ARTICLES, WARM_TABLES
from clients.iceberg import load_table
from clients.spark import CATALOG
from core.sealing import client_token
from tests.integration import gold_rows
from tests.integration.silver_rows import append, price, rate, transaction

QUERIES = Path(__file__).with_suffix(".sql")
# Days that no other test writes to.
DAYS = [date(2033, 1, 31) + timedelta(days=n) for n in range(5)]
FIRST, LAST = DAYS[0], DAYS[-1]
CLIENTS = [f"SQL-{n}" for n in range(1, 6)]
Rows = list[list[str | None]]
SPAN = f"as_of_date BETWEEN DATE '{FIRST}' AND DATE '{LAST}'"


@dataclass(frozen=True)
class Asked:
    """One query in both dialects."""

    athena: str
    spark: str


def lake_rows(lake: Lake) -> dict[str, Any]:
    """Write the rows, the last day's twice; return the `snapshot` and the `moment` before they were restated."""
    ensure_tables(lake.settings, lake.catalog, WARM_TABLES)
    gold = gold_rows.GoldRows(lake.settings, lake.catalog)
    for number, day in enumerate(DAYS):
        gold.write(day, list(_clients(number)), list(_positions(number)))
    before = load_table(lake.catalog, "gold.client_metrics").current_snapshot()
    assert before is not None
    gold.write(LAST, [{**one, "market_value": one["market_value"] * 2} for one in _clients(4)], list(_positions(4)))
    append(lake, "silver.prices", [price(day, f"SQL-FUND-{n}", f"{10 + n}.25") for day in DAYS[:3] for n in range(3)])
    append(lake, "silver.fx", [rate(day, "USDEUR", f"0.9{n}") for n, day in enumerate(DAYS)])
    kinds = ("buy", "sell", "buy", "fee", "sell")
    trades = [
        transaction(day, CLIENTS[n], kinds[n], "SQL-FUND-1", quantity="10", amount=str(100 * n - 200))
        for n, day in enumerate(DAYS)
    ]
    append(lake, "silver.transactions", trades)
    _append(lake, "silver.news_articles", NEWS_ARTICLES, _articles())
    _append(lake, "silver.alerts", ALERTS, _alerts(lake))
    moment = datetime.fromtimestamp(before.timestamp_ms / 1000, UTC)
    return {"snapshot": before.snapshot_id, "moment": moment.strftime("%Y-%m-%d %H:%M:%S.%f")}


def queries(version: Mapping[str, Any]) -> dict[str, Asked]:
    """Return the queries of the file by name; `version` is what `lake_rows` returned."""
    values = {"span": SPAN, "first": f"DATE '{FIRST}'", "last": f"DATE '{LAST}'", **version}
    found: dict[str, Asked] = {}
    for block in QUERIES.read_text().format(**values).removeprefix("-- ").split("\n-- "):
        name, _, query = block.partition("\n")
        if name == "spark":
            last = list(found)[-1]
            found[last] = Asked(found[last].athena, query)
        else:
            found[name] = Asked(query, query)
    return found


def by_spark(lake: Lake, query: str) -> Rows:
    """Run a query of Spark's over the lake and return its rows as Athena's clients get theirs."""
    lake.spark.catalog.setCurrentCatalog(CATALOG)
    try:
        return [[_as_text(value) for value in row] for row in lake.spark.sql(query).collect()]
    finally:
        lake.spark.catalog.setCurrentCatalog("spark_catalog")


def _as_text(value: Any) -> str | None:
    # Collected timestamps are in this process's own zone.
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + " UTC"
    return value.isoformat() if isinstance(value, date) else str(value)


def by_value(rows: Rows) -> list[list[Any]]:
    """Make rows comparable by value: the two engines keep other scales of a product or a median."""
    return [[_numeral(cell) for cell in row] for row in rows]


def _numeral(cell: str | None) -> Any:
    try:
        return Decimal(cell) if cell is not None else None
    except ArithmeticError:
        return cell


def _clients(number: int) -> Iterator[dict[str, Any]]:
    for place, client_id in enumerate(CLIENTS):
        yield gold_rows.client(
            client_id,
            computed_at=datetime(2033, 2, 1, 4, 30, number, tzinfo=UTC),
            market_value=Decimal(1000 * (place + 1) + 10 * number),
            quality="ok" if place else "stale",
            positions=place + 1,
            concentrations=f'{{"issuer": "0.{place}"}}',
            **gold_rows.pnl(price=f"{(number - 2) * (place + 1)}.05"),
        )


def _positions(number: int) -> Iterator[dict[str, Any]]:
    for place, client_id in enumerate(CLIENTS):
        for n in range(place % 3 + 1):
            yield gold_rows.position(client_id, f"SQL-FUND-{n}", market_value=Decimal(100 * (n + 1) + number))


def _articles() -> list[dict[str, Any]]:
    people: list[list[tuple[str, str | None]]] = [[("Ann", None), ("Bob", "u")], [], [("Ann", None)]]
    return [
        {"received_date": FIRST, "article_id": f"art-{n}", "people": [{"name": a, "uri": b} for a, b in some]}
        for n, some in enumerate(people)
    ]


def _alerts(lake: Lake) -> list[dict[str, Any]]:
    key = lake.settings.client_token_key.get_secret_value().encode()
    return [
        {
            "received_date": FIRST,
            "client_token": client_token(CLIENTS[n % 2], key),
            "kind": "enriched",
            "severity": ("info", "critical")[n % 2],
            "kafka_at": datetime(2033, 1, 31, 12, 0, n, 123000, tzinfo=UTC),
        }
        for n in range(4)
    ]


def _append(lake: Lake, table: str, columns: Any, rows: list[dict[str, Any]]) -> None:
    load_table(lake.catalog, table).append(pa.Table.from_pylist(rows, pa.schema(columns)))
