"""Runs one query: parsed, planned, its tables read from the lake as it needs them, and DuckDB over that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from api.athena.describing import describe, is_utility
from api.athena.functions import MACROS
from api.athena.lake import Lake, Relation, Scan
from api.athena.masking import CLIENT, SEE_CLIENTS, masked_columns, masker
from api.athena.planning import Need, plan
from api.athena.statement import Reference, Version, parse
from clients.duckdb import QueryError, Sandbox, open_sandbox
from core.errors import BadInput, ConfigurationError, TiplineError
from core.settings import Settings

THREADS = 2


@dataclass(slots=True)
class Seen:
    """What a query has read so far: bytes of files, and clients by id where the caller sees ids."""

    scanned_bytes: int = 0
    clients: set[str] = field(default_factory=set)
    failure: Exception | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A query's rows as they come; reading them raises what made the query fail."""

    schema: pa.Schema
    batches: Iterator[pa.RecordBatch]
    seen: Seen


class Engine:
    """Answers queries over silver and gold."""

    def __init__(self, settings: Settings) -> None:
        token_key = settings.client_token_key.get_secret_value().encode()
        if not token_key:
            raise ConfigurationError("TIPLINE_CLIENT_TOKEN_KEY is not set; `tipline up` makes it at first run.")
        self._settings = settings
        self._lake = Lake(settings)
        self._mask = masker(token_key)

    @contextmanager
    def answer(self, query: str, database: str | None, role: str) -> Iterator[Answer]:
        """Run a query as a role sees the lake. BadInput when it cannot run."""
        seen = Seen()
        if is_utility(query):
            told = describe(query, database, self._lake)
            yield Answer(told.schema, iter(told.to_batches()), seen)
            return
        statement = parse(query, database)
        memory_bytes = self._settings.sql_memory_bytes // 2
        with open_sandbox(memory_bytes=memory_bytes, threads=THREADS, macros=MACROS) as sandbox, _query_errors(seen):
            found = {one.scan: self._find(one, sandbox) for one in statement.references}
            schemas = {scan: relation.schema for scan, relation in found.items()}
            planned = plan(statement, schemas, sandbox.constant)
            scans = {
                one.scan: self._scan(one, found[one.scan], planned.needs[one.scan], role)
                for one in statement.references
            }
            seen.scanned_bytes = sum(scan.size_bytes for scan in scans.values())
            self._check_size(seen.scanned_bytes)
            sources = {
                one.scan: _Source(scans[one.scan], self._shown(one.table, scans[one.scan], role, seen), seen)
                for one in statement.references
            }
            reader = sandbox.run(planned.query, sources)
            yield Answer(reader.schema, iter(reader), seen)

    def _find(self, reference: Reference, sandbox: Sandbox) -> Relation:
        return self._lake.find(reference.table, _version(reference.version, sandbox))

    def _scan(self, reference: Reference, found: Relation, need: Need, role: str) -> Scan:
        # A masked value is compared after it was masked, by DuckDB.
        hidden = frozenset() if role in SEE_CLIENTS else masked_columns(reference.table)
        conditions = [one for one in need.conditions if one.column not in hidden]
        return found.scan(need.columns, conditions)

    def _shown(self, table: str, scan: Scan, role: str, seen: Seen) -> Callable[[], Iterator[pa.RecordBatch]]:
        def batches() -> Iterator[pa.RecordBatch]:
            for batch in scan.batches():
                if role not in SEE_CLIENTS:
                    yield self._mask(table, batch)
                    continue
                if CLIENT in batch.schema.names:
                    seen.clients.update(batch.column(CLIENT).unique().to_pylist())
                yield batch

        return batches

    def _check_size(self, size_bytes: int) -> None:
        limit = self._settings.sql_scan_limit_bytes
        if size_bytes > limit:
            raise BadInput(
                f"the query would read {size_bytes} bytes of the lake, more than {limit}; name fewer days or columns"
            )


@dataclass(frozen=True, slots=True)
class _Source:
    """A table for DuckDB, which may scan it several times; an error beneath is kept, since DuckDB retells it badly."""

    scan: Scan
    batches: Callable[[], Iterator[pa.RecordBatch]]
    seen: Seen

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        reader = pa.RecordBatchReader.from_batches(self.scan.schema, self._kept())
        return reader.__arrow_c_stream__(requested_schema)

    def _kept(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self.batches()
        except Exception as error:
            self.seen.failure = error
            raise


@contextmanager
def _query_errors(seen: Seen) -> Iterator[None]:
    """Raise why a query ended, in place of how DuckDB and Arrow tell it."""
    try:
        yield
    except (QueryError, pa.ArrowException, OSError) as error:
        if isinstance(seen.failure, TiplineError):
            raise seen.failure from None
        raise BadInput(f"GENERIC_USER_ERROR: {str(error).splitlines()[0][:500]}") from error


def _version(version: Version | None, sandbox: Sandbox) -> int | datetime | None:
    if version is None:
        return None
    value: Any = sandbox.constant(version.expression)
    if version.kind == "VERSION" and type(value) is int:
        return value
    if version.kind == "TIMESTAMP" and isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    raise BadInput("INVALID_ARGUMENTS: a version is a snapshot's number, FOR TIMESTAMP AS OF takes a timestamp")
