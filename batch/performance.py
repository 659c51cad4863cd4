"""A client's day: the sums of its positions, the day's return, and the chain of returns since the client began.

Time-weighted return: the day's return is what was earned over what was invested, yesterday's value and what came in
since, that is Modified Dietz for one day with inflows at its start and outflows at its end (P. Dietz; GIPS 2020 asks
for time-weighted returns that value portfolios at large flows, and days meet that). Days are linked geometrically.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame, SparkSession, Window, WindowSpec
from pyspark.sql import functions as F  # noqa: N812

from batch.concentration import concentrations
from batch.marking import QUALITIES
from batch.pnl import FIGURES
from batch.valuation import MONEY

CLIENT = ["as_of_date", "client_id"]
SUMS = ("market_value", *FIGURES)
_RATIO = "decimal(28,10)"


def client_days(positions: DataFrame, instruments: DataFrame | None) -> DataFrame:
    """Return the sums, quality and JSON columns of each client and day, from rows of gold.position_metrics.

    `instruments` are those of `batch.instruments.described`.
    """
    rank = F.array_position(F.array(*(F.lit(name) for name in QUALITIES)), F.col("quality"))
    counts = F.struct(*(F.count_if(F.col("quality") == name).alias(name) for name in QUALITIES))
    sums = positions.groupBy(*CLIENT).agg(
        F.max("base_ccy").alias("base_ccy"),
        *(F.sum(name).cast(MONEY).alias(name) for name in SUMS),
        F.get(F.array(*(F.lit(name) for name in QUALITIES)), (F.max(rank) - 1).cast("int")).alias("quality"),
        F.to_json(counts).alias("quality_counts"),
        F.count_if(F.col("quantity") != 0).cast("int").alias("positions"),
    )
    return sums.join(concentrations(positions, instruments), CLIENT)


def chain(
    days: DataFrame, before: DataFrame, previous_of: Mapping[date, date | None], spark: SparkSession
) -> DataFrame:
    """Add daily_return, twr, drawdown, twr_index and twr_peak to client days, linked to the day before them.

    The index starts at 1 with the client, and again when the client held nothing on the day before. It and its peak
    are doubles, multiplied day by day from the stored ones, so that a night's chain is bit for bit that of a backfill.

    Args:
        days: client days without gaps between the first and the last.
        before: rows of gold.client_metrics of the day before the first, where there is one.
        previous_of: each day's day before.
        spark: the session of both.
    """
    by_day = Window.partitionBy("client_id").orderBy("as_of_date")
    of_run = Window.partitionBy("client_id", "run").orderBy("as_of_date")
    stored = before.select(*CLIENT, "base_ccy", "market_value", "positions", "twr_index", "twr_peak")
    linked = (
        days.withColumn("is_before", F.lit(False))
        .unionByName(stored.withColumn("is_before", F.lit(True)), allowMissingColumns=True)
        .join(F.broadcast(_calendar(previous_of, spark)), "as_of_date", "left")
        .withColumn("continues", _continues(by_day))
        .withColumn("invested", _value_before(by_day) + F.greatest("net_flows", F.lit(0)))
        .withColumn("run", F.sum(F.when(F.col("continues"), 0).otherwise(1)).over(by_day))
    )
    earns = F.col("invested") > 0
    growth = F.when(earns, F.col("pnl_total").cast("double") / F.col("invested").cast("double")).otherwise(0.0)
    index = F.product(F.when(F.col("is_before"), F.col("twr_index")).otherwise(1.0 + growth)).over(of_run)
    peak = F.max(F.greatest("twr_index", "twr_peak", F.lit(1.0))).over(of_run)
    rounded = F.when(earns, F.bround(F.col("pnl_total") / F.when(earns, F.col("invested")), 10)).otherwise(0)
    return (
        linked.withColumns({"twr_index": index, "daily_return": rounded.cast(_RATIO)})
        .withColumn("twr_peak", peak)
        .where("NOT is_before")
        .withColumn("twr", _ratio(F.col("twr_index") - 1.0))
        .withColumn("drawdown", _ratio(F.col("twr_index") / F.col("twr_peak") - 1.0))
    )


def _calendar(previous_of: Mapping[date, date | None], spark: SparkSession) -> DataFrame:
    columns = [pa.array(list(column), pa.date32()) for column in (previous_of.keys(), previous_of.values())]
    return spark.createDataFrame(pa.table(columns, ["as_of_date", "previous_date"]))


def _continues(by_day: WindowSpec) -> Column:
    last, held = F.lag("as_of_date").over(by_day), F.lag("positions").over(by_day)
    return F.coalesce((last == F.col("previous_date")) & (held > 0), F.lit(False))


def _value_before(by_day: WindowSpec) -> Column:
    """The value published for the day before; where there is none in this currency, what the day itself implies."""
    published = F.when(F.lag("base_ccy").over(by_day) == F.col("base_ccy"), F.lag("market_value").over(by_day))
    implied = F.col("market_value") - F.col("pnl_total") - F.col("net_flows")
    return F.coalesce(F.when(F.col("continues"), published), implied)


def _ratio(value: Column) -> Column:
    return F.bround(value, 10).cast(_RATIO)
