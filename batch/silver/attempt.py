"""One attempt at a kind's dates: its good rows written to the table's branch, its bad rows at hand, all counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.lake import Lake
from batch.landing.files import LandedFile
from batch.publish import require, rows_staged, stage
from batch.silver import checking
from batch.silver.staging import RESUBMITS, Staging
from clients.spark import CATALOG


@dataclass(frozen=True, slots=True)
class Attempt:
    """The dates as written, the rows of each file and how many of them are good, and the bad ones (cached) if any."""

    dates: list[date]
    staged: DataFrame
    rows: dict[str, int]
    good: dict[str, int]
    bad: DataFrame | None


def write(lake: Lake, staging: Staging, files: Sequence[LandedFile], run_id: str) -> Attempt:
    """Write the good rows of these files to the branch, the only rows that it will have on their dates.

    Good rows are written before the bad ones are known, because most files have none: counting what was written is
    cheaper than checking every row twice. AuditFailed when the two do not add up to what was staged.
    """
    rules, dates = staging.rules, sorted({file.as_of_date for file in files})
    checking.take_added_columns(lake.spark, rules.table, (name for name in staging.added if name != RESUBMITS))
    live = {file.file_id for file in files}
    rows = checking.staged_rows(lake.spark, staging, without=staging.rows.keys() - live)
    repeated = checking.repeated_keys(rows, rules) if staging.may_repeat_keys else None
    checked = checking.checked(rows, staging, repeated)
    table = lake.spark.table(f"{CATALOG}.{rules.table}")
    staged = stage(lake, rules.table, checking.good_rows(checked, staging, table), dates)
    lengths = {file_id: staging.rows[file_id] for file_id in live}
    if RESUBMITS in staging.added:
        lengths = dict.fromkeys(live, 0) | _count(rows, "_file_id")
    good, bad = lengths, None
    if rows_staged(lake, rules.table) != sum(lengths.values()):
        good = _count(staged, "file_id")
        bad = checking.bad_rows(checked, staging, run_id).persist()
    _require_all(rules.table, lengths, good, bad)
    return Attempt(dates, staged, lengths, good, bad)


def _count(rows: DataFrame, by: str) -> dict[str, int]:
    return {row[by]: row["count"] for row in rows.groupBy(by).count().collect()}


def _require_all(table: str, lengths: dict[str, int], good: dict[str, int], bad: DataFrame | None) -> None:
    """Raise AuditFailed unless every staged row is either on the branch or among the bad ones, once."""
    refused: dict[str, int] = {}
    if bad is not None:
        counted = bad.groupBy("file_id").agg(F.count_distinct("line").alias("count")).collect()
        refused = {row["file_id"]: row["count"] for row in counted}
    findings = []
    for file_id in sorted(lengths.keys() | good.keys() | refused.keys()):
        found = good.get(file_id, 0) + refused.get(file_id, 0)
        if found != lengths.get(file_id, 0):
            findings.append(f"file {file_id}: {lengths.get(file_id, 0)} rows staged, {found} written or refused")
    require(findings, table)
