"""Reading a client's figures: which revision holds, the year that leads there, and the positions behind it."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from api import portfolio_models as models
from api.audit import record
from api.portfolio_ranges import MARGIN, SERIES_DAYS, common_status, pnl, ranges, worst_quality, year_before
from api.principal import Principal
from api.traffic_lights import TrafficLights, due_day, level_of
from clients.postgres import AsyncSession, Row, snapshot
from core.clock import utc_now
from core.errors import BadInput, NotFound

# Beyond what the column holds.
LARGEST = Decimal(10) ** 18

_DAY = """
    SELECT c.display, c.client_id AS id, m.*{more} FROM clients c LEFT JOIN LATERAL (
        SELECT * FROM client_metrics_known_at(coalesce(%(known_at)s::timestamptz, 'infinity')) m
        WHERE m.client_id = c.client_id
          AND m.as_of_date BETWEEN coalesce(%(day)s::date, '-infinity') AND coalesce(%(day)s::date, 'infinity')
        ORDER BY m.as_of_date DESC, m.revision DESC LIMIT 1
    ) m ON true{lit}
    WHERE c.client_id = %(client_id)s AND may_see(%(rm_id)s, c.client_id)
"""
_LIT = " LEFT JOIN LATERAL ({}) l ON m.client_id IS NOT NULL"
_HISTORY = """
    SELECT as_of_date, base_ccy, market_value, pnl_total, pnl_price, pnl_fx, pnl_trading, pnl_income, pnl_fees,
           pnl_unexplained, net_flows, daily_return, twr, drawdown, quality, status
    FROM client_metrics_known_at(coalesce(%(known_at)s::timestamptz, 'infinity'))
    WHERE client_id = %(client_id)s AND as_of_date BETWEEN %(since)s AND %(until)s
    ORDER BY as_of_date
"""
_POSITIONS = """
    SELECT * FROM positions_eod
    WHERE client_id = %(client_id)s AND as_of_date = %(day)s AND revision = %(revision)s
      AND (%(value)s::numeric IS NULL
           OR (-market_value, account_id, instrument_id) > (-%(value)s, %(account)s, %(instrument)s))
    ORDER BY -market_value, account_id, instrument_id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose figures, of which day (by default the newest), and as they were known when (by default now)."""

    client_id: str
    day: date | None
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """The place after a position in the list's order, within one revision of one day; opaque to callers."""

    day: date
    revision: int
    market_value: Decimal
    account_id: str
    instrument_id: str

    def encode(self) -> str:
        """Return the text that `parse_place` reads."""
        parts = [str(self.day), self.revision, str(self.market_value), self.account_id, self.instrument_id]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def parse_place(text: str) -> Place:
    """Return the place a cursor names; BadInput when it is not one of ours."""
    try:
        day, revision, value, account, instrument = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        place = Place(date.fromisoformat(day), int(revision), Decimal(value), str(account), str(instrument))
        # What PostgreSQL could not even compare with.
        if (
            abs(place.market_value) >= LARGEST
            or not 0 < place.revision < 2**31
            or b"\0" in f"{account}{instrument}".encode()
        ):
            raise ValueError(text)
    except (ValueError, TypeError, binascii.Error, InvalidOperation, RecursionError, OverflowError):
        raise BadInput("this is not a cursor that we gave out", code="bad_cursor") from None
    return place


async def read_health(
    session: AsyncSession, principal: Principal, asked: Asked, lights: TrafficLights
) -> models.Health:
    """Return a client's figures; NotFound when there are none, or the client is not the caller's."""
    async with snapshot(session):
        day = await _day(session, principal, asked, lights)
        until = day["as_of_date"]
        span = {
            "client_id": asked.client_id,
            "known_at": asked.known_at,
            "since": year_before(until) - MARGIN,
            "until": until,
        }
        history = await (await session.execute(_HISTORY, span)).fetchall()
        await _audit(session, principal, "portfolio.viewed", day)
    return _health(day, history, lights)


