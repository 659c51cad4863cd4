"""Clients' rows in Polars, as `batch.performance` and `batch.concentration` make them."""

from __future__ import annotations

import polars as pl
from polars import col, lit, when

QUALITIES = ["ok", "stale", "estimated", "missing"]
LARGEST, MOVERS = 10, 5
MONEY, RATIO = pl.Decimal(20, 2), pl.Decimal(28, 10)
SUMS = [
    "market_value", "pnl_total", "pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained",
    "net_flows",
]  # fmt: skip


def quality_name(rank: pl.Expr) -> pl.Expr:
    """Return the name of a quality's rank."""
    return rank.replace_strict(range(len(QUALITIES)), QUALITIES, return_dtype=pl.String)


def share(value: pl.Expr, net: pl.Expr) -> pl.Expr:
    """Return a share in ten decimals, made in floats."""
    return when(net == 0).then(0.0).otherwise(value.cast(pl.Float64) / net.cast(pl.Float64)).round(10).cast(RATIO)


def client_rows(positions: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Return the figures of each client from those of its positions and of the day before."""
    counts = pl.struct((col("quality_rank") == rank).sum().alias(name) for rank, name in enumerate(QUALITIES))
    sums = positions.group_by("client_id").agg(
        col("base_ccy").first(),
        *(col(name).sum().cast(MONEY) for name in SUMS),
        quality_name(col("quality_rank").max()).alias("quality"),
        counts.alias("counts"),
        (col("quantity") != 0).sum().alias("positions"),
    )
    rows = sums.with_columns(col("counts").struct.json_encode().alias("quality_counts"))
    entries = _entries(positions, sums)
    rows = rows.join(_largest(entries), on="client_id").join(_movers(entries), on="client_id", how="left")
    none = lit('{"best":[],"worst":[]}')
    return _returns(rows, before).with_columns(top_movers=col("top_movers").fill_null(none))


def _entries(positions: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Return value and P&L of each instrument, currency and type of each client, with the client's net value."""
    dimensions = {"instrument": "instrument_id", "currency": "price_ccy", "id_type": "id_type"}
    grouped = [
        positions.group_by("client_id", col(column).alias("name")).agg(
            lit(dimension).alias("dimension"),
            col("market_value").sum().cast(MONEY).alias("value"),
            col("pnl_total").sum().cast(MONEY).alias("pnl"),
            (col("id_type") == "CASH").all().alias("is_cash"),
        )
        for dimension, column in dimensions.items()
    ]
    return pl.concat(grouped).join(sums.select("client_id", net="market_value"), on="client_id")


def _largest(entries: pl.DataFrame) -> pl.DataFrame:
    """Return top_concentration and the JSON of the largest entries of each dimension."""
    weight = share(col("value"), col("net"))
    is_single = (col("dimension") == "instrument") & ~col("is_cash")
    top = entries.group_by("client_id").agg(
        weight.filter(is_single).abs().max().fill_null(0).alias("top_concentration")
    )
    ranked = entries.filter(col("value") != 0).sort(col("value").abs(), "name", descending=[True, False])
    entry = pl.struct("name", market_value=col("value").cast(pl.String), weight=weight.cast(pl.String))
    lists = ranked.group_by("client_id", "dimension", maintain_order=True).agg(entry.head(LARGEST).alias("entries"))
    wide = lists.pivot("dimension", index="client_id", values="entries")
    wide = wide.with_columns(
        pl.struct("instrument", "currency", "id_type").struct.json_encode().alias("concentrations")
    )
    return top.join(wide.select("client_id", "concentrations"), on="client_id")


def _movers(entries: pl.DataFrame) -> pl.DataFrame:
    """Return the JSON of the largest gains and losses."""
    moved = entries.filter((col("dimension") == "instrument") & (col("pnl") != 0))
    ranked = moved.sort(col("pnl").abs(), "name", descending=[True, False])
    entry = pl.struct(instrument_id="name", pnl_total=col("pnl").cast(pl.String))
    lists = ranked.group_by("client_id", maintain_order=True).agg(
        entry.filter(col("pnl") > 0).head(MOVERS).alias("best"),
        entry.filter(col("pnl") < 0).head(MOVERS).alias("worst"),
    )
    return lists.select("client_id", pl.struct("best", "worst").struct.json_encode().alias("top_movers"))


def _returns(rows: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Link the day's return to the chain of the day before."""
    known = before.filter(col("positions") > 0).select(
        "client_id", value_before="market_value", index_before="twr_index", peak_before="twr_peak"
    )
    rows = rows.join(known, on="client_id", how="left")
    implied = col("market_value") - col("pnl_total") - col("net_flows")
    invested = pl.coalesce("value_before", implied) + pl.max_horizontal("net_flows", lit(0))
    growth = when(invested > 0).then(col("pnl_total").cast(pl.Float64) / invested.cast(pl.Float64)).otherwise(0.0)
    index = col("index_before").fill_null(1.0) * (1 + col("growth"))
    rows = rows.with_columns(growth=growth).with_columns(twr_index=index)
    rows = rows.with_columns(twr_peak=pl.max_horizontal(col("peak_before").fill_null(1.0), "twr_index"))
    return rows.with_columns(
        daily_return=col("growth").round(10),
        twr=(col("twr_index") - 1).round(10),
        drawdown=(col("twr_index") / col("twr_peak") - 1).round(10),
    )
