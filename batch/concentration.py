"""Where a client's money is, and what moved it today: the JSON columns of the client's row."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from batch.instruments import FACTS
from batch.marking import is_cash
from batch.valuation import MONEY

_LARGEST = 10
_MOVERS = 5
_DIMENSIONS = {"instrument": "instrument_id", "currency": "price_ccy", "id_type": "id_type"}
# Cash is a claim on the bank itself: it is a class, and counts neither as an issuer's nor as a country's.
_CASH_CLASS = "cash"
_NOT_OF_CASH = ("issuer", "country")
_RATIO = "decimal(28,10)"


def concentrations(positions: DataFrame, instruments: DataFrame | None) -> DataFrame:
    """Return per client and day its concentrations and movers, from rows of gold.position_metrics.

    Where instruments are described, by issuer, asset_class and country too; there the name of what no file described is
    null.

    Columns: as_of_date, client_id; top_concentration, the largest share of one instrument other than cash; and the JSON
    texts concentrations, `{instrument, currency, id_type: [{name, market_value, weight}]}` with the ten largest of
    each by absolute value, and top_movers, `{best, worst: [{instrument_id, pnl_total}]}` with at most five gains and
    five losses. Accounts are added up; money and weights are decimal text; the shares of a client worth 0 are 0.
    """
    client = ["as_of_date", "client_id"]
    dimensions = _DIMENSIONS if instruments is None else {**_DIMENSIONS, **{fact: fact for fact in FACTS}}
    rows = positions if instruments is None else _classified(positions, instruments)
    groups = F.array_compact(F.array(*(_group(of, column) for of, column in dimensions.items())))
    totals = (
        rows.select(*client, "id_type", "market_value", "pnl_total", F.explode(groups).alias("group"))
        .groupBy(*client, "group")
        .agg(
            F.sum("market_value").cast(MONEY).alias("value"),
            F.sum("pnl_total").cast(MONEY).alias("pnl"),
            F.bool_and(F.col("id_type") == "CASH").alias("is_cash"),
        )
    )
    entry = F.struct("group.*", "value", "pnl", "is_cash")
    net = F.sum(F.when(F.col("group.of") == "id_type", F.col("value"))).cast(MONEY)
    entries = totals.groupBy(*client).agg(F.collect_list(entry).alias("entries"), net.alias("net"))
    largest = F.struct(*(_largest(of).alias(of) for of in dimensions))
    movers = F.struct(_movers(1).alias("best"), _movers(-1).alias("worst"))
    return entries.select(
        *client,
        _top().alias("top_concentration"),
        F.to_json(largest).alias("concentrations"),
        F.to_json(movers).alias("top_movers"),
    )


def _classified(positions: DataFrame, instruments: DataFrame) -> DataFrame:
    """Add what each position's instrument was on its day."""
    held = positions.select(
        "as_of_date", "client_id", "id_type", "market_value", "pnl_total", "instrument_id", "price_ccy"
    )
    of_day = (
        (held["instrument_id"] == instruments["instrument_id"])
        & (held["as_of_date"] >= instruments["since"])
        & (instruments["until"].isNull() | (held["as_of_date"] < instruments["until"]))
    )
    classified = held.join(F.broadcast(instruments), of_day, "left").drop(instruments["instrument_id"])
    of_cash = F.when(is_cash(), F.lit(_CASH_CLASS)).otherwise(F.col("asset_class"))
    return classified.withColumn("asset_class", of_cash)


def _group(dimension: str, column: str) -> Column:
    group = F.struct(F.lit(dimension).alias("of"), F.col(column).alias("name"))
    return F.when(~is_cash(), group) if dimension in _NOT_OF_CASH else group


def _of(dimension: str) -> Column:
    return F.filter("entries", lambda entry: entry["of"] == dimension)


def _share(value: Column) -> Column:
    net = F.col("net")
    return F.when(net == 0, 0).otherwise(F.bround(value / F.when(net != 0, net), 10)).cast(_RATIO)


def _top() -> Column:
    names = F.filter(_of("instrument"), lambda entry: ~entry["is_cash"])
    return F.coalesce(F.array_max(F.transform(names, lambda entry: F.abs(_share(entry["value"])))), F.lit(0)).cast(
        _RATIO
    )


def _largest(dimension: str) -> Column:
    held = F.filter(_of(dimension), lambda entry: entry["value"] != 0)
    ranked = F.array_sort(
        F.transform(held, lambda e: F.struct((-F.abs(e["value"])).alias("rank"), e["name"], e["value"]))
    )
    return F.transform(
        F.slice(ranked, 1, _LARGEST),
        lambda entry: F.struct(
            entry["name"].alias("name"),
            entry["value"].cast("string").alias("market_value"),
            _share(entry["value"]).cast("string").alias("weight"),
        ),
    )


def _movers(sign: int) -> Column:
    """The largest gains (1) or losses (-1), the largest first."""
    moved = F.filter(_of("instrument"), lambda entry: entry["pnl"] * sign > 0)
    ranked = F.array_sort(F.transform(moved, lambda e: F.struct((e["pnl"] * -sign).alias("rank"), e["name"], e["pnl"])))
    return F.transform(
        F.slice(ranked, 1, _MOVERS),
        lambda entry: F.struct(entry["name"].alias("instrument_id"), entry["pnl"].cast("string").alias("pnl_total")),
    )
