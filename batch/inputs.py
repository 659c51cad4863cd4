"""The files that a day's figures are made of: which day has enough of them, and which has others than before."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from batch.landing.files import LANDED, WAITING, LandedFile
from clients.postgres import Session

NEEDED = frozenset({"positions", "prices", "fx"})
# Weekend trades and rates come on days without positions; they belong to the next day that has some.
BELONGS_WITHIN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Day:
    """The newest version of each file of one day."""

    as_of_date: date
    files: tuple[LandedFile, ...]

    @property
    def usable(self) -> list[LandedFile]:
        """The files that neither wait for their manifest nor were refused."""
        return [file for file in self.files if file.status in ("landed", "loaded")]

    @property
    def inputs_hash(self) -> str:
        """What the usable files are, by bucket, key and version, with their manifests."""
        names = sorted(f"{f.bucket}/{f.key}@{f.version_id}+{f.manifest_version}" for f in self.usable)
        return hashlib.sha256("\n".join(names).encode()).hexdigest()

    @property
    def expects_figures(self) -> bool:
        """Whether a file of positions has come, usable or not."""
        return any(file.kind == "positions" for file in self.files)

    @property
    def has_positions(self) -> bool:
        """Whether there is a usable file of positions."""
        return any(file.kind == "positions" for file in self.usable)

    @property
    def is_complete(self) -> bool:
        """Whether positions, prices and rates are there, and no file waits or was refused."""
        return not self.obstacles

    @property
    def obstacles(self) -> list[str]:
        """Why the day cannot be final, one sentence each."""
        missing = sorted(NEEDED - {file.kind for file in self.files})
        troubles = {"waiting": "waits for its manifest", "failed": "was refused"}
        return [f"{kind} of {self.as_of_date} have not landed" for kind in missing] + [
            f"{file.key} {troubles[file.status]}" for file in self.files if file.status in troubles
        ]

    def to_load(self, *, everything: bool = False) -> list[LandedFile]:
        """Return the files to read: the new ones, or all that can be tried, refused ones included."""
        if everything:
            return [file for file in self.files if file.status != WAITING]
        return [file for file in self.files if file.status == LANDED]


@dataclass(frozen=True, slots=True)
class Made:
    """From which files a day's figures were last made and as what, None before they ever were."""

    inputs_hash: str | None
    finality: str | None
    reason: str | None
    run_id: str

    def covers(self, day: Day, finality: str) -> bool:
        """Return whether the figures are those of these files already, and no less final than asked for."""
        return self.inputs_hash == day.inputs_hash and (finality == "flash" or self.finality == "final")


def by_day(files: Iterable[LandedFile]) -> dict[date, Day]:
    """Group files by their day, in its order."""
    found: defaultdict[date, list[LandedFile]] = defaultdict(list)
    for file in files:
        found[file.as_of_date].append(file)
    return {day: Day(day, tuple(found[day])) for day in sorted(found)}


def combined_hash(days: Iterable[Day]) -> str:
    """Return one hash for the files of several days."""
    return hashlib.sha256("\n".join(f"{day.as_of_date} {day.inputs_hash}" for day in days).encode()).hexdigest()


def last_made(session: Session, dates: Collection[date] | None = None) -> dict[date, Made]:
    """Read what was made of these days, by default of all."""
    rows = session.execute(
        "SELECT as_of_date, inputs_hash, finality, reason, run_id::text AS run_id FROM batch_days"
        " WHERE %(dates)s::date[] IS NULL OR as_of_date = ANY(%(dates)s)",
        {"dates": list(dates) if dates is not None else None},
    )
    return {row["as_of_date"]: Made(row["inputs_hash"], row["finality"], row["reason"], row["run_id"]) for row in rows}


def needing(days: Iterable[Day], made: Mapping[date, Made], finality: str) -> list[Day]:
    """Return the days whose figures are not, or less finally, those of their files."""
    return [day for day in days if day.as_of_date not in made or not made[day.as_of_date].covers(day, finality)]


def due_final(days: Mapping[date, Day], made: Mapping[date, Made]) -> list[Day]:
    """Return the days to make final: complete ones with new files, and those without positions that belong to one."""
    complete = [day.as_of_date for day in days.values() if day.is_complete]
    return [
        day
        for day in needing(days.values(), made, "final")
        if day.is_complete or (day.usable and is_part_of(day, complete))
    ]


def due_flash(days: Mapping[date, Day], made: Mapping[date, Made]) -> list[Day]:
    """Return the days to show as flash: those with positions that are not complete and never were final."""
    return [
        day
        for day in needing(days.values(), made, "flash")
        if day.has_positions
        and not day.is_complete
        and not (day.as_of_date in made and made[day.as_of_date].finality == "final")
    ]


def is_part_of(day: Day, others: Iterable[date]) -> bool:
    """Return whether a day without positions belongs to one of these others, which follows it soon."""
    return not day.expects_figures and any(
        day.as_of_date < other <= day.as_of_date + BELONGS_WITHIN for other in others
    )
