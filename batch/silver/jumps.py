"""Day-on-day jumps of prices and rates: a few are news, a whole file of them is another unit or another day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812 - everybody's name for it

from batch.lake import Lake
from batch.rules.ruleset import Jumps, Ruleset
from clients.spark import CATALOG


@dataclass(frozen=True, slots=True)
class Jumped:
    """How many values of a file's day have one before them, how many of those jumped, and the first that did."""

    file_id: str
    as_of_date: date
    compared: int
    jumped: int
    example: str

    def describe(self, rule: Jumps) -> str:
        """Return it as a sentence."""
        return (
            f"{self.jumped} of {self.compared} values of {rule.value} are more than {rule.factor} times larger or"
            f" smaller than the day before, the first {self.example}"
        )

    def is_too_much(self, rule: Jumps) -> bool:
        """Return whether the file cannot be right."""
        return self.compared >= rule.from_rows and Decimal(self.jumped) / self.compared > rule.fail_share


def find_jumps(lake: Lake, rules: Ruleset, rule: Jumps, staged: DataFrame, dates: Sequence[date]) -> list[Jumped]:
    """Return the files with jumps among the staged days, earliest first; days in the table come before them."""
    since = min(dates) - timedelta(days=rule.days)
    columns = [rules.date, *rule.per, rule.value, "file_id", "line"]
    before = lake.spark.table(f"{CATALOG}.{rules.table}").where(
        F.col(rules.date).between(since, max(dates)) & ~F.col(rules.date).isin(list(dates))
    )
    series = Window.partitionBy(*rule.per).orderBy(rules.date)
    values = (
        before.select(*columns)
        .unionByName(staged.select(*columns))
        .withColumns({"_before": F.lag(rule.value).over(series), "_day_before": F.lag(rules.date).over(series)})
        .where(F.col(rules.date).isin(list(dates)))
        .where(f"_before > 0 AND _day_before >= {rules.date} - INTERVAL {rule.days} DAYS")
        .withColumn(
            "_jumped", F.expr(f"{rule.value} > _before * {rule.factor} OR {rule.value} * {rule.factor} < _before")
        )
    )
    example = F.concat(F.lit("at line "), "line", F.lit(": "), "_before", F.lit(" to "), rule.value)
    found = values.groupBy("file_id", rules.date).agg(
        F.count("*").alias("compared"),
        F.count_if("_jumped").alias("jumped"),
        F.min_by(F.when(F.col("_jumped"), example), F.when(F.col("_jumped"), F.col("line"))).alias("example"),
    )
    rows = found.where("jumped > 0").orderBy(rules.date, "file_id").collect()
    return [Jumped(row["file_id"], row[rules.date], row["compared"], row["jumped"], row["example"]) for row in rows]
