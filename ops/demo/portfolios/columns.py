"""From numpy's integers to the decimals and names of a CSV file, a million rows a second."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Floats: TypeAlias = NDArray[np.float64]

# Decimals of the integers that stand for units, quotes, money and rates.
UNIT_DECIMALS, QUOTE_DECIMALS, MONEY_DECIMALS, RATE_DECIMALS = 4, 4, 2, 8
_DIGITS = 19
_ROWS_AT_ONCE = 250_000
# Names hold no comma or quote, so nothing needs quoting.
_PLAIN = csv.WriteOptions(include_header=False, quoting_style="none")


def decimals(values: Ints, places: int, known: Flags | None = None) -> pa.Array:
    """Return integers as decimals with that many places, null where not `known`."""
    halves = np.empty((len(values), 2), np.int64)
    halves[:, 0] = values
    halves[:, 1] = halves[:, 0] >> 63  # the sign fills the upper half
    array = pa.Array.from_buffers(pa.decimal128(_DIGITS, places), len(values), [None, pa.py_buffer(halves)])
    return array if known is None else pc.if_else(pa.array(known), array, None)


def named(indices: NDArray[Any], names: Sequence[str] | pa.Array) -> pa.Array:
    """Return names by index, each stored once."""
    values = names if isinstance(names, pa.Array) else pa.array(names, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32()), values)


def constant(value: str | date, rows: int) -> pa.Array:
    """Return one text for every row."""
    return named(np.zeros(rows, np.int32), [str(value)])


def csv_bytes(table: pa.Table) -> bytes:
    """Return a table as CSV with a header, UTF-8."""
    out = io.BytesIO()
    out.write((",".join(table.column_names) + "\n").encode())
    for start in range(0, table.num_rows, _ROWS_AT_ONCE):
        part = table.slice(start, _ROWS_AT_ONCE)
        plain = [column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column for column in part.columns]
        csv.write_csv(pa.table(plain, names=part.column_names), out, _PLAIN)
    return out.getvalue()


def divided(value: Ints, by: Ints | int) -> Ints:
    """Divide and round half up."""
    return (2 * value + by) // (2 * by)
