"""Results as files in S3: written once within limits, and read in pages."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

from api.athena.layouts import Layout, Record
from api.athena.types import cell, type_name
from clients.s3 import Store
from core.errors import BadInput

SPOOL_BYTES = 4 * 1024 * 1024
READ_BYTES = 256 * 1024
# A name that DuckDB needs and Athena spells in another way.
_UNNAMED = re.compile(r"_col_(\d+)")

Columns = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """An object in S3."""

    bucket: str
    key: str

    @classmethod
    def parse(cls, url: str) -> Place:
        """Read `s3://bucket/key`; BadInput when it is not that."""
        found = re.fullmatch(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", url)
        if found is None:
            raise BadInput("OutputLocation must be s3://bucket/path")
        return cls(found[1], found[2] or "")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a result may hold."""

    rows: int
    size_bytes: int


def columns_of(schema: pa.Schema) -> Columns:
    """Return the columns of a result with Athena's names and types."""
    return [{"name": _UNNAMED.sub(r"_col\1", one.name), "type": type_name(one.type)} for one in schema]


def write(
    store: Store, place: Place, layout: Layout, columns: Columns, batches: Iterable[pa.RecordBatch], limits: Limits
) -> tuple[int, int]:
    """Write a result and return its rows and bytes; BadInput when it exceeds a limit: then nothing is written."""
    rows = 0
    with tempfile.SpooledTemporaryFile(SPOOL_BYTES) as file:
        if layout.has_header:
            file.write(layout.line([column["name"] for column in columns]))
        for batch in batches:
            rows += batch.num_rows
            if rows > limits.rows:
                raise BadInput(f"the result has more than {limits.rows} rows; narrow it, or LIMIT it")
            values = [column.to_pylist(maps_as_pydicts="lossy") for column in batch.columns]
            for row in zip(*values, strict=True):
                file.write(layout.line([cell(value) for value in row]))
            if file.tell() > limits.size_bytes:
                raise BadInput(f"the result has more than {limits.size_bytes} bytes; narrow it, or LIMIT it")
        size_bytes = file.tell()
        file.seek(0)
        store.upload(place.bucket, place.key, file)
    return rows, size_bytes


def read(store: Store, place: Place, layout: Layout, *, offset: int, end: int, limit: int) -> tuple[list[Record], int]:
    """Return up to `limit` records from a byte on, and the byte after them; at `end` there are none."""
    records: list[Record] = []
    data, start, length = b"", offset, READ_BYTES
    while len(records) < limit and offset < end:
        have = start + len(data)
        if have < end:
            data += store.read_range(place.bucket, place.key, have, min(have + length, end))
            length *= 2
        for record, after in layout.records(data, offset - start):
            records.append(record)
            offset = start + after
            if len(records) == limit:
                break
    return records, offset
