"""The sandbox keeps a query in, even one that no other check has seen."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from clients.duckdb import QueryError, open_sandbox


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('{file}')",
        "SELECT * FROM '{file}'",
        "SELECT * FROM read_text('{file}')",
        "SELECT * FROM glob('/*')",
        "COPY (SELECT 1) TO '{file}.out'",
        "ATTACH '{file}.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
        "SELECT * FROM here",
    ],
)
def test_files_addresses_and_settings_are_out_of_reach(query: str, tmp_path: Path) -> None:
    here = pa.table({"secret": [1]})  # a variable that DuckDB would look up by itself
    file = tmp_path / "secret.csv"
    file.write_text("secret\n1\n")
    with open_sandbox(memory_bytes=64 * 1024**2, threads=1) as sandbox, pytest.raises(QueryError):
        sandbox.run(query.format(file=file), {}).read_all()
    assert here.num_rows == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]


def test_what_does_not_fit_into_memory_fails_and_is_not_put_on_disk() -> None:
    with open_sandbox(memory_bytes=32 * 1024**2, threads=1) as sandbox, pytest.raises(QueryError, match=r"[Mm]emory"):
        sandbox.run("SELECT list(i::varchar || repeat('x', 100)) FROM range(10000000) r(i)", {}).read_all()


def test_a_source_may_be_scanned_more_than_once() -> None:
    opened = []

    class Source:
        def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
            opened.append(1)
            reader = pa.RecordBatchReader.from_batches(schema, iter([batch]))
            return reader.__arrow_c_stream__(requested_schema)

    batch = pa.record_batch({"a": [1, 2]})
    schema = batch.schema
    with open_sandbox(memory_bytes=64 * 1024**2, threads=1) as sandbox:
        rows = sandbox.run("SELECT count(*) AS n FROM t x, t y", {"t": Source()}).read_all()
    assert rows.to_pylist() == [{"n": 4}]
    assert len(opened) >= 2
