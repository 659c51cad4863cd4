"""Reading one version of a lake's table as Arrow batches: only the columns and files that a query can need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import pyarrow as pa
from pyiceberg.expressions import (
    AlwaysTrue,
    And,
    BooleanExpression,
    EqualTo,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
)
from pyiceberg.io.pyarrow import ArrowScan, schema_to_pyarrow
from pyiceberg.table import Table

from clients.iceberg import SqlCatalog, lake_errors
from core.errors import NotFound

FILES_AT_ONCE = 4

Operator = Literal["=", "<", "<=", ">", ">=", "in"]
_EXPRESSIONS: dict[Operator, Callable[..., BooleanExpression]] = {
    "=": EqualTo,
    "<": LessThan,
    "<=": LessThanOrEqual,
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """What every row of interest passes: a column compared with a value, or, for `in`, with a tuple of them."""

    column: str
    operator: Operator
    value: Any


class TableScan:
    """Some columns of the rows that pass all conditions, in one snapshot (None: of a table without any)."""

    def __init__(
        self, table: Table, columns: Sequence[str], conditions: Sequence[Condition], snapshot_id: int | None
    ) -> None:
        self._table = table
        self._filter = _all(conditions)
        scan = table.scan(row_filter=self._filter, selected_fields=tuple(columns), snapshot_id=snapshot_id)
        with lake_errors():
            self._projection = scan.projection()
            self._tasks = list(scan.plan_files())
        self.schema = schema_to_pyarrow(self._projection, include_field_ids=False)

    @property
    def size_bytes(self) -> int:
        """How many bytes of the data files hold these columns; of a file that does not tell, all."""
        wanted = {field.field_id for field in self._projection.fields}
        return sum(
            sum(size for field, size in (task.file.column_sizes or {}).items() if field in wanted)
            or task.file.file_size_in_bytes
            for task in self._tasks
        )

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows, a few data files in memory; DependencyUnavailable when S3 does not answer."""
        reader = ArrowScan(self._table.metadata, self._table.io, self._projection, self._filter)
        with lake_errors():
            for start in range(0, len(self._tasks), FILES_AT_ONCE):
                for batch in reader.to_record_batches(self._tasks[start : start + FILES_AT_ONCE]):
                    # A file may hold strings of another width than the schema says.
                    yield batch.select(self.schema.names).cast(self.schema)


def table_names(catalog: SqlCatalog, namespaces: Sequence[str]) -> set[str]:
    """Return `namespace.table` of every table there."""
    with lake_errors():
        known = {namespace for (namespace, *_) in catalog.list_namespaces()}
        return {".".join(name) for space in namespaces if space in known for name in catalog.list_tables(space)}


def snapshot_of(table: Table, version: int | datetime | None) -> int | None:
    """Return the snapshot with this id, or the one current at this time (None: now); NotFound when there is none."""
    if version is None:
        current = table.current_snapshot()
    elif isinstance(version, int):
        current = table.snapshot_by_id(version)
    else:
        current = table.snapshot_as_of_timestamp(int(version.timestamp() * 1000))
    if current is None and version is not None:
        raise NotFound(f"the table has no version of {version}; the oldest ones expire")
    return current.snapshot_id if current else None


def columns_of(table: Table, snapshot_id: int | None) -> pa.Schema:
    """Return the columns that the table had in a snapshot."""
    return schema_to_pyarrow(table.scan(snapshot_id=snapshot_id).projection(), include_field_ids=False)


def _all(conditions: Sequence[Condition]) -> BooleanExpression:
    demanded: BooleanExpression = AlwaysTrue()
    for condition in conditions:
        demanded = And(demanded, _expression(condition))
    return demanded


def _expression(condition: Condition) -> BooleanExpression:
    if condition.operator == "in":
        # mypy's plugin for pydantic takes the constructors of pyiceberg's expressions for its own.
        return In(condition.column, list(condition.value))  # type: ignore[call-arg]
    return _EXPRESSIONS[condition.operator](condition.column, condition.value)
