"""The book's portfolio health: the clients of each base currency together, as if they were one portfolio.

Returns are those of the sum: a day's P&L over what was invested, yesterday's value and what came in since, linked day
by day (the aggregate method of the GIPS standards).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from api import portfolio_models as models
from api.audit import record
from api.book_memory import BookMemory, read_members
from api.portfolio_ranges import MARGIN, RETURN, SERIES_DAYS, common_status, ranges, worst_quality, year_before
from api.principal import Principal
from clients.postgres import AsyncSession, Row, snapshot

_SHARES_SHOWN, _MOVERS_SHOWN = 10, 5

_NEWEST = """
    SELECT c.client_id, m.base_ccy, m.as_of_date FROM unnest(%(ids)s::text[]) c (client_id), LATERAL (
        SELECT base_ccy, as_of_date FROM client_metrics_current m WHERE m.client_id = c.client_id
        ORDER BY m.as_of_date DESC LIMIT 1
    ) m
"""
_OF_MEMBERS = "unnest(%(ids)s::text[], %(ccys)s::text[]) AS of (client_id, base_ccy)"
_DAYS = f"""
    SELECT m.base_ccy, m.as_of_date, sum(m.market_value) AS market_value, sum(m.net_flows) AS net_flows,
           sum(m.pnl_total) AS pnl_total, sum(m.pnl_price) AS pnl_price, sum(m.pnl_fx) AS pnl_fx,
           sum(m.pnl_trading) AS pnl_trading, sum(m.pnl_income) AS pnl_income, sum(m.pnl_fees) AS pnl_fees,
           sum(m.pnl_unexplained) AS pnl_unexplained,
           sum(m.market_value - m.pnl_total - m.net_flows + greatest(m.net_flows, 0)) AS invested,
           array_agg(DISTINCT m.quality) AS qualities, array_agg(DISTINCT m.status) AS statuses
    FROM {_OF_MEMBERS} JOIN client_metrics_current m USING (client_id, base_ccy)
    WHERE m.as_of_date BETWEEN %(since)s AND %(until)s
    GROUP BY m.base_ccy, m.as_of_date
    ORDER BY m.base_ccy, m.as_of_date
"""  # noqa: S608
_SHARES = f"""
    SELECT m.base_ccy, sort.key AS sort, one ->> 'name' AS name, sum((one ->> 'market_value')::numeric) AS market_value
    FROM {_OF_MEMBERS} JOIN client_metrics_current m USING (client_id, base_ccy),
         jsonb_each(m.concentrations) sort, jsonb_array_elements(sort.value) one
    WHERE m.as_of_date = %(until)s
    GROUP BY 1, 2, 3
"""  # noqa: S608
_MOVED = f"""
    SELECT m.base_ccy, p.instrument_id, sum(p.pnl_total) AS pnl_total
    FROM {_OF_MEMBERS} JOIN client_metrics_current m USING (client_id, base_ccy)
    JOIN positions_eod p ON (p.as_of_date, p.client_id, p.revision) = (m.as_of_date, m.client_id, m.positions_revision)
    WHERE m.as_of_date = %(until)s
    GROUP BY 1, 2 HAVING sum(p.pnl_total) <> 0
