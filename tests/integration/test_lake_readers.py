"""What Spark wrote is there for PyIceberg and DuckDB too, and a restatement leaves the version before."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.gold import build
from batch.lake import Lake
from clients.iceberg import drop_partition, find_rows, load_table
from clients.spark import CATALOG
from tests.integration.lake_files import add_accounts, csv_of, load_days, put
from tests.integration.silver_rows import append, position, price

DAY, FUTURE = date(2024, 5, 6), date(2030, 5, 6)
GOLD = ("gold.position_metrics", "gold.client_metrics")
RUN = "00000000-0000-0000-0000-000000000002"


def restate_silver(lake: Lake, version: int) -> None:
    """Load a file with 1, then 2 rows of 10.5 each."""
    add_accounts(lake, {"SILVER-1-A": ("SILVER-1", "EUR")})
    rows = [{"instrument_id": f"FUND-{number}"} for number in range(version)]
    put(lake, "prices", DAY, csv_of("prices", DAY, rows))
    load_days(lake, DAY)


def restate_gold(lake: Lake, version: int) -> None:
    """Value 10 units at 100, then at 200."""
    if version == 1:
        append(lake, "silver.positions", [position(FUTURE, "readers", "FUND", "10")])
    else:
        drop_partition(load_table(lake.catalog, "silver.prices"), "as_of_date", FUTURE)
    append(lake, "silver.prices", [price(FUTURE, "FUND", str(100 * version))])
    build(lake, [FUTURE], "final", RUN)


def test_every_reader_sees_a_restated_file_and_the_version_before(lake: Lake) -> None:
    restate_silver(lake, 1)
    before = versions(lake, "silver.prices")
    restate_silver(lake, 2)
    require_readers_agree(lake, "silver.prices", "price", DAY, {None: (2, "21"), before["silver.prices"]: (1, "10.5")})


def test_every_reader_sees_restated_figures_and_the_version_before(lake: Lake) -> None:
    restate_gold(lake, 1)
    before = versions(lake, *GOLD)
    restate_gold(lake, 2)
    for table in GOLD:
        expected = {None: (1, "2000"), before[table]: (1, "1000")}
        require_readers_agree(lake, table, "market_value", FUTURE, expected)


def versions(lake: Lake, *tables: str) -> dict[str, int]:
    current = {table: load_table(lake.catalog, table).current_snapshot() for table in tables}
    return {table: snapshot.snapshot_id for table, snapshot in current.items() if snapshot is not None}


def require_readers_agree(
    lake: Lake, table: str, column: str, day: date, expected: Mapping[int | None, tuple[int, str]]
) -> None:
    """Compare how many rows a day has and their sum, by snapshot (None: now), with what each reader sees."""
    for snapshot_id, (count, total) in expected.items():
        for reader in (by_pyiceberg, by_duckdb, by_spark):
            seen = reader(lake, table, column, day, snapshot_id)
            assert seen == (count, Decimal(total)), (reader.__name__, table, snapshot_id)


def by_pyiceberg(lake: Lake, table: str, column: str, day: date, snapshot_id: int | None) -> tuple[int, Decimal]:
    rows = find_rows(lake.catalog, table, [column], where={"as_of_date": day}, snapshot_id=snapshot_id)
    return len(rows), sum((row[column] for row in rows), Decimal(0))


def by_duckdb(lake: Lake, table: str, column: str, day: date, snapshot_id: int | None) -> tuple[Any, ...]:
    scan = load_table(lake.catalog, table).scan(snapshot_id=snapshot_id)
    with closing(duckdb.connect()) as connection:
        scan.to_duckdb("rows_of_the_lake", connection=connection)
        rows = connection.table("rows_of_the_lake").filter(f"as_of_date = DATE '{day}'")
        return rows.aggregate(f"count(*), sum({column})").fetchall()[0]


def by_spark(lake: Lake, table: str, column: str, day: date, snapshot_id: int | None) -> tuple[Any, ...]:
    reader = lake.spark.read if snapshot_id is None else lake.spark.read.option("versionAsOf", snapshot_id)
    rows = reader.table(f"{CATALOG}.{table}").where(F.col("as_of_date") == day)
    (row,) = rows.agg(F.count("*").alias("n"), F.sum(column).alias("total")).collect()
    return row["n"], row["total"]
