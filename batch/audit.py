"""What must hold between the two gold tables, and between them and silver, before anyone may read them."""

from __future__ import annotations

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812

from batch.performance import CLIENT, SUMS
from batch.pnl import PARTS


def sums_that_differ(positions: DataFrame, clients: DataFrame) -> list[str]:
    """Return what is wrong with staged rows: a client is the sum of its positions, P&L the sum of its parts.

    Args:
        positions: rows of gold.position_metrics as staged.
        clients: rows of gold.client_metrics of the same days as staged.
    """
    parts = " + ".join(PARTS)
    added = positions.groupBy(*CLIENT).agg(
        *(F.sum(name).alias(f"sum_{name}") for name in SUMS),
        F.count_if(F.expr(f"pnl_total <> {parts}")).alias("open_rows"),
    )
    both = added.join(clients, CLIENT, "full")
    equal = " AND ".join(f"sum_{name} <=> {name}" for name in SUMS)
    (found,) = both.agg(
        F.count_if(F.expr(f"NOT ({equal})")).alias("differ"),
        F.coalesce(F.sum("open_rows"), F.lit(0)).alias("open"),
        F.count_if(F.expr(f"pnl_total <> {parts}")).alias("open_clients"),
    ).collect()
    sentences = {
        "differ": "clients and days are not the sum of their positions",
        "open": "positions have parts that do not add up to their total",
        "open_clients": "clients have parts that do not add up to their total",
    }
    return [f"{found[name]} {sentence}" for name, sentence in sentences.items() if found[name]]
