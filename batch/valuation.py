"""What an instrument and a currency were worth on a day, as DataFrames that a night's positions are joined with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from decimal import Decimal

import pyarrow as pa
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812

from batch import tables
from batch.days import STALE_DAYS, spans
from batch.lake import Lake
from batch.rates import cross_table
from clients.spark import CATALOG

# How long an instrument's price factor is remembered for the custodian's quotes after its last price.
FACTOR_DAYS = 92

# Figures between two roundings. Spark shortens a product's decimals to fit 38 digits: with these widths a product of
# quantity and price keeps 11 decimals, and that product in base currency 13, for values up to 10^16 and 10^18.
_QUANTITY, _PRICE, _RATE = "decimal(20,6)", "decimal(22,10)", "decimal(20,12)"
LOCAL, BASE, MONEY = "decimal(27,11)", "decimal(30,12)", "decimal(20,2)"

_RATES = pa.schema([
    ("as_of_date", pa.date32()), ("ccy", pa.string()), ("base_ccy", pa.string()), ("rate", tables.RATE),
    ("rate_age", pa.int32()),
])  # fmt: skip


def local_value(quantity: Column, price: Column) -> Column:
    """Return units times a unit price, in the price's currency."""
    return (quantity.cast(_QUANTITY) * price.cast(_PRICE)).cast(LOCAL)


def base_value(local: Column, rate: Column) -> Column:
    """Return an amount of another currency in base currency, not yet rounded to cents."""
    return (local.cast(LOCAL) * rate.cast(_RATE)).cast(BASE)


def cents(amount: Column) -> Column:
    """Round half-even to cents."""
    return F.bround(amount, 2).cast(MONEY)


def quotes(lake: Lake, days: Collection[date]) -> DataFrame:
    """Return each instrument's last price as of each of these days.

    Columns: as_of_date, instrument_id, quote (null when older than ten days), quote_ccy, quote_date, quote_age (days),
    unit_factor (of the last price, at most 92 days old). Only partitions of these days and of 92 days before are read.
    """
    prices = lake.spark.table(f"{CATALOG}.silver.prices").where(_within(days, FACTOR_DAYS))
    by_day = Window.partitionBy("instrument_id").orderBy("as_of_date")
    # `least` passes over the null of an instrument's last price.
    before_next = F.date_sub(F.lead("as_of_date").over(by_day), 1)
    until = F.least(before_next, F.date_add("as_of_date", FACTOR_DAYS), F.lit(max(days, default=date.max)))
    age = F.date_diff("as_of_date", "quote_date")
    fresh = age <= STALE_DAYS
    return (
        prices.select("as_of_date", "instrument_id", "price", "ccy", "unit_factor", until.alias("until"))
        .withColumnRenamed("as_of_date", "quote_date")
        .withColumn("as_of_date", F.explode(F.sequence("quote_date", "until")))
        .where(F.col("as_of_date").isin(sorted(days)))
        .select(
            "as_of_date",
            "instrument_id",
            "unit_factor",
            F.when(fresh, F.col("price")).alias("quote"),
            F.when(fresh, F.col("ccy")).alias("quote_ccy"),
            F.when(fresh, F.col("quote_date")).alias("quote_date"),
            F.when(fresh, age).alias("quote_age"),
        )
    )


def rates(lake: Lake, days: Collection[date], bases: Collection[str]) -> DataFrame:
    """Return every currency's rate into each base currency as of each of these days.

    Columns: as_of_date, ccy, base_ccy, rate (12 decimals), rate_age (days). The crosses are few and are made in Decimal
    on the driver: see `batch.rates`.
    """
    fx = lake.spark.table(f"{CATALOG}.silver.fx").where(_within(days, STALE_DAYS))
    quoted: defaultdict[date, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    for row in fx.select("as_of_date", "from_ccy", "to_ccy", "rate").collect():
        quoted[row.as_of_date][row.from_ccy, row.to_ccy] = row.rate
    crosses = [dict(zip(_RATES.names, cross, strict=True)) for cross in cross_table(quoted, days, bases)]
    return lake.spark.createDataFrame(pa.Table.from_pylist(crosses, schema=_RATES))


def _within(days: Collection[date], days_back: int) -> Column:
    """Return the filter on partitions of these days and of as many calendar days before them."""
    condition = F.lit(False)
    for start, end in spans(days, days_back):
        condition |= F.col("as_of_date").between(start, end)
    return condition
