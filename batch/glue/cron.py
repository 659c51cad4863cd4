"""Schedules as AWS writes them: `cron(Minutes Hours Day-of-month Month Day-of-week Year)`, in UTC."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from core.errors import BadInput

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
# AWS counts the days of the week from Sunday, 1.
_WEEKDAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), start=1)}
_EXPRESSION = re.compile(r"cron\((\S+) (\S+) (\S+) (\S+) (\S+) (\S+)\)")
_PART = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?")
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The minutes at which a trigger fires."""

    minutes: frozenset[int]
    hours: frozenset[int]
    month_days: str
    months: frozenset[int]
    week_days: str
    years: frozenset[int]

    def matches(self, moment: datetime) -> bool:
        """Return whether the schedule fires in the minute of this UTC time."""
        return (
            moment.minute in self.minutes
            and moment.hour in self.hours
            and moment.month in self.months
            and moment.year in self.years
            and self._on(moment.date())
        )

    def latest(self, after: datetime, until: datetime) -> datetime | None:
        """Return the last time it fires in `(after, until]`, None when it does not."""
        minute = until.replace(second=0, microsecond=0)
        while minute > after:
            if self.matches(minute):
                return minute
            minute -= MINUTE
        return None

    def _on(self, day: date) -> bool:
        if self.month_days == "?":
            return any(_week_day_matches(part, day) for part in self.week_days.split(","))
        return any(_month_day_matches(part, day) for part in self.month_days.split(","))


def parse_schedule(expression: str) -> Schedule:
    """Read an expression such as `cron(0 2 * * ? *)`; BadInput says which field is wrong."""
    found = _EXPRESSION.fullmatch(expression.strip().upper().replace("CRON", "cron", 1))
    if found is None:
        raise BadInput(f"schedule {expression[:100]!r} is not cron() with six fields")
    minutes, hours, month_days, months, week_days, years = found.groups()
    if (month_days == "?") == (week_days == "?"):
        raise BadInput("one of day-of-month and day-of-week must be ?, the other not")
    schedule = Schedule(
        _numbers(minutes, 0, 59),
        _numbers(hours, 0, 23),
        month_days,
        _numbers(months, 1, 12, _MONTHS),
        week_days,
        _numbers(years, 1970, 2199),
    )
    # A day's parts are read when they are compared: try them on one day, so that a bad one is refused here.
    for part in week_days.split(",") if month_days == "?" else month_days.split(","):
        (_week_day_matches if month_days == "?" else _month_day_matches)(part, date(2000, 1, 1))
    return schedule


def _numbers(text: str, least: int, most: int, names: Mapping[str, int] | None = None) -> frozenset[int]:
    """Return the numbers of a field: lists, ranges and steps of numbers or names."""
    return frozenset(number for part in text.split(",") for number in _part(part, least, most, names or {}))


def _part(text: str, least: int, most: int, names: Mapping[str, int]) -> range:
    found = _PART.fullmatch(text)
    if found is None:
        raise BadInput(f"{text!r} is not a number, a range or a step")
    first, last, step = found["first"], found["last"], int(found["step"] or 1)
    start = least if first == "*" else _number(first, names)
    # `5/10` goes on to the end of the field, `5` alone does not.
    end = most if last is None and (first == "*" or found["step"]) else _number(last or first, names)
    if not least <= start <= end <= most or step < 1:
        raise BadInput(f"{text!r} is not within {least}-{most}")
    return range(start, end + 1, step)


def _number(text: str, names: Mapping[str, int]) -> int:
    if text in names:
        return names[text]
    if not text.isdecimal():
        raise BadInput(f"{text!r} is not a number")
    return int(text)


def _month_day_matches(part: str, day: date) -> bool:
    """`L` is the last day of the month, `15W` the weekday nearest to the 15th within the month."""
    last = calendar.monthrange(day.year, day.month)[1]
    if part == "L":
        return day.day == last
    if part.endswith("W"):
        wanted = last if part == "LW" else next(iter(_numbers(part[:-1], 1, 31)))
        return wanted <= last and day.day == _nearest_weekday(day.replace(day=wanted), last)
    return day.day in _numbers(part, 1, 31)


def _nearest_weekday(day: date, last: int) -> int:
    if day.weekday() == calendar.SATURDAY:
        return day.day - 1 if day.day > 1 else day.day + 2
    if day.weekday() == calendar.SUNDAY:
        return day.day + 1 if day.day < last else day.day - 2
    return day.day


def _week_day_matches(part: str, day: date) -> bool:
    """`L` is Saturday, `6L` the last Friday of the month, `6#3` the third Friday."""
    number = day.isoweekday() % 7 + 1
    if part == "L":
        return number == _WEEKDAYS["SAT"]
    if part.endswith("L"):
        last = calendar.monthrange(day.year, day.month)[1]
        return number in _numbers(part[:-1], 1, 7, _WEEKDAYS) and day.day + 7 > last
    if "#" in part:
        which, _, nth = part.partition("#")
        weeks = _numbers(nth, 1, 5)
        return number in _numbers(which, 1, 7, _WEEKDAYS) and (day.day - 1) // 7 + 1 in weeks
    return number in _numbers(part, 1, 7, _WEEKDAYS)
