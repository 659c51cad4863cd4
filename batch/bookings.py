"""What transactions did to positions: each becomes a leg at its security and a leg at the cash that paid for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from batch.lake import Lake
from batch.valuation import BASE, LOCAL, base_value, local_value
from clients.spark import CATALOG

_TRADES = ("buy", "sell")
_TRANSFERS = ("transfer_in", "transfer_out")
_INCOME = ("dividend", "interest")

# What a leg says beside its key; they add up over the legs of a position and day.
FIGURES = ("units", "gross", "worth", "flow", "external", "income", "fees", "split_units")


def legs(lake: Lake, day_of: Mapping[date, date], clients: DataFrame, quotes: DataFrame, rates: DataFrame) -> DataFrame:
    """Return a row for each position that a transaction moved.

    Columns: as_of_date (the day it is booked to), client_id, account_id, instrument_id (a currency for cash),
    booked_type (CASH or null), booked_ccy; in that currency: units, gross (units x price), worth (gross and accrued
    interest paid for); in base currency: flow (worth), external (the part of it that crossed the client's border),
    income, fees; split_units.

    Args:
        lake: the lake.
        day_of: the position day of each trade date to read; only these partitions are read.
        clients: as_of_date, client_id, base_ccy, is_inception; others' transactions and inceptions' are left out.
        quotes: see `batch.valuation.quotes`, for the price factors and for transfers without a price.
        rates: see `batch.valuation.rates`, for transactions without a rate of their own.
    """
    days = lake.spark.createDataFrame(
        pa.table(
            [pa.array(list(column), pa.date32()) for column in (day_of.keys(), day_of.values())],
            ["trade_date", "as_of_date"],
        )
    )
    transactions = lake.spark.table(f"{CATALOG}.silver.transactions").where(F.col("trade_date").isin(list(day_of)))
    priced = (
        transactions.join(F.broadcast(days), "trade_date")
        .join(F.broadcast(clients.where("NOT is_inception")), ["as_of_date", "client_id"])
        .join(F.broadcast(quotes), ["as_of_date", "instrument_id"], "left")
        .join(F.broadcast(rates), ["as_of_date", "ccy", "base_ccy"], "left")
    )
    return _split(_with_amounts(priced))


def _with_amounts(priced: DataFrame) -> DataFrame:
    """Add what moved: units, gross and worth of the position's leg, and the money of the cash leg."""
    is_cash = F.col("instrument_id").isNull() | F.col("instrument_id").isin("", F.col("ccy"))
    is_transfer = F.col("kind").isin(*_TRANSFERS)
    price = F.col("price") * F.coalesce("unit_factor", F.lit(1))
    quoted = F.when(is_transfer, F.coalesce(price, "quote", F.lit(0))).otherwise(price)
    gross = local_value(F.col("quantity"), quoted)
    amount = F.col("amount").cast(LOCAL)
    moved = F.coalesce(amount, F.col("quantity").cast(LOCAL))
    return (
        priced.withColumns({"is_cash": is_cash, "is_transfer": is_transfer})
        .withColumn("key", F.when(is_cash, F.col("ccy")).otherwise(F.col("instrument_id")))
        .withColumn("rate", F.coalesce("fx_rate", "rate", F.lit(0)))
        .withColumn("gross", F.when(is_cash, moved).otherwise(F.coalesce(gross, -amount)))
        .withColumn("units", F.when(is_cash, moved).otherwise(F.col("quantity").cast(LOCAL)))
        # What a trade cost beyond units x price is accrued interest that was paid for.
        .withColumn("worth", F.when(is_transfer, F.col("gross")).otherwise(F.coalesce(-amount, "gross")))
        .withColumn("cash", F.coalesce(amount, -F.col("gross")))
    )


def _split(amounts: DataFrame) -> DataFrame:
    """Turn each transaction into its leg at the position and its leg at the cash."""
    kind, is_transfer = F.col("kind"), F.col("is_transfer")
    is_trade, is_income, is_fee = kind.isin(*_TRADES), kind.isin(*_INCOME), kind == "fee"
    moves_units = is_trade | is_transfer
    worth, cash = (base_value(F.col(name), F.col("rate")) for name in ("worth", "cash"))
    at_position = _leg(
        F.col("key"),
        F.when(F.col("is_cash"), "CASH"),
        units=F.when(moves_units, F.col("units")),
        gross=F.when(moves_units, F.col("gross")),
        worth=F.when(moves_units, F.col("worth")),
        flow=F.when(moves_units, worth),
        external=F.when(is_transfer, worth),
        income=F.when(is_income, cash),
        fees=F.when(is_fee, cash),
        split_units=F.when(kind == "split", F.col("quantity")),
    )
    money = F.col("cash")
    at_cash = _leg(F.col("ccy"), F.lit("CASH"), units=money, gross=money, worth=money, flow=cash)
    both = F.array(at_position, F.when(is_trade | is_income | is_fee, at_cash))
    return (
        amounts.select("as_of_date", "client_id", "account_id", "ccy", F.explode(both).alias("leg"))
        .where("leg IS NOT NULL")
        .select("as_of_date", "client_id", "account_id", F.col("ccy").alias("booked_ccy"), "leg.*")
    )


def _leg(instrument: Column, booked_type: Column, **amounts: Column) -> Column:
    figures = (F.coalesce(amounts.get(name, F.lit(0)), F.lit(0)).cast(BASE).alias(name) for name in FIGURES)
    return F.struct(instrument.alias("instrument_id"), booked_type.alias("booked_type"), *figures)
