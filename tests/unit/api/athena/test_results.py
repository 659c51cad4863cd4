"""Results as Athena writes them, and masks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, Any, cast

import pyarrow as pa
import pytest

from api.athena import results
from api.athena.layouts import CSV, LINES, Layout, layout_of
from api.athena.masking import masked_columns, masker
from api.athena.types import cell, type_name
from batch.tables import TABLES
from clients.s3 import Store
from core.errors import BadInput
from core.sealing import IDENTIFYING, client_token

PLACE = results.Place("results", "q.csv")
PLENTY = results.Limits(rows=1000, size_bytes=10_000_000)


class Bucket:
    """A store that counts what is read of its one object."""

    def __init__(self) -> None:
        self.body = b""

    def upload(self, _bucket: str, _key: str, file: IO[bytes]) -> None:
        self.body = file.read()

    def read_range(self, _bucket: str, _key: str, start: int, end: int) -> bytes:
        return self.body[start:end]


def write(bucket: Bucket, table: pa.Table, limits: results.Limits = PLENTY, layout: Layout = CSV) -> tuple[int, int]:
    columns = results.columns_of(table.schema)
    return results.write(cast(Store, bucket), PLACE, layout, columns, table.to_batches(max_chunksize=3), limits)


def read_all(bucket: Bucket, size: int, limit: int, layout: Layout = CSV) -> list[list[str | None]]:
    found, offset = [], 0
    while offset < size:
        records, offset = results.read(cast(Store, bucket), PLACE, layout, offset=offset, end=size, limit=limit)
        assert records
        found += records
    return found


@pytest.mark.parametrize("limit", [1, 2, 7, 1000])
def test_pages_together_are_the_result_whatever_is_in_it(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "READ_BYTES", 7)
    texts = ["plain", "", None, 'a "quote"', '""', "two\nlines\r\n", "comma, too", "é漢🎉", '"', ",", '","']
    bucket = Bucket()
    rows, size = write(bucket, pa.table({"t": texts, "n": list(range(len(texts)))}))
    assert rows == len(texts)
    assert size == len(bucket.body)
    assert bucket.body.startswith(b'"t","n"\n"plain","0"\n"","1"\n,"2"\n')
    assert read_all(bucket, size, limit) == [["t", "n"], *([text, str(n)] for n, text in enumerate(texts))]


@pytest.mark.parametrize("limit", [1, 2, 1000])
def test_what_describes_is_plain_lines_without_a_header(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "READ_BYTES", 7)
    names, described = pa.table({"tab_name": ["a", "é"]}), pa.table({"name": ["a", "b"], "type": ["int", "string"]})
    for table, lines in ((names, ["a", "é"]), (described, [f"{'a':20}\t{'int':20}", f"{'b':20}\t{'string':20}"])):
        bucket = Bucket()
        _, size = write(bucket, table, layout=LINES)
        assert bucket.body.decode() == "".join(f"{line}\n" for line in lines)
        assert read_all(bucket, size, limit, LINES) == [[line] for line in lines]


def test_the_query_says_how_its_result_is_laid_out() -> None:
    assert [layout_of(query).suffix for query in ("SELECT 1", " show TABLES", "DESC t", "DESCENDING")] == [
        ".csv", ".txt", ".txt", ".csv",
    ]  # fmt: skip


@pytest.mark.parametrize("limits", [results.Limits(9, 10_000), results.Limits(10, 30)])
def test_a_result_beyond_a_limit_is_not_written(limits: results.Limits) -> None:
    bucket = Bucket()
    with pytest.raises(BadInput, match="more than"):
        write(bucket, pa.table({"n": list(range(10))}), limits)
    assert bucket.body == b""


def test_two_columns_may_have_one_name() -> None:
    bucket = Bucket()
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"])
    _, size = write(bucket, table)
    assert read_all(bucket, size, 10) == [["a", "a"], ["1", "2"]]


@pytest.mark.parametrize("url", ["http://bucket/x", "s3://", "s3://UPPER/x", "bucket/x"])
def test_a_place_is_an_address_in_s3(url: str) -> None:
    with pytest.raises(BadInput):
        results.Place.parse(url)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None), (True, "true"), (7, "7"), ("x", "x"), (0.1, "0.1"), (1e7, "1.0E7"), (123456.0, "123456.0"),
        (1.5e-9, "1.5E-9"), (-0.0, "-0.0"), (float("nan"), "NaN"), (float("-inf"), "-Infinity"),
        (Decimal("10.00"), "10.00"), (Decimal("1E+3"), "1000"), (date(2026, 1, 2), "2026-01-02"),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05.000"),
        (datetime(2026, 1, 2, 3, 4, 5, 123456, UTC), "2026-01-02 03:04:05.123456 UTC"),
        (b"\x01\xff", "01 ff"), ([1, None], "[1, null]"), ({"a": 1.0, "b": None}, "{a=1.0, b=null}"),
    ],
)  # fmt: skip
def test_values_are_written_as_athena_writes_them(value: Any, expected: str | None) -> None:
    assert cell(value) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.decimal128(20, 2), "decimal(20,2)"), (pa.decimal128(38, 0), "bigint"), (pa.large_string(), "varchar"),
        (pa.timestamp("us", "UTC"), "timestamp with time zone"), (pa.int32(), "integer"), (pa.date32(), "date"),
        (pa.list_(pa.struct([("a", pa.float64())])), "array(row(a double))"),
        (pa.map_(pa.string(), pa.bool_()), "map(varchar, boolean)"),
    ],
)  # fmt: skip
def test_types_have_athenas_names(kind: pa.DataType, expected: str) -> None:
    assert type_name(kind) == expected


def test_a_masked_batch_has_tokens_and_no_raw_rows() -> None:
    mask = masker(b"key")
    ids = ["UHNW-102", None, "UHNW-102", "UHNW-103"]
    positions = mask("silver.positions", pa.record_batch({"client_id": ids, "quantity": [1, 2, 3, 4]}))
    token = client_token("UHNW-102", b"key")
    assert positions.column("client_id").to_pylist() == [token, None, token, client_token("UHNW-103", b"key")]
    assert positions.column("quantity").to_pylist() == [1, 2, 3, 4]
    rejected = mask("silver.quarantine", pa.record_batch({"row": ["UHNW-102,1"], "value": ["x"], "rule": ["r"]}))
    assert rejected.to_pylist() == [{"row": None, "value": None, "rule": "r"}]


def test_every_identifying_column_of_the_lake_is_masked() -> None:
    for table in TABLES:
        assert {name for name in table.schema.names if name in IDENTIFYING} <= masked_columns(table.name)
