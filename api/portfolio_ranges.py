"""Sums and chained returns over ranges of days; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from api.portfolio_models import Pnl, Quality, Range, RangeName, Status

Day = Mapping[str, Any]
# From the best to the worst.
QUALITIES: tuple[Quality, ...] = ("ok", "restated", "stale", "estimated", "missing")
RETURN = Decimal("1e-10")
SERIES_DAYS = 90
# Figures before a year's first day say that the year is complete; holidays may keep them some days away.
MARGIN = timedelta(days=14)


def ranges(days: Sequence[Day]) -> list[Range]:
    """Return day, week, month and year to date and one year, each up to the last of the days, oldest first.

    Days before a change of the base currency are left out: their amounts do not add to ours.
    """
    comparable = [day for day in days if day["as_of_date"] > _last_day_of_another_currency(days)]
    return [_range(name, start, comparable) for name, start in first_days(days[-1]["as_of_date"]).items()]


def first_days(as_of: date) -> dict[RangeName, date]:
    """Return the first day that counts into each range ending on `as_of`."""
    return {
        "day": as_of,
        "wtd": as_of - timedelta(days=as_of.weekday()),
        "mtd": as_of.replace(day=1),
        "ytd": as_of.replace(month=1, day=1),
        "1y": year_before(as_of) + timedelta(days=1),
    }


def year_before(day: date) -> date:
    """Return the same day of the year before; 28 February for a leap day."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def pnl(days: Iterable[Day]) -> Pnl:
    """Return the sums of P&L, its parts and the flows."""
    rows = list(days)
    parts = ("total", "price", "fx", "trading", "income", "fees", "unexplained")
    sums = {part: sum((row[f"pnl_{part}"] for row in rows), Decimal(0)) for part in parts}
    return Pnl(**sums, net_flows=sum((row["net_flows"] for row in rows), Decimal(0)))


def chained_return(days: Iterable[Day]) -> Decimal:
    """Return the time-weighted return: the product of (1 + daily return), less 1, to ten decimals.

    Chain-linking daily returns is the method of the GIPS standards; flows are taken at the start of their day.
    """
    index = Decimal(1)
    for day in days:
        index *= 1 + day["daily_return"]
    return (index - 1).quantize(RETURN)


def worst_quality(qualities: Iterable[Quality]) -> Quality:
    """Return the worst of some qualities, `ok` when there are none."""
    return max(qualities, key=QUALITIES.index, default="ok")


def common_status(statuses: Iterable[Status]) -> Status:
    """Return `flash` when any figure is provisional, else `restated` when any was corrected, else `final`."""
    found = set(statuses)
    if "flash" in found:
        return "flash"
    return "restated" if "restated" in found else "final"


def _last_day_of_another_currency(days: Sequence[Day]) -> date:
    others = (day["as_of_date"] for day in days if day["base_ccy"] != days[-1]["base_ccy"])
    return max(others, default=date.min)


def _range(name: RangeName, start: date, days: Sequence[Day]) -> Range:
    inside = [day for day in days if day["as_of_date"] >= start]
    return Range(
        name=name,
        first_day=inside[0]["as_of_date"],
        days=len(inside),
        complete=days[0]["as_of_date"] < start,
        pnl=pnl(inside),
        twr=chained_return(inside),
        quality=worst_quality(day["quality"] for day in inside),
        status=common_status(day["status"] for day in inside),
    )
