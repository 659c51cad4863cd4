# ruff: noqa: S608 - every name in the SQL is ours
"""Whether all engines came to the same figures: sums of every column, and clients that differ in any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from clients.postgres import connect
from core.settings import Settings

MONEY = (
    "market_value", "pnl_total", "pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained",
    "net_flows",
)  # fmt: skip
OTHERS = (
    "daily_return", "twr", "drawdown", "top_concentration", "concentrations", "top_movers", "quality", "quality_counts",
    "positions",
)  # fmt: skip
REFERENCE = "product"


def read_day(settings: Settings, day: date) -> dict[str, dict[str, Any]]:
    """Return the day's figures by client."""
    query = f"SELECT client_id, {', '.join(MONEY + OTHERS)} FROM client_metrics_current WHERE as_of_date = %s"
    with connect(settings) as session:
        return {row.pop("client_id"): row for row in session.execute(query.encode(), (day,))}


def compare(found: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Compare engines' figures of one day, client by client, with the product's.

    Returns the sums, and for each peer: whether money agrees (each sum to 0.01 a client, as rounded differently), the
    largest difference of any client in any money column, and by column how many clients differ at all.
    """
    reference = found[REFERENCE]
    sums = _sums(reference)
    result: dict[str, Any] = {"clients": len(reference), "sums": {name: str(value) for name, value in sums.items()}}
    for engine, rows in found.items():
        if engine == REFERENCE:
            continue
        allowed = Decimal("0.01") * max(len(reference), 1)
        same_clients = rows.keys() == reference.keys()
        both = [(rows[client], reference[client]) for client in rows.keys() & reference.keys()]
        off = {name: abs(value - sums[name]) for name, value in _sums(rows).items()}
        differing = {name: sum(one[name] != other[name] for one, other in both) for name in MONEY + OTHERS}
        result[engine] = {
            "agrees": same_clients and all(value <= allowed for value in off.values()),
            "largest_difference": str(max((abs(one[n] - other[n]) for one, other in both for n in MONEY), default=0)),
            "clients_that_differ": {name: count for name, count in differing.items() if count},
        }
    return result


def _sums(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Decimal]:
    return {name: sum((row[name] for row in rows.values()), Decimal(0)) for name in MONEY}
