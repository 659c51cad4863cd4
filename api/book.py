"""Reading the book: the caller's clients with their newest figures, and totals that never mix currencies or days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api import portfolio_models as models
from api.audit import record
from api.portfolio_ranges import common_status, worst_quality
from api.principal import Principal
from clients.postgres import AsyncSession, Row

_NEWEST = """
    LATERAL (
        SELECT * FROM client_metrics_current m WHERE m.client_id = c.client_id
        ORDER BY m.as_of_date DESC, m.revision DESC LIMIT 1
    ) k
"""
_PAGE = f"""
    SELECT c.client_id AS id, c.display, k.* FROM (
        SELECT * FROM clients_seen_by(%(rm_id)s) WHERE client_id > %(after)s ORDER BY client_id LIMIT %(limit)s
    ) c LEFT JOIN {_NEWEST} ON true
    ORDER BY c.client_id
"""  # noqa: S608
_TOTALS = f"""
    SELECT k.as_of_date, k.base_ccy, count(*) AS clients, sum(k.market_value) AS market_value,
           sum(k.pnl_total) AS pnl_total, array_agg(DISTINCT k.quality) AS qualities,
           array_agg(DISTINCT k.status) AS statuses
    FROM clients_seen_by(%(rm_id)s) c LEFT JOIN {_NEWEST} ON true
    GROUP BY k.as_of_date, k.base_ccy
    ORDER BY k.base_ccy
"""  # noqa: S608


async def read_book(session: AsyncSession, principal: Principal, *, limit: int, after: str) -> models.Book:
    """Return the clients that come after the id `after`, with totals over the whole book in the same snapshot."""
    parameters = {"rm_id": principal.rm_id, "after": after, "limit": limit + 1}
    async with session.transaction():
        await session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        rows = await (await session.execute(_PAGE.encode(), parameters)).fetchall()
        groups = await (await session.execute(_TOTALS.encode(), parameters)).fetchall()
        shown = rows[:limit]
        await record(session, principal, "book.listed", clients=[row["id"] for row in shown])
    as_of = max((group["as_of_date"] for group in groups if group["as_of_date"]), default=None)
    return models.Book(
        as_of=as_of,
        clients=_count(groups),
        late=_count([group for group in groups if group["as_of_date"] not in (None, as_of)]),
        without_figures=_count([group for group in groups if group["as_of_date"] is None]),
        totals=[_total(group) for group in groups if as_of is not None and group["as_of_date"] == as_of],
        items=[_client(row, as_of) for row in shown],
        next=shown[-1]["id"] if len(rows) > limit else None,
    )


def _count(groups: Sequence[Row]) -> int:
    return sum(group["clients"] for group in groups)


def _total(group: Row) -> models.BookTotal:
    return models.BookTotal(**group, quality=worst_quality(group["qualities"]), status=common_status(group["statuses"]))


def _client(row: Row, newest: date | None) -> models.BookClient:
    day = row["as_of_date"]
    figures = models.BookFigures(**row, as_of=day, late=day != newest) if day else None
    return models.BookClient(client_id=row["id"], display=row["display"], figures=figures)
