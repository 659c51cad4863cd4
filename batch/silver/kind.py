"""The load of one kind of file for a set of dates, up to the point where its table only has to be released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.lake import Lake
from batch.landing.errors import BadFile
from batch.landing.files import LandedFile
from batch.rules.ruleset import Ruleset
from batch.silver import audits
from batch.silver.attempt import Attempt, write
from batch.silver.files import FileResult
from batch.silver.staging import Staging

# A file that failed is sent again as a whole: the first of its bad rows show what is wrong.
_SHOWN_OF_FAILED = 1000


@dataclass(slots=True)
class Prepared:
    """What lies on the table's branch, and what became of the files; `attempt` is None when no file could be loaded."""

    rules: Ruleset
    attempt: Attempt | None = None
    results: list[FileResult] = field(default_factory=list)
    bad: list[DataFrame] = field(default_factory=list)


def prepare(
    lake: Lake, staging: Staging, new: Sequence[LandedFile], in_force: Sequence[LandedFile], run_id: str
) -> Prepared:
    """Stage, check and audit the new files together with the other files of their dates.

    A file that turns out bad as a whole is left out and the rest written again, so that what ends on the branch may be
    published. A correction that fails leaves the version before it in its place.
    """
    prepared = Prepared(staging.rules)
    reasons = audits.in_the_future(new)
    reasons |= staging.add([file for file in new if file.file_id not in reasons])
    reasons |= audits.shrunken(lake, staging, [file for file in new if file.file_id not in reasons])
    prepared.results += [FileResult(file, reason=reasons[file.file_id]) for file in new if file.file_id in reasons]
    while True:
        good = [file for file in new if file.file_id not in reasons]
        others = _others(good, in_force)
        _stage_others(staging, others)
        if not good:
            return prepared
        attempt = write(lake, staging, [*good, *others], run_id)
        failed, warnings = audits.audit(lake, staging.rules, attempt, good)
        if not failed:
            prepared.attempt = attempt
            prepared.results += [_result(attempt, file, warnings) for file in (*good, *others)]
            prepared.bad += [attempt.bad] if attempt.bad is not None else []
            return prepared
        reasons |= failed
        prepared.results += [
            _result(attempt, file, {}, failed[file.file_id]) for file in good if file.file_id in failed
        ]
        if attempt.bad is not None:
            of_failed = attempt.bad.where(F.col("file_id").isin(sorted(failed)))
            prepared.bad.append(of_failed.orderBy("file_id", "line").limit(_SHOWN_OF_FAILED))


def _others(good: Sequence[LandedFile], in_force: Sequence[LandedFile]) -> list[LandedFile]:
    """Return the loaded files that make up the same dates, but for those that a new version replaces."""
    keys, dates = {file.key for file in good}, {file.as_of_date for file in good}
    return [file for file in in_force if file.as_of_date in dates and file.key not in keys]


def _stage_others(staging: Staging, others: Sequence[LandedFile]) -> None:
    refused = staging.add([file for file in others if file.file_id not in staging.rows])
    for reason in refused.values():
        # Without these rows the date would be less than it was.
        raise BadFile(f"a file that was loaded before can no longer be read: {reason}")


def _result(
    attempt: Attempt, file: LandedFile, warnings: Mapping[str, Sequence[str]], reason: str | None = None
) -> FileResult:
    rows, good = attempt.rows[file.file_id], attempt.good.get(file.file_id, 0)
    return FileResult(file, 0 if reason else good, rows - good, reason, tuple(warnings.get(file.file_id, ())))
