"""What PostgreSQL knows of landed files: which make up a day, how long they were, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from batch.landing.files import LandedFile
from batch.landing.messages import Owner, Owners
from clients.postgres import Session, transaction

# The version of a file that counts is the newest that could be loaded: a failed correction leaves what it corrects.
_IN_FORCE = """
SELECT DISTINCT ON (bucket, key) file_id::text, bucket, key, version_id, kind, as_of_date, size_bytes, status,
       manifest_version
FROM landed_files JOIN unnest(%s::text[], %s::date[]) AS days (kind, as_of_date) USING (kind, as_of_date)
WHERE status = 'loaded'
ORDER BY bucket, key, landed_at DESC
"""
_LENGTHS = """
SELECT DISTINCT ON (key) key, as_of_date, rows_good + rows_bad AS rows
FROM landed_files
WHERE kind = %s AND as_of_date BETWEEN %s AND %s AND status = 'loaded'
ORDER BY key, landed_at DESC
"""
_MARK = """
UPDATE landed_files
SET status = %(status)s, reason = %(reason)s, rows_good = %(rows_good)s, rows_bad = %(rows_bad)s,
    loaded_at = CASE WHEN %(status)s = 'loaded' THEN now() END, run_id = %(run_id)s
WHERE file_id = %(file_id)s
"""
# Longer ago than this, a file is not the one of the day before: weekends and holidays are shorter.
_DAY_BEFORE_DAYS = 10


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of a file: its rows in silver and in quarantine, or why none of it was loaded; and what looks odd."""

    file: LandedFile
    rows_good: int = 0
    rows_bad: int = 0
    reason: str | None = None
    warnings: tuple[str, ...] = ()


def files_in_force(session: Session, files: Iterable[LandedFile]) -> list[LandedFile]:
    """Return the loaded files of the kinds and dates of the given ones, the newest version of each key."""
    days = sorted({(file.kind, file.as_of_date) for file in files})
    found = session.execute(_IN_FORCE, ([kind for kind, _ in days], [day for _, day in days]))
    return [LandedFile(**row) for row in found]


def account_owners(session: Session) -> Owners:
    """Return each account's client and base currency."""
    found = session.execute("SELECT account_id, client_id, base_ccy FROM client_accounts")
    return {row["account_id"]: Owner(row["client_id"], row["base_ccy"]) for row in found}


def lengths_before(session: Session, files: Sequence[tuple[LandedFile, int]]) -> dict[str, int]:
    """Return by file id how many rows the same file had on the day before, where there was one.

    The same file is the one of the same name; `files` are all of one kind, each with its rows, and may precede
    each other.
    """
    first = min(file.as_of_date for file, _ in files) - timedelta(days=_DAY_BEFORE_DAYS)
    last = max(file.as_of_date for file, _ in files)
    known = {
        row["key"]: (row["as_of_date"], row["rows"])
        for row in session.execute(_LENGTHS, (files[0][0].kind, first, last))
    }
    known |= {file.key: (file.as_of_date, rows) for file, rows in files}
    by_name: dict[str, list[tuple[date, int]]] = {}
    for key, length in known.items():
        by_name.setdefault(_name(key), []).append(length)
    before = {}
    for file, _ in files:
        earlier = [one for one in by_name[_name(file.key)] if _is_before(one[0], file.as_of_date)]
        if earlier:
            before[file.file_id] = max(earlier)[1]
    return before


def mark(session: Session, results: Iterable[FileResult], run_id: str) -> None:
    """Write down what became of files, all at once."""
    with transaction(session), session.cursor() as cursor:
        cursor.executemany(
            _MARK,
            [
                {
                    "status": "failed" if result.reason else "loaded",
                    "reason": result.reason,
                    "rows_good": result.rows_good,
                    "rows_bad": result.rows_bad,
                    "run_id": run_id,
                    "file_id": result.file.file_id,
                }
                for result in results
            ],
        )


def _name(key: str) -> str:
    return key.rpartition("/")[2]


def _is_before(day: date, other: date) -> bool:
    return timedelta(0) < other - day <= timedelta(days=_DAY_BEFORE_DAYS)
