"""Where a client's money is, and what moved it today: the JSON columns of the client's row."""

from __future__ import annotations

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from batch.valuation import MONEY

_LARGEST = 10
_MOVERS = 5
_DIMENSIONS = {"instrument": "instrument_id", "currency": "price_ccy", "id_type": "id_type"}
_RATIO = "decimal(28,10)"


def concentrations(positions: DataFrame) -> DataFrame:
    """Return per client and day its concentrations and movers, from rows of gold.position_metrics.

    Columns: as_of_date, client_id; top_concentration, the largest share of one instrument other than cash; and the JSON
    texts concentrations, `{instrument, currency, id_type: [{name, market_value, weight}]}` with the ten largest of
    each by absolute value, and top_movers, `{best, worst: [{instrument_id, pnl_total}]}` with at most five gains and
    five losses. Accounts are added up; money and weights are decimal text; the shares of a client worth 0 are 0.
    """
    client = ["as_of_date", "client_id"]
    groups = F.array(*(F.struct(F.lit(of).alias("of"), F.col(c).alias("name")) for of, c in _DIMENSIONS.items()))
    totals = (
        positions.select(*client, "id_type", "market_value", "pnl_total", F.explode(groups).alias("group"))
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
    largest = F.struct(*(_largest(of).alias(of) for of in _DIMENSIONS))
    movers = F.struct(_movers(1).alias("best"), _movers(-1).alias("worst"))
    return entries.select(
        *client,
        _top().alias("top_concentration"),
        F.to_json(largest).alias("concentrations"),
        F.to_json(movers).alias("top_movers"),
    )


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
