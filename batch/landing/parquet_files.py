"""Parquet: typed columns as the text that a CSV file would have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from batch.landing.columns import LINE, MALFORMED, NUMERIC, names_of
from batch.landing.errors import BadFile
from batch.landing.spool import Limits

MAGIC = b"PAR1"
_BATCH_ROWS = 65_536
# A page of one repeated value says a billion rows in a few bytes.
_MAX_ROWS = 100_000_000


def read_parquet(file: IO[bytes], kind: str, limits: Limits) -> Iterator[pa.RecordBatch]:
    """Read a Parquet file: text columns, `line` is the row's number from 1; floats are refused for money."""
    try:
        parquet = pq.ParquetFile(pa.PythonFile(file, mode="r"))
        names = names_of(parquet.schema_arrow.names, kind, None)
        _check(parquet, names, kind, limits)
        first = 1
        for batch in parquet.iter_batches(_BATCH_ROWS):
            yield _as_text(batch, names, first)
            first += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise BadFile(f"the Parquet file is truncated or damaged: {error}") from None
    if first == 1 and kind != "transactions":
        raise BadFile("the file has no rows")


def _check(parquet: pq.ParquetFile, names: list[str], kind: str, limits: Limits) -> None:
    metadata = parquet.metadata
    size = sum(metadata.row_group(index).total_byte_size for index in range(metadata.num_row_groups))
    if size > limits.file_bytes or metadata.num_rows > _MAX_ROWS:
        raise BadFile(f"{metadata.num_rows} rows of {size} bytes are too large: this looks like a zip bomb")
    for name, field in zip(names, parquet.schema_arrow, strict=True):
        if pa.types.is_floating(field.type) and name in NUMERIC[kind]:
            raise BadFile(f"column {name} is binary floating point; money has to be decimal or text")
        if pa.types.is_nested(field.type):
            raise BadFile(f"column {name} holds {field.type}, not a value")


def _as_text(batch: pa.RecordBatch, names: list[str], first: int) -> pa.RecordBatch:
    columns = [_text(column, name) for column, name in zip(batch.columns, names, strict=True)]
    lines = pa.array(np.arange(first, first + batch.num_rows, dtype=np.int64))
    return pa.RecordBatch.from_arrays(
        [*columns, lines, pa.nulls(batch.num_rows, pa.string())], names=[*names, LINE, MALFORMED]
    )


def _text(column: pa.Array, name: str) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_timestamp(column.type) and name.endswith("_date"):
        column = column.cast(pa.date32())
    if pa.types.is_decimal(column.type):
        # Arrow writes small decimals with an exponent.
        return pa.array([None if value is None else f"{value:f}" for value in column.to_pylist()], pa.string())
    return column.cast(pa.string())
