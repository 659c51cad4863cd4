"""The lake as queries name it: the tables of silver and gold, and `information_schema`, which tells of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import pyarrow as pa

from api.athena.statement import CATALOG
from api.athena.types import type_name
from clients.iceberg import Table, load_table, open_catalog
from clients.lake_scan import Condition, TableScan, columns_of, snapshot_of, table_names
from core.errors import BadInput
from core.settings import Settings

NAMESPACES = ("silver", "gold")
INFORMATION_SCHEMA = "information_schema"
# Without comments and defaults, which these tables have none of.
_SCHEMATA = pa.schema({"catalog_name": pa.string(), "schema_name": pa.string()})
_TABLES = pa.schema(dict.fromkeys(("table_catalog", "table_schema", "table_name", "table_type"), pa.string()))
_COLUMNS = pa.schema(
    {
        **dict.fromkeys(("table_catalog", "table_schema", "table_name", "column_name"), pa.string()),
        "ordinal_position": pa.int64(),
        **dict.fromkeys(("is_nullable", "data_type"), pa.string()),
    }
)


class Scan(Protocol):
    """Some columns of a relation's rows."""

    @property
    def schema(self) -> pa.Schema:
        """Return the columns."""

    @property
    def size_bytes(self) -> int:
        """Return how much of the lake they take."""

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the rows."""


class Relation(Protocol):
    """What a query may read from."""

    @property
    def schema(self) -> pa.Schema:
        """Return all columns."""

    def scan(self, columns: Sequence[str], conditions: Sequence[Condition]) -> Scan:
        """Return some columns, of at least the rows that pass all conditions."""


class Lake:
    """Every relation by its name, `gold.client_metrics`."""

    def __init__(self, settings: Settings) -> None:
        self._catalog = open_catalog(settings)
        self._listings = {"schemata": self._schemata, "tables": self._tables, "columns": self._columns}

    def tables(self) -> list[str]:
        """Return the names of the lake's tables, in order."""
        return sorted(table_names(self._catalog, NAMESPACES))

    def find(self, name: str, version: int | datetime | None = None) -> Relation:
        """Return a relation as it is, or a table as it was; BadInput when there is none of that name."""
        space, _, listing = name.partition(".")
        if space == INFORMATION_SCHEMA and listing in self._listings and version is None:
            return _Listing(self._listings[listing]())
        if name not in self.tables():
            raise BadInput(f"TABLE_NOT_FOUND: Table '{CATALOG}.{name}' does not exist")
        return self._version(name, version)

    def _version(self, name: str, version: int | datetime | None) -> Relation:
        table = load_table(self._catalog, name)
        return _Version(table, snapshot_of(table, version))

    def _schemata(self) -> pa.Table:
        return _listed(_SCHEMATA, [(CATALOG, name) for name in (INFORMATION_SCHEMA, *NAMESPACES)])

    def _tables(self) -> pa.Table:
        listed = [f"{INFORMATION_SCHEMA}.{name}" for name in self._listings] + self.tables()
        rows = [(CATALOG, *name.split(".", 1), "BASE TABLE") for name in listed]
        return _listed(_TABLES, rows)

    def _columns(self) -> pa.Table:
        rows = [
            (CATALOG, *name.split(".", 1), one.name, place, "YES" if one.nullable else "NO", type_name(one.type))
            for name in self.tables()
            for place, one in enumerate(self._version(name, None).schema, start=1)
        ]
        return _listed(_COLUMNS, rows)


@dataclass(frozen=True, slots=True)
class _Version:
    """A table as it was in one snapshot."""

    table: Table
    snapshot_id: int | None

    @property
    def schema(self) -> pa.Schema:
        return columns_of(self.table, self.snapshot_id)

    def scan(self, columns: Sequence[str], conditions: Sequence[Condition]) -> Scan:
        return TableScan(self.table, columns, conditions, self.snapshot_id)


@dataclass(frozen=True, slots=True)
class _Listing:
    """A table of `information_schema`, small enough to be there whole."""

    rows: pa.Table

    @property
    def schema(self) -> pa.Schema:
        return self.rows.schema

    @property
    def size_bytes(self) -> int:
        return 0

    def scan(self, columns: Sequence[str], conditions: Sequence[Condition]) -> Scan:
        return _Listing(self.rows.select(list(columns)))

    def batches(self) -> Iterator[pa.RecordBatch]:
        return iter(self.rows.to_batches())


def _listed(schema: pa.Schema, rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in rows], schema)
