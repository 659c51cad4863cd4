"""Staged rows in Spark: typed, checked against the rules, and split into those for silver and those for quarantine."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.rules.expressions import conditions, errors, quoted, refused, typed_columns
from batch.rules.ruleset import Ruleset
from batch.silver.staging import RESUBMITS, Staging
from clients.spark import CATALOG

_ORIGIN = {"file_id": "_file_id", "line": "line"}


def take_added_columns(spark: SparkSession, table: str, added: Iterable[str]) -> None:
    """Give the table the columns of a file that it does not have yet, as text."""
    there = set(spark.table(f"{CATALOG}.{table}").columns)
    missing = [f"{quoted(name)} STRING" for name in added if name not in there]
    if missing:
        spark.sql(f"ALTER TABLE {CATALOG}.{table} ADD COLUMNS ({', '.join(missing)})")


def staged_rows(spark: SparkSession, staging: Staging, without: Collection[str]) -> DataFrame:
    """Return what is staged but for some files and for rows whose correction is staged too."""
    rows = spark.read.schema(staging.schema).parquet(staging.folder)
    if without:
        rows = rows.where(~F.col("_file_id").isin(sorted(without)))
    if RESUBMITS not in staging.added:
        return rows
    corrected = rows.where(f"{RESUBMITS} IS NOT NULL").select(F.col(RESUBMITS).alias("_corrected"))
    is_corrected = F.concat_ws(":", "_file_id", "line") == F.col("_corrected")
    return rows.join(F.broadcast(corrected), is_corrected, "left_anti")


def repeated_keys(rows: DataFrame, rules: Ruleset) -> DataFrame | None:
    """Return the keys that more than one row of a date has, cached; None where there are none.

    Which of the rows is right nobody can tell, so all are refused.
    """
    keys = ["_date", *rules.key]
    whole = " AND ".join(f"{quoted(name)} IS NOT NULL" for name in keys)
    repeated = rows.where(whole).groupBy(*keys).count().where("count > 1").drop("count").persist()
    if repeated.isEmpty():
        repeated.unpersist()
        return None
    return repeated


def checked(rows: DataFrame, staging: Staging, repeated: DataFrame | None) -> DataFrame:
    """Return the rows with their typed columns and `_refused`, whether any rule is broken."""
    if repeated is None:
        rows = rows.withColumn("_duplicate", F.lit(False))
    else:
        keys = ["_date", *staging.rules.key]
        rows = rows.join(F.broadcast(repeated.withColumn("_duplicate", F.lit(True))), keys, "left")
    rows = rows.withColumns({name: F.expr(sql) for name, sql in typed_columns(staging.rules).items()})
    return rows.withColumn("_refused", F.expr(refused(conditions(staging.rules, staging.added))))


def good_rows(rows: DataFrame, staging: Staging, table: DataFrame) -> DataFrame:
    """Return the rows that keep all rules, as the columns of the silver table."""
    taken = [_silver_column(field.name, staging).cast(field.dataType).alias(field.name) for field in table.schema]
    return rows.where("NOT _refused").select(*taken)


def bad_rows(rows: DataFrame, staging: Staging, run_id: str) -> DataFrame:
    """Return what is wrong with the other rows, as the columns of silver.quarantine: a row for each rule broken."""
    names = [quoted(name) for name in (*staging.rules.columns, *staging.added)]
    found = F.expr(f"explode({errors(conditions(staging.rules, staging.added))})")
    return rows.where("_refused").select(
        F.col("_date").alias("as_of_date"),
        F.lit(staging.rules.kind).alias("kind"),
        F.col("_file_id").alias("file_id"),
        F.col("_key").alias("key"),
        F.col("_version_id").alias("version_id"),
        "line",
        found.alias("_error"),
        F.to_json(F.struct(*names), {"ignoreNullFields": "false"}).alias("row"),
    ).select(
        "as_of_date", "kind", "file_id", "key", "version_id", "line", "_error.*", "row",
        F.lit(run_id).alias("run_id"), F.current_timestamp().alias("detected_at"),
    )  # fmt: skip


def _silver_column(name: str, staging: Staging) -> Column:
    """Return how a column of the silver table is made of a row."""
    rules = staging.rules
    if name == rules.date:
        return F.col("_date")
    if name in _ORIGIN:
        return F.col(_ORIGIN[name])
    if name in rules.silver:
        return F.expr(rules.silver[name])
    if name in rules.columns:
        return F.col(name if rules.columns[name].type == "string" else f"_{name}")
    return F.col(quoted(name)) if name in staging.added else F.lit(None)
