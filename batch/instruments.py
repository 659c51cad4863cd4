"""What instruments are: issuer, class and country as the bank's files said on each day."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F  # noqa: N812

from batch.lake import Lake
from clients.spark import CATALOG

_TABLE = "silver.instruments"
FACTS = ("issuer", "asset_class", "country")


def described(lake: Lake, last: date) -> DataFrame | None:
    """Return what each instrument was up to the day `last`; None where no file of instruments was ever loaded.

    Columns: instrument_id, since, until (the day that it became something else, null while it holds), and the facts.
    """
    if lake.catalog.load_table(_TABLE).current_snapshot() is None:
        return None
    by_day = Window.partitionBy("instrument_id").orderBy("since")
    facts = F.struct(*FACTS)
    rows = lake.spark.table(f"{CATALOG}.{_TABLE}").where(F.col("as_of_date") <= F.lit(last))
    # A bank that sends all of them every day repeats itself.
    changes = (
        rows.withColumnRenamed("as_of_date", "since")
        .withColumn("is_repeated", facts.eqNullSafe(F.lag(facts).over(by_day)))
        .where("NOT is_repeated")
    )
    return changes.select("instrument_id", "since", F.lead("since").over(by_day).alias("until"), *FACTS)
