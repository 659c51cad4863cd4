"""Write, audit, publish: rows of whole days reach readers of a table only after they were checked where they lie.

The rows are written to a branch of the Iceberg table, the audit reads them back from there, and only then `main` moves
to the branch's snapshot. A run that dies in between leaves `main` as it was; the next one starts the branch anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.lake import Lake
from batch.tables import TABLES
from clients.iceberg import load_table
from clients.spark import CATALOG
from core.errors import TiplineError

_BRANCH = "staged"

# What is wrong with the staged rows, one sentence each; nothing when they may be published.
Audit = Callable[[DataFrame], Sequence[str]]


class AuditFailed(TiplineError):
    """Staged rows contradict each other or their source; they stay on the branch and readers see yesterday's."""

    code = "audit_failed"


def publish(lake: Lake, table: str, rows: DataFrame, dates: Iterable[date], audit: Audit) -> int:
    """Replace whole days of a table by these rows, if the audit finds nothing wrong with them as written.

    Args:
        lake: the lake; one process writes a table at a time.
        table: `namespace.table` of `batch.tables`.
        rows: the table's columns, only rows of these dates; a date without rows becomes empty.
        dates: the days to replace, values of the table's partition column.
        audit: gets the staged rows of these dates and returns what is wrong with them.

    Returns:
        The id of the snapshot that readers now see.

    Raises:
        AuditFailed: the audit found something; nothing was published.
    """
    require(audit(stage(lake, table, rows, dates)), table)
    return release(lake, table)


def stage(
    lake: Lake, table: str, rows: DataFrame, dates: Iterable[date], *, distribution: Literal["hash", "none"] = "hash"
) -> DataFrame:
    """Write whole days to the table's branch, started anew from `main`, and return these days as written there.

    `distribution`: hash gathers each day's rows in one task, and so in one file; none writes the rows as they lie.
    """
    full_name = f"{CATALOG}.{table}"
    lake.spark.sql(f"ALTER TABLE {full_name} DROP BRANCH IF EXISTS {_BRANCH}")
    lake.spark.sql(f"ALTER TABLE {full_name} CREATE BRANCH {_BRANCH}")
    # By filter and not by the partitions that the rows have: a date that lost all its rows must become empty.
    replaced = F.col(partition_column(table)).isin(sorted(dates))
    rows.writeTo(f"{full_name}.branch_{_BRANCH}").option("distribution-mode", distribution).overwrite(replaced)
    return lake.spark.table(f"{full_name}.branch_{_BRANCH}").where(replaced)


def rows_staged(lake: Lake, table: str) -> int:
    """Return how many rows the last write put on the table's branch, as its snapshot says."""
    snapshot = load_table(lake.catalog, table).snapshot_by_name(_BRANCH)
    return int((snapshot and snapshot.summary and snapshot.summary["added-records"]) or 0)


def require(findings: Sequence[str], table: str) -> None:
    """Raise AuditFailed when an audit found something."""
    if findings:
        raise AuditFailed(f"{table} was not published: " + "; ".join(findings))


def release(lake: Lake, table: str) -> int:
    """Move `main` to the branch's snapshot, drop the branch, and return the snapshot's id."""
    (moved,) = lake.spark.sql(f"CALL {CATALOG}.system.fast_forward('{CATALOG}.{table}', 'main', '{_BRANCH}')").collect()
    lake.spark.sql(f"ALTER TABLE {CATALOG}.{table} DROP BRANCH {_BRANCH}")
    return int(moved["updated_ref"])


def partition_column(table: str) -> str:
    """Return the name of the column whose values are the table's partitions."""
    return next(each.partition_by for each in TABLES if each.name == table)
