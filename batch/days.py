"""Which days a change touches, and which day a figure looks back to."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# A price or rate stands in for a missing one for this many calendar days.
STALE_DAYS = 10


def previous_day(existing: Sequence[date], day: date) -> date | None:
    """Return the latest of the existing days (in order) before a day."""
    before = bisect_left(existing, day)
    return existing[before - 1] if before else None


def affected_days(existing: Sequence[date], changed: Iterable[date]) -> list[date]:
    """Return the existing days (in order) whose figures may depend on what changed.

    These are the day itself, those that its prices and rates may stand in for, and the one after them, whose P&L
    starts from their values. A change between two days, as a trade on a Saturday, belongs to the later one.
    """
    found: set[date] = set()
    for day in changed:
        after_window = bisect_right(existing, day + timedelta(days=STALE_DAYS))
        found.update(existing[bisect_left(existing, day) : after_window + 1])
    return sorted(found)


def booking_days(existing: Sequence[date], days: Iterable[date]) -> dict[date, date]:
    """Return for each trade date the day it belongs to: the first existing one (of these days) on or after it.

    The first existing day of all has no day before it, so that no trade belongs to it.
    """
    booked: dict[date, date] = {}
    for day in days:
        previous = previous_day(existing, day)
        if previous is not None:
            booked |= {previous + timedelta(days=n): day for n in range(1, (day - previous).days + 1)}
    return booked


def spans(days: Iterable[date], days_back: int) -> list[tuple[date, date]]:
    """Return the fewest intervals, ends included, that hold these days and as many calendar days before each."""
    merged: list[tuple[date, date]] = []
    for day in sorted(days):
        start = day - timedelta(days=days_back)
        if merged and start <= merged[-1][1] + timedelta(days=1):
            merged[-1] = merged[-1][0], day
        else:
            merged.append((start, day))
    return merged


@dataclass(frozen=True, slots=True)
class Plan:
    """What a change makes gold compute again."""

    # The days whose positions are computed; and those that changed but have no positions any more.
    days: list[date]
    emptied: list[date]
    # Later days: their figures stay, but their returns are linked to those of `days`.
    chained: list[date]
    # The day before each of `days` and `chained`, and for each trade date the day of `days` that it is booked to.
    previous_of: dict[date, date | None]
    booked_to: dict[date, date]

    @property
    def day_before(self) -> date | None:
        """Return the day that the first computed return is linked to."""
        return self.previous_of[min(self.previous_of)] if self.previous_of else None


def plan_rebuild(existing: Sequence[date], changed: Iterable[date]) -> Plan:
    """Return what to compute after a change of some days, given all days (in order) that have positions."""
    changed = set(changed)
    days = affected_days(existing, changed)
    emptied = sorted(changed.difference(existing))
    first = min((*days, *emptied), default=date.max)
    chained = [day for day in existing if day > first and day not in days]
    previous_of = {day: previous_day(existing, day) for day in (*days, *chained)}
    return Plan(days, emptied, chained, previous_of, booking_days(existing, days))
