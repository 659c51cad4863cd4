"""The rows that no table may have, with what is wrong with them: silver.quarantine."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.lake import Lake
from clients.spark import CATALOG

TABLE = "silver.quarantine"
_SHOWN_ERRORS = 3
_SHOWN_CHARACTERS = 80


def write_quarantine(
    lake: Lake, bad: Sequence[DataFrame], dates: Collection[date], file_ids: Collection[str], keys: Collection[str]
) -> None:
    """Write the bad rows of a load in place of what was said before of these files, or of older versions of these keys.

    `dates` are all dates of the load. Rows of other files stay, those of a failed file until its key is loaded.
    """
    if not dates:
        return
    table = lake.spark.table(f"{CATALOG}.{TABLE}")
    of_dates = F.col("as_of_date").isin(sorted(dates))
    known = table.where(of_dates)
    replaced = F.col("file_id").isin(sorted(file_ids)) | F.col("key").isin(sorted(keys))
    if not bad and known.where(replaced).isEmpty():
        return
    rows = reduce(DataFrame.unionByName, bad, known.where(~replaced))
    rows.select(*table.columns).writeTo(f"{CATALOG}.{TABLE}").overwrite(of_dates)


def describe_errors(bad: DataFrame, file_ids: Sequence[str]) -> dict[str, str]:
    """Return for each file its most frequent errors, each with its first line and value."""
    first = F.min_by(F.struct("line", "value"), "line").alias("first")
    counted = (
        bad.where(F.col("file_id").isin(list(file_ids)))
        .groupBy("file_id", "rule", "field")
        .agg(F.count("*").alias("count"), first)
        .orderBy(F.desc("count"), "first.line", "rule")
        .collect()
    )
    found: dict[str, list[str]] = {file_id: [] for file_id in file_ids}
    for row in counted:
        value = "nothing" if row["first"]["value"] is None else f"`{row['first']['value'][:_SHOWN_CHARACTERS]}`"
        field = row["field"] or "row"
        found[row["file_id"]].append(
            f"{field} breaks `{row['rule']}` {row['count']} times, first at line {row['first']['line']} with {value}"
        )
    return {file_id: "; ".join(errors[:_SHOWN_ERRORS]) for file_id, errors in found.items()}
