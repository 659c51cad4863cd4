"""What our Iceberg client adds to the vendor's, on tables in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from clients.iceberg import (
    SqlCatalog,
    append_after,
    drop_partition,
    ensure_table,
    load_table,
    partitions,
    read_table_batches,
)
from core.errors import Conflict

SCHEMA = pa.schema([("day", pa.date32()), ("number", pa.int64())])
MONDAY, TUESDAY = date(2026, 3, 2), date(2026, 3, 3)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[SqlCatalog]:
    opened = SqlCatalog("lake", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}")
    ensure_table(opened, "silver.t", SCHEMA, location=f"file://{tmp_path}/t", partition_by="day")
    yield opened
    opened.engine.dispose()


def rows(day: date, *numbers: int) -> pa.Table:
    return pa.table({"day": [day] * len(numbers), "number": list(numbers)}, schema=SCHEMA)


def numbers(catalog: SqlCatalog) -> list[int]:
    return sorted(load_table(catalog, "silver.t").scan().to_arrow().column("number").to_pylist())


def append(catalog: SqlCatalog, number: int, before: str | None, after: str, day: date = MONDAY) -> None:
    table = load_table(catalog, "silver.t")
    append_after(table, rows(day, number), marker="at", before=before, after=after, summary={"brought": after})


def test_rows_and_marker_come_in_one_commit(catalog: SqlCatalog) -> None:
    append(catalog, 1, None, "one")
    append(catalog, 2, "one", "two")
    table = load_table(catalog, "silver.t")
    assert numbers(catalog) == [1, 2]
    assert table.properties["at"] == "two"
    assert [snapshot.summary["brought"] for snapshot in table.snapshots() if snapshot.summary] == ["one", "two"]


def test_rows_after_a_marker_that_was_moved_are_refused(catalog: SqlCatalog) -> None:
    append(catalog, 1, None, "one")
    with pytest.raises(Conflict):
        append(catalog, 1, None, "one")
    assert numbers(catalog) == [1]


def test_a_writer_that_loaded_the_table_before_another_moved_the_marker_is_refused(catalog: SqlCatalog) -> None:
    late = load_table(catalog, "silver.t")
    append(catalog, 1, None, "one")
    with pytest.raises(Conflict):
        append_after(late, rows(MONDAY, 1), marker="at", before=None, after="one", summary={})
    assert numbers(catalog) == [1]


def test_commits_of_others_are_retried_past(catalog: SqlCatalog) -> None:
    mine = load_table(catalog, "silver.t")
    load_table(catalog, "silver.t").append(rows(TUESDAY, 7))
    append_after(mine, rows(MONDAY, 1), marker="at", before=None, after="one", summary={})
    append_after(mine, rows(MONDAY, 2), marker="at", before="one", after="two", summary={})
    assert numbers(catalog) == [1, 2, 7]


def test_a_partition_is_read_and_dropped_whole(catalog: SqlCatalog) -> None:
    append(catalog, 1, None, "one", MONDAY)
    append(catalog, 2, "one", "two", TUESDAY)
    table = load_table(catalog, "silver.t")
    assert partitions(table, "day") == [MONDAY, TUESDAY]
    (batch,) = read_table_batches(table, ["number"], column="day", values=[MONDAY])
    assert batch.column("number").to_pylist() == [1]
    drop_partition(table, "day", MONDAY)
    assert numbers(catalog) == [2]
    assert load_table(catalog, "silver.t").properties["at"] == "two"


def test_rows_that_nobody_has_read_keep_their_partition(catalog: SqlCatalog) -> None:
    append(catalog, 1, None, "one", MONDAY)
    read = load_table(catalog, "silver.t")
    append(catalog, 2, "one", "two", MONDAY)
    with pytest.raises(Conflict):
        drop_partition(read, "day", MONDAY)
    assert numbers(catalog) == [1, 2]


def test_rows_of_another_day_do_not_hinder(catalog: SqlCatalog) -> None:
    append(catalog, 1, None, "one", MONDAY)
    read = load_table(catalog, "silver.t")
    append(catalog, 2, "one", "two", TUESDAY)
    drop_partition(read, "day", MONDAY)
    assert numbers(catalog) == [2]
