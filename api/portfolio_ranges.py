"""Sums and chained returns over ranges of days; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from operator import itemgetter, mul
from typing import Any

from api.portfolio_models import Pnl, Quality, Range, RangeName, Status

Day = Mapping[str, Any]
_AMOUNTS = ("total", "price", "fx", "trading", "income", "fees", "unexplained", "net_flows")
_amounts = itemgetter(*(name if name == "net_flows" else f"pnl_{name}" for name in _AMOUNTS))
# From the best to the worst.
QUALITIES: tuple[Quality, ...] = ("ok", "restated", "stale", "estimated", "missing")
RETURN = Decimal("1e-10")
SERIES_DAYS = 90
# Figures before a year's first day say that the year is complete; holidays may keep them some days away.
MARGIN = timedelta(days=14)


def ranges(days: Sequence[Day]) -> list[Range]:
    """Return day, week, month and year to date and one year, each up to the last of the days, oldest first.

    Days before a change of the base currency are left out: their amounts do not add to ours. All ranges end on the
    same day, so sums from there back serve them all. Chain-linking daily returns is the method of the GIPS standards;
    flows are taken at the start of their day.
    """
    other = _last_day_of_another_currency(days)
    newest_first = [day for day in reversed(days) if day["as_of_date"] > other]
    dates = [day["as_of_date"] for day in newest_first]
    amounts = list(zip(*map(accumulate, zip(*map(_amounts, newest_first), strict=True)), strict=True))
    indices = list(accumulate((1 + day["daily_return"] for day in newest_first), mul))
    found = []
    for name, start in first_days(dates[0]).items():
        inside = newest_first[: sum(day >= start for day in dates)]
        last = len(inside) - 1
        found.append(
            Range(
                name=name,
                first_day=dates[last],
                days=len(inside),
                complete=dates[-1] < start,
                pnl=_pnl(amounts[last]),
                twr=(indices[last] - 1).quantize(RETURN),
                quality=worst_quality(day["quality"] for day in inside),
                status=common_status(day["status"] for day in inside),
            )
        )
    return found


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


def pnl(row: Day) -> Pnl:
    """Return the P&L of one row, its parts and the flows."""
    return _pnl(_amounts(row))


def worst_quality(qualities: Iterable[Quality]) -> Quality:
    """Return the worst of some qualities, `ok` when there are none."""
    return max(set(qualities), key=QUALITIES.index, default="ok")


def common_status(statuses: Iterable[Status]) -> Status:
    """Return `flash` when any figure is provisional, else `restated` when any was corrected, else `final`."""
    found = set(statuses)
    if "flash" in found:
        return "flash"
    return "restated" if "restated" in found else "final"


def _last_day_of_another_currency(days: Sequence[Day]) -> date:
    others = (day["as_of_date"] for day in days if day["base_ccy"] != days[-1]["base_ccy"])
    return max(others, default=date.min)


def _pnl(amounts: Iterable[Decimal]) -> Pnl:
    return Pnl(**dict(zip(_AMOUNTS, amounts, strict=True)))
