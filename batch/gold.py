"""Gold: every position's and client's value, P&L and return on a set of days, made from silver by one Spark plan."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Observation, Window
from pyspark.sql import functions as F  # noqa: N812

from batch.audit import sums_that_differ
from batch.bookings import legs
from batch.days import Plan, plan_rebuild
from batch.holdings import holdings, known_clients, read_positions
from batch.instruments import described
from batch.lake import Lake
from batch.marking import mark
from batch.performance import chain, client_days
from batch.pnl import attribute
from batch.publish import release, require, stage
from batch.tables import CLIENT_METRICS, POSITION_METRICS
from batch.valuation import quotes, rates
from clients.spark import CATALOG

Finality = Literal["flash", "final"]

_POSITIONS, _CLIENTS = "gold.position_metrics", "gold.client_metrics"
_CHAINED = ("daily_return", "twr", "drawdown", "twr_index", "twr_peak")


@dataclass(frozen=True, slots=True)
class GoldResult:
    """What a build wrote: snapshot and row count by table, and the days of each table that were replaced."""

    snapshots: dict[str, int]
    counts: dict[str, int]
    position_dates: list[date]
    client_dates: list[date]


def build(lake: Lake, dates: Collection[date], finality: Finality, run_id: str) -> GoldResult:
    """Bring gold up to silver's state of these dates; doing so again gives the same figures.

    Replaced are the positions of these days and of those that depend on them (`plan_rebuild`), and the clients' rows
    from the first of them to the latest day there is, because returns are chained. Silver is read only on these days,
    the days before them, and as far back as prices reach; nothing else is scanned to add a day.

    Args:
        lake: the lake; no other process writes gold meanwhile.
        dates: days whose positions, prices, rates or transactions changed; those that silver lost become empty.
        finality: of these days; the days that only depend on them keep what they are.
        run_id: the run that the rows name.

    Raises:
        AuditFailed: the figures contradict each other or silver; nothing was published.
    """
    silver_rows = _rows_by_day(lake)
    plan = plan_rebuild(sorted(silver_rows), dates)
    position_dates = sorted({*plan.days, *plan.emptied})
    client_dates = sorted({*position_dates, *plan.chained})
    counted = Observation()
    with _position_rows(lake, plan) as rows:
        observed = rows.observe(counted, F.count(F.lit(1)).alias("rows"), F.count("end_quantity").alias("held"))
        # The plan has put the rows where it wants them already.
        written = _columns(observed, POSITION_METRICS, run_id)
        positions = stage(lake, _POSITIONS, written, position_dates, distribution="none")
    client_rows = _client_rows(lake, positions, plan, dict.fromkeys(dates, finality))
    clients = stage(lake, _CLIENTS, _columns(client_rows, CLIENT_METRICS, run_id), client_dates)
    counts = counted.get
    expected = sum(silver_rows[day] for day in plan.days)
    lost = [] if counts["held"] == expected else [f"{counts['held']} of silver's {expected} positions are there"]
    require([*lost, *sums_that_differ(positions, clients.where(F.col("as_of_date").isin(position_dates)))], "gold")
    # Clients last: whoever sees a client's new row also finds its positions.
    snapshots = {name: release(lake, name) for name in (_POSITIONS, _CLIENTS)}
    return GoldResult(snapshots, {_POSITIONS: counts["rows"]}, position_dates, client_dates)


def _rows_by_day(lake: Lake) -> dict[date, int]:
    """Return how many positions silver has on each day, from the table's metadata alone."""
    partitions = lake.spark.table(f"{CATALOG}.silver.positions.partitions")
    counts = partitions.selectExpr("partition.as_of_date", "record_count AS n").where("n > 0")
    return {row.as_of_date: row.n for row in counts.collect()}


@contextmanager
def _position_rows(lake: Lake, plan: Plan) -> Iterator[DataFrame]:
    """Yield the rows of the plan's days; what they share is cached until the block ends."""
    previous_of = {day: plan.previous_of[day] for day in plan.days}
    marked_days = {*previous_of, *filter(None, previous_of.values())}
    positions = read_positions(lake, previous_of)
    quoted, clients = quotes(lake, marked_days).persist(), known_clients(positions).persist()
    try:
        bases = [row.base_ccy for row in clients.select("base_ccy").distinct().collect()]
        crosses = rates(lake, marked_days, bases)
        booked = legs(lake, plan.booked_to, clients, quoted, crosses)
        held = holdings(positions, booked, _partition_by(lake, plan.days))
        rows = attribute(mark(held, clients, quoted, crosses)).withColumn("weight", _weight())
        yield rows.withColumn("quantity", F.coalesce("end_quantity", F.lit(0)))
    finally:
        quoted.unpersist()
        clients.unpersist()


def _partition_by(lake: Lake, days: Sequence[date]) -> list[str]:
    """A long span goes by day, so that each day is one file; of few days every task takes a share of the clients."""
    slots = lake.spark.sparkContext.defaultParallelism
    return ["as_of_date"] if len(days) > 4 * slots else ["as_of_date", "client_id"]


def _weight() -> Column:
    net = F.sum("market_value").over(Window.partitionBy("as_of_date", "client_id"))
    return F.when(net == 0, 0).otherwise(F.bround(F.col("market_value") / F.when(net != 0, net), 10))


def _client_rows(lake: Lake, positions: DataFrame, plan: Plan, finality: Mapping[date, str]) -> DataFrame:
    """Return the clients' rows of the plan's days, made of staged positions, and of the days chained to them."""
    stored = lake.spark.table(f"{CATALOG}.{_CLIENTS}")
    unchanged = stored.where(F.col("as_of_date").isin([day for day in plan.days if day not in finality]))
    known = {row.as_of_date: row.finality for row in unchanged.select("as_of_date", "finality").distinct().collect()}
    flash = [day for day, status in {**known, **finality}.items() if status == "flash"]
    of_day = F.when(F.col("as_of_date").isin(flash), "flash").otherwise("final")
    kept = stored.where(F.col("as_of_date").isin(plan.chained)).drop(*_CHAINED)
    instruments = described(lake, max(plan.days, default=date.min))
    days = (
        client_days(positions, instruments).withColumn("finality", of_day).unionByName(kept, allowMissingColumns=True)
    )
    before = stored.where(F.col("as_of_date") == F.lit(plan.day_before))
    return chain(days, before, plan.previous_of, lake.spark).withColumn("computed_at", F.current_timestamp())


def _columns(rows: DataFrame, table: Sequence[tuple[str, pa.DataType]], run_id: str) -> DataFrame:
    """Return a table's columns in its order; writing casts them to its types or fails."""
    return rows.withColumn("run_id", F.lit(run_id)).select(*(name for name, _ in table))
