"""DuckDB as a sandbox: in memory, no files, no network, no extensions, and no setting that a query could change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import duckdb
import pyarrow as pa

QueryError = duckdb.Error
ROWS_AT_ONCE = 8192
_SETTINGS = {
    "TimeZone": "'UTC'",
    # What does not fit into memory is an error, not a file.
    "temp_directory": "''",
    "enable_progress_bar": "false",
    "python_enable_replacements": "false",
    "enable_external_access": "false",
}


class Source(Protocol):
    """What a query may scan as a table, more than once: a fresh stream for each scan."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """Return the rows as a capsule of Arrow's C stream interface."""


class Sandbox:
    """One connection to an empty database; its methods raise QueryError."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, query: str, sources: Mapping[str, Source]) -> pa.RecordBatchReader:
        """Run one query over the sources, by table name, and return its rows as they come."""
        for name, source in sources.items():
            self._connection.register(name, source)
        return self._connection.sql(query).to_arrow_reader(ROWS_AT_ONCE)

    def constant(self, expression: str) -> Any:
        """Return the value of an expression without columns."""
        return self._connection.sql(f"SELECT {expression}").to_arrow_table().column(0)[0].as_py()


@contextmanager
def open_sandbox(*, memory_bytes: int, threads: int, macros: Sequence[str] = ()) -> Iterator[Sandbox]:
    """Open a sandbox that may hold so much, as DuckDB counts it, and has these macros (`name(x) AS expression`)."""
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": f"{memory_bytes // 1024}KiB",
        "threads": threads,
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        for name, value in _SETTINGS.items():
            connection.execute(f"SET {name} = {value}")
        for macro in macros:
            connection.execute(f"CREATE TEMP MACRO {macro}")
        connection.execute("SET lock_configuration = true")
        yield Sandbox(connection)
    finally:
        connection.close()
