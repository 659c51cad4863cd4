"""Reading the book: the caller's clients with their newest figures, and totals that never mix currencies or days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from api import portfolio_models as models
from api.audit import record
from api.book_memory import BookMemory, read_members
from api.light_models import BookLights
from api.portfolio_ranges import common_status, worst_quality
from api.principal import Principal
from api.traffic_lights import TrafficLights, due_day, level_of
from clients.postgres import AsyncSession, Row, snapshot
from core.clock import utc_now

# `{lit}` and `{counts}` are what the rules of traffic lights look like in SQL.
_NEWEST = """
    LEFT JOIN LATERAL (
        SELECT * FROM client_metrics_current m WHERE m.client_id = c.client_id
        ORDER BY m.as_of_date DESC, m.revision DESC LIMIT 1
    ) m ON true LEFT JOIN LATERAL ({lit}) l ON m.client_id IS NOT NULL
"""
_PAGE = f"""
    SELECT c.client_id AS id, c.display, m.as_of_date, m.computed_at, m.revision, m.base_ccy, m.market_value,
           m.pnl_total, m.daily_return, m.drawdown, m.top_concentration, m.quality, m.status, l.*
    FROM (
        SELECT * FROM clients_seen_by(%(rm_id)s) WHERE client_id > %(after)s ORDER BY client_id LIMIT %(limit)s
    ) c {_NEWEST}
    ORDER BY c.client_id
"""  # noqa: S608
_TOTALS = f"""
    SELECT m.as_of_date, m.base_ccy, count(*) AS clients, sum(m.market_value) AS market_value,
           sum(m.pnl_total) AS pnl_total, array_agg(DISTINCT m.quality) AS qualities,
           array_agg(DISTINCT m.status) AS statuses, count(*) FILTER (WHERE l.level = 2) AS red,
           count(*) FILTER (WHERE l.level = 1) AS amber, {{counts}}
    FROM clients_seen_by(%(rm_id)s) c {_NEWEST}
    GROUP BY m.as_of_date, m.base_ccy
    ORDER BY m.base_ccy
"""  # noqa: S608


async def read_book(
    session: AsyncSession, principal: Principal, lights: TrafficLights, memory: BookMemory, *, limit: int, after: str
) -> bytes:
    """Return, as JSON, the clients after the id `after`, with totals over the whole book in the same snapshot."""
    due = due_day(utc_now().date())
    async with snapshot(session):
        members = await read_members(session, principal, limit=limit, after=after)
        await record(session, principal, "book.listed", clients=members.shown)
        key = ("book", members.key, due, limit, after)
        known = memory.recall(key)
        if known is not None:
            return known
        parameters = {"rm_id": principal.rm_id, "after": after, "limit": limit + 1, **lights.parameters(due)}
        page, totals = (text.format(lit=lights.sql, counts=lights.counts_sql) for text in (_PAGE, _TOTALS))
        rows = await (await session.execute(page.encode(), parameters)).fetchall()
        groups = await (await session.execute(totals.encode(), parameters)).fetchall()
    return memory.keep(key, _book(rows, groups, lights, limit).model_dump_json().encode())


def _book(rows: Sequence[Row], groups: Sequence[Row], lights: TrafficLights, limit: int) -> models.Book:
    shown = rows[:limit]
    as_of = max((group["as_of_date"] for group in groups if group["as_of_date"]), default=None)
    return models.Book(
        as_of=as_of,
        clients=_count(groups),
        late=_count([group for group in groups if group["as_of_date"] not in (None, as_of)]),
        without_figures=_count([group for group in groups if group["as_of_date"] is None]),
        totals=[_total(group) for group in groups if as_of is not None and group["as_of_date"] == as_of],
        lights=_lights(groups, lights),
        items=[_client(row, as_of, lights) for row in shown],
        next=shown[-1]["id"] if len(rows) > limit else None,
    )


def _count(groups: Sequence[Row]) -> int:
    return sum(group["clients"] for group in groups)


def _total(group: Row) -> models.BookTotal:
    return models.BookTotal(**group, quality=worst_quality(group["qualities"]), status=common_status(group["statuses"]))


def _lights(groups: Sequence[Row], lights: TrafficLights) -> BookLights:
    known = [group for group in groups if group["as_of_date"] is not None]
    red, amber = (sum(group[level] for group in known) for level in ("red", "amber"))
    return BookLights(red=red, amber=amber, green=_count(known) - red - amber, rules=lights.count(known))


def _client(row: Row, newest: date | None, lights: TrafficLights) -> models.BookClient:
    day = row["as_of_date"]
    if day is None:
        return models.BookClient(client_id=row["id"], display=row["display"], figures=None)
    lit = {"level": level_of(row["level"]), "lights": lights.lights(row, only_lit=True)}
    figures = models.BookFigures(**{**row, **lit}, as_of=day, late=day != newest)
    return models.BookClient(client_id=row["id"], display=row["display"], figures=figures)
