"""When to start a run, and for which days: decided from what has landed and what became of earlier runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from batch.inputs import Day, combined_hash

ATTEMPTS = 4
FIRST_RETRY = timedelta(minutes=1)
# Files that trickle in without end may not put a run off for ever.
LONGEST_QUIET_PERIODS = 12


@dataclass(frozen=True, slots=True)
class Start:
    """A run to start: these days, in order."""

    days: tuple[Day, ...]

    @property
    def inputs_hash(self) -> str:
        """One hash for all files of the days, by which attempts are counted."""
        return combined_hash(self.days)

    @property
    def arguments(self) -> dict[str, str]:
        """The job's arguments; it passes over those days between the first and the last that have nothing new."""
        first, last = self.days[0].as_of_date.isoformat(), self.days[-1].as_of_date.isoformat()
        until = {"--to-date": last} if last != first else {}
        return {"--date": first, **until, "--finality": "final"}


@dataclass(frozen=True, slots=True)
class Failures:
    """How often the same files made a run fail, and when last."""

    count: int
    last_at: datetime | None

    def allow(self, now: datetime) -> bool:
        """Return whether another attempt is due: each waits twice as long as the one before, the last is final."""
        if self.last_at is None:
            return True
        return self.count < ATTEMPTS and now >= self.last_at + FIRST_RETRY * 2 ** (self.count - 1)

    @property
    def given_up(self) -> bool:
        """Whether only other files, or a person, start these days again."""
        return self.count >= ATTEMPTS


class Quiet:
    """Whether files have stopped coming, so that one run serves them all."""

    def __init__(self, period_s: float) -> None:
        self._period = timedelta(seconds=period_s)
        self._first: datetime | None = None
        self._last: datetime | None = None

    def arrived(self, now: datetime) -> None:
        """Note that something new has landed."""
        self._first = self._first or now
        self._last = now

    def over(self, now: datetime) -> bool:
        """Return whether a run may start."""
        return self.remaining_s(now) <= 0

    def remaining_s(self, now: datetime) -> float:
        """Return how long to wait from now on, unless something else lands."""
        if self._first is None or self._last is None:
            return 0.0
        until = min(self._last + self._period, self._first + self._period * LONGEST_QUIET_PERIODS)
        return (until - now).total_seconds()

    def reset(self) -> None:
        """Begin anew, once a run has started."""
        self._first = self._last = None


def start_of(due: Sequence[Day]) -> Start | None:
    """Return one run over all days that are due."""
    return Start(tuple(sorted(due, key=lambda day: day.as_of_date))) if due else None