async def read_positions(
    session: AsyncSession, principal: Principal, asked: Asked, *, limit: int, place: Place | None
) -> models.PositionPage:
    """Return a page of positions, largest value first; later pages stay in the revision of the first."""
    async with snapshot(session):
        day = await _day(session, principal, asked)
        parameters = {
            "client_id": asked.client_id,
            "day": place.day if place else day["as_of_date"],
            "revision": place.revision if place else day["positions_revision"],
            "value": place and place.market_value,
            "account": place and place.account_id,
            "instrument": place and place.instrument_id,
            "limit": limit + 1,
        }
        rows = await (await session.execute(_POSITIONS, parameters)).fetchall()
        await _audit(session, principal, "positions.viewed", day)
    shown = rows[:limit]
    return models.PositionPage(
        client_id=asked.client_id,
        base_ccy=day["base_ccy"],
        as_of=parameters["day"],
        revision=parameters["revision"],
        quality=day["quality"],
        status=day["status"],
        items=[models.Position(**row, pnl=pnl(row)) for row in shown],
        next=_after(shown[-1]).encode() if len(rows) > limit else None,
    )


async def _day(session: AsyncSession, principal: Principal, asked: Asked, lights: TrafficLights | None = None) -> Row:
    """Return the day's row with the client's display name and, if asked for, its traffic lights."""
    parameters: dict[str, Any] = {
        "client_id": asked.client_id,
        "rm_id": principal.rm_id,
        "day": asked.day,
        "known_at": asked.known_at,
    }
    query = _DAY.format(more="", lit="")
    if lights is not None:
        # Only of the newest figures can it be said that they are late.
        newest = asked.day is None and asked.known_at is None
        parameters |= lights.parameters(due_day(utc_now().date()) if newest else None)
        query = _DAY.format(more=", l.*", lit=_LIT.format(lights.sql))
    day = await (await session.execute(query.encode(), parameters)).fetchone()
    if day is None:
        raise NotFound("no such client")
    if day["as_of_date"] is None:
        raise NotFound("there are no figures of this client for that", code="no_figures")
    return day


async def _audit(session: AsyncSession, principal: Principal, action: str, day: Row) -> None:
    """Record who saw which figures of which client."""
    seen = {"as_of": str(day["as_of_date"]), "revision": day["revision"]}
    await record(session, principal, action, clients=[day["client_id"]], subject=day["client_id"], detail=seen)


def _health(day: Row, history: Sequence[Row], lights: TrafficLights) -> models.Health:
    grade = {"quality": day["quality"], "status": day["status"]}
    year_start, series_start = year_before(day["as_of_date"]), day["as_of_date"] - timedelta(days=SERIES_DAYS)
    year = [row for row in history if row["as_of_date"] > year_start]
    recent = [row for row in history if row["as_of_date"] > series_start]
    return models.Health(
        **grade,
        client_id=day["client_id"],
        display=day["display"],
        base_ccy=day["base_ccy"],
        as_of=day["as_of_date"],
        computed_at=day["computed_at"],
        revision=day["revision"],
        run_id=str(day["run_id"]),
        twr_since_inception=day["twr"],
        value=models.Value(
            **grade,
            market_value=day["market_value"],
            positions=day["positions"],
            quality_counts=day["quality_counts"],
        ),
        ranges=ranges(history),
        drawdown=models.Drawdown(
            quality=worst_quality(row["quality"] for row in year),
            status=common_status(row["status"] for row in year),
            current=day["drawdown"],
            worst_1y=min(row["drawdown"] for row in year),
        ),
        concentrations=models.Concentrations(**grade, top=day["top_concentration"], **day["concentrations"]),
        movers=models.Movers(**grade, **day["top_movers"]),
        lights=models.Lights(**grade, level=level_of(day["level"]), rules=lights.lights(day)),
        series=[models.SeriesPoint(**row, as_of=row["as_of_date"]) for row in recent],
    )


def _after(row: Row) -> Place:
    return Place(row["as_of_date"], row["revision"], row["market_value"], row["account_id"], row["instrument_id"])
