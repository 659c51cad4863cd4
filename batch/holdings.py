"""Positions of a day side by side with those of the day before and with what was booked in between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812

from batch import bookings
from batch.lake import Lake
from clients.spark import CATALOG

KEY = ["as_of_date", "client_id", "account_id", "instrument_id"]
# What a holding has of a file's row, once as start_* and once as end_*; `own` are the custodian's quotes.
_OF_FILE = {
    "quantity": "quantity", "accrued": "accrued", "own_price": "price", "own_factor": "unit_factor",
    "own_ccy": "price_ccy", "own_date": "price_date",
}  # fmt: skip


def read_positions(lake: Lake, previous_of: Mapping[date, date | None]) -> DataFrame:
    """Return the rows of silver.positions that these days need, each once for every day that needs it.

    Columns: those of silver; as_of_date, the day that needs the row; is_start, whether it is that day's opening
    position; previous_date. A file of the day before is the opening of the day: one scan serves both.
    """
    closings = [(day, day, False, previous) for day, previous in previous_of.items()]
    openings = [(previous, day, True, previous) for day, previous in previous_of.items() if previous]
    roles = pa.Table.from_pylist(
        [dict(zip(_ROLES.names, role, strict=True)) for role in (*closings, *openings)], schema=_ROLES
    )
    files = {role[0] for role in (*closings, *openings)}
    positions = lake.spark.table(f"{CATALOG}.silver.positions").where(F.col("as_of_date").isin(sorted(files)))
    return positions.withColumnRenamed("as_of_date", "file_date").join(
        F.broadcast(lake.spark.createDataFrame(roles)), "file_date"
    )


_ROLES = pa.schema([
    ("file_date", pa.date32()), ("as_of_date", pa.date32()), ("is_start", pa.bool_()), ("previous_date", pa.date32()),
])  # fmt: skip


def known_clients(positions: DataFrame) -> DataFrame:
    """Return the clients of each day: as_of_date, client_id, previous_date, base_ccy, is_inception.

    A client without any row on the day before begins on this day. Its base currency is the one that most of its rows
    have: all its accounts are valued in it, or their sum would mean nothing.
    """
    at_start = F.col("is_start")
    return positions.groupBy("as_of_date", "client_id").agg(
        F.max("previous_date").alias("previous_date"),
        F.coalesce(
            F.mode(F.when(~at_start, F.col("base_ccy")), deterministic=True),
            F.mode(F.col("base_ccy"), deterministic=True),
        ).alias("base_ccy"),
        (~F.bool_or(at_start)).alias("is_inception"),
    )


def holdings(positions: DataFrame, legs: DataFrame, partition_by: list[str]) -> DataFrame:
    """Return a row for each position that was held, closed or booked to: start_*, end_*, and sums of its legs.

    All that follows, up to the client's own row, keeps to one client and day: the one exchange of rows is made here,
    by `partition_by`, which is the day or the day and the client.
    """
    at_start = F.col("is_start")
    of_file = {f"start_{name}": F.when(at_start, F.col(column)) for name, column in _OF_FILE.items()}
    of_file |= {f"end_{name}": F.when(~at_start, F.col(column)) for name, column in _OF_FILE.items()}
    rows = positions.withColumns({**of_file, "end_id_type": F.when(~at_start, F.col("id_type"))})
    rows = rows.select(*KEY, "id_type", "end_id_type", *of_file).unionByName(legs, allowMissingColumns=True)
    only = [F.max(name).alias(name) for name in of_file]
    sums = [F.coalesce(F.sum(name), F.lit(0)).alias(name) for name in bookings.FIGURES]
    return (
        rows.repartition(*partition_by)
        .groupBy(*KEY)
        .agg(_id_type(), *only, *sums, F.max("booked_ccy").alias("booked_ccy"))
    )


def _id_type() -> Column:
    """What the files call the instrument; one that only transactions know is cash or an id of the bank's own."""
    known = (F.max(name) for name in ("end_id_type", "id_type", "booked_type"))
    return F.coalesce(*known, F.lit("INT")).alias("id_type")
