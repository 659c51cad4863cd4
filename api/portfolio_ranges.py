"""Sums and chained returns over ranges of days; no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from operator import add, itemgetter
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

    Days before a change of the base currency are left out: their amounts do not add to ours. One walk back from the
    last day adds up all ranges, since each ends on it.
    """
    other = _last_day_of_another_currency(days)
    comparable = [day for day in days if day["as_of_date"] > other]
    starts = first_days(days[-1]["as_of_date"])
    # The latest start last, where it is taken from first.
    open_, found, sums = sorted(starts, key=lambda name: starts[name]), {}, _Sums()
    for at in range(len(comparable) - 1, -1, -1):
        sums.add(comparable[at])
        before = comparable[at - 1]["as_of_date"] if at else date.min
        while open_ and starts[open_[-1]] > before:
            name = open_.pop()
            found[name] = sums.range(name, complete=comparable[0]["as_of_date"] < starts[name])
    return [found[name] for name in starts]


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
    return Pnl(**dict(zip(_AMOUNTS, _amounts(row), strict=True)))


class _Sums:
    """Amounts, returns and grades of the days that were added."""

    def __init__(self) -> None:
        self._amounts: Sequence[Decimal] = [Decimal(0)] * len(_AMOUNTS)
        # Chain-linking daily returns is the method of the GIPS standards; flows are taken at the start of their day.
        self._index = Decimal(1)
        self._first_day, self._days = date.max, 0
        self._qualities: set[Quality] = set()
        self._statuses: set[Status] = set()

    def add(self, day: Day) -> None:
        """Add the day before those that are in already."""
        self._amounts = list(map(add, self._amounts, _amounts(day)))
        self._index *= 1 + day["daily_return"]
        self._first_day, self._days = day["as_of_date"], self._days + 1
        self._qualities.add(day["quality"])
        self._statuses.add(day["status"])

    def range(self, name: RangeName, *, complete: bool) -> Range:
        """Return what they come to."""
        return Range(
            name=name,
            first_day=self._first_day,
            days=self._days,
            complete=complete,
            pnl=Pnl(**dict(zip(_AMOUNTS, self._amounts, strict=True))),
            twr=(self._index - 1).quantize(RETURN),
            quality=worst_quality(self._qualities),
            status=common_status(self._statuses),
        )


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