"""  # noqa: S608


async def read_book_health(session: AsyncSession, principal: Principal, memory: BookMemory) -> bytes:
    """Return, as JSON, the health of the caller's clients that have figures of the book's newest day, by currency."""
    async with snapshot(session):
        members = await read_members(session, principal)
        await record(session, principal, "book.viewed", clients=members.shown)
        key = ("book health", members.key)
        known = memory.recall(key)
        if known is not None:
            return known
        newest = await (await session.execute(_NEWEST, {"ids": members.shown})).fetchall()
        health = await _read(session, newest)
    return memory.keep(key, health.model_dump_json().encode())


async def _read(session: AsyncSession, newest: Sequence[Row]) -> models.BookHealth:
    until = max((row["as_of_date"] for row in newest), default=None)
    if until is None:
        return models.BookHealth(as_of=None, currencies=[])
    counted = [row for row in newest if row["as_of_date"] == until]
    asked = {
        "ids": [row["client_id"] for row in counted],
        "ccys": [row["base_ccy"] for row in counted],
        "since": year_before(until) - MARGIN,
        "until": until,
    }
    read = [await (await session.execute(query.encode(), asked)).fetchall() for query in (_DAYS, _SHARES, _MOVED)]
    clients = Counter(asked["ccys"])
    currencies = [
        _health(ccy, clients[ccy], *([row for row in rows if row["base_ccy"] == ccy] for rows in read))
        for ccy in sorted(clients)
    ]
    return models.BookHealth(as_of=until, currencies=currencies)


def _health(
    ccy: str, clients: int, history: Sequence[Row], shares: Sequence[Row], moved: Sequence[Row]
) -> models.CurrencyHealth:
    days = [{**row, **_grade(row), "daily_return": _return(row)} for row in history]
    last, indices = days[-1], list(_indices(days))
    year = [(day, below) for day, below in zip(days, _below_peak(indices), strict=True)
            if day["as_of_date"] > year_before(last["as_of_date"])]  # fmt: skip
    grade = _grade(last)
    recent = [(day, index) for day, index in zip(days, indices, strict=True)
              if day["as_of_date"] > last["as_of_date"] - timedelta(days=SERIES_DAYS)]  # fmt: skip
    return models.CurrencyHealth(
        **grade,
        base_ccy=ccy,
        clients=clients,
        market_value=last["market_value"],
        ranges=ranges(days),
        drawdown=models.Drawdown(
            quality=worst_quality(day["quality"] for day, _ in year),
            status=common_status(day["status"] for day, _ in year),
            current=year[-1][1],
            worst_1y=min(below for _, below in year),
        ),
        concentrations=_concentrations(grade, shares, last["market_value"]),
        movers=models.Movers(**grade, best=_movers(moved, 1), worst=_movers(moved, -1)),
        series=[
            models.SeriesPoint(**{**day, "twr": (index - 1).quantize(RETURN)}, as_of=day["as_of_date"])
            for day, index in recent
        ],
    )


def _grade(row: Row) -> dict[str, Any]:
    if "qualities" not in row:
        return {"quality": row["quality"], "status": row["status"]}
    return {"quality": worst_quality(row["qualities"]), "status": common_status(row["statuses"])}


def _return(row: Row) -> Decimal:
    return (row["pnl_total"] / row["invested"] if row["invested"] > 0 else Decimal(0)).quantize(RETURN)


def _indices(days: Iterable[Row]) -> Iterable[Decimal]:
    index = Decimal(1)
    for day in days:
        index *= 1 + day["daily_return"]
        yield index


def _below_peak(indices: Iterable[Decimal]) -> Iterable[Decimal]:
    peak = Decimal(1)
    for index in indices:
        peak = max(peak, index)
        yield (index / peak - 1).quantize(RETURN)


def _concentrations(grade: dict[str, Any], shares: Sequence[Row], net: Decimal) -> models.Concentrations:
    sorts: dict[str, list[models.Share]] = {}
    for row in sorted(shares, key=lambda row: (-abs(row["market_value"]), row["name"] or "")):
        weight = (row["market_value"] / net if net else Decimal(0)).quantize(RETURN)
        share = models.Share(name=row["name"], market_value=row["market_value"], weight=weight)
        sorts.setdefault(row["sort"], []).append(share)
    cash = {share.name for share in sorts.get("currency", [])}
    held = (abs(share.weight) for share in sorts.get("instrument", []) if share.name not in cash)
    largest = {sort: found[:_SHARES_SHOWN] for sort, found in sorts.items()}
    return models.Concentrations(**grade, top=max(held, default=Decimal(0)), **largest)


def _movers(moved: Sequence[Row], sign: int) -> list[models.Mover]:
    of_sign = sorted((-sign * row["pnl_total"], row["instrument_id"]) for row in moved if sign * row["pnl_total"] > 0)
    return [models.Mover(instrument_id=name, pnl_total=-sign * ranked) for ranked, name in of_sign[:_MOVERS_SHOWN]]
