"""Iceberg without Spark, through PyIceberg; the JDBC catalog lives in PostgreSQL and Spark shares it under one name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Literal

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NoSuchTableError,
    TableAlreadyExistsError,
    ValidationException,
)
from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression, EqualTo, In
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.table import Table
from pyiceberg.table.metadata import TableMetadata
from pyiceberg.table.update import ValidatableTableRequirement
from sqlalchemy.exc import SQLAlchemyError

from clients.aws import access_key
from clients.postgres import connection_parameters
from core.errors import Conflict, DependencyUnavailable
from core.settings import Settings

CATALOG = "lake"
NoSuchTable = NoSuchTableError
__all__ = [
    "CATALOG", "NoSuchTable", "SqlCatalog", "Table", "append_after", "drop_partition", "ensure_table", "find_rows",
    "lake_errors", "load_table", "open_catalog", "partitions", "read_batches", "read_table_batches",
]  # fmt: skip


def open_catalog(settings: Settings) -> SqlCatalog:
    """Open the catalog over PostgreSQL and S3."""
    key_id, secret = access_key(settings)
    return SqlCatalog(
        CATALOG,
        uri=sqlalchemy_url(settings),
        # The migrations make the two tables, in the form that Spark's catalog calls V1.
        init_catalog_tables="false",
        # PostgreSQL may have been away since the last question.
        pool_pre_ping="true",
        warehouse=f"s3://{settings.silver_bucket}",
        **{
            "s3.endpoint": settings.s3_url,
            "s3.access-key-id": key_id,
            "s3.secret-access-key": secret,
            "s3.region": settings.aws_region,
            "s3.force-virtual-addressing": "false",
        },
    )


def sqlalchemy_url(settings: Settings) -> str:
    """Return PostgreSQL's address for SQLAlchemy, password and TLS included."""
    from sqlalchemy.engine import URL

    # What libpq needs is libpq's to say: SQLAlchemy hands these on as they are.
    known = {name: str(value) for name, value in connection_parameters(settings).items()}
    host, port, database = known.pop("host"), int(known.pop("port", "5432")), known.pop("dbname")
    user, password = known.pop("user"), known.pop("password", None)
    url = URL.create("postgresql+psycopg", user, password, host, port, database, query=known)
    return url.render_as_string(hide_password=False)


@contextmanager
def lake_errors() -> Iterator[None]:
    """Raise the project's errors in place of the catalog's and the files'."""
    try:
        yield
    except ValidationException as error:
        raise Conflict(f"the lake's table has moved on: {error}", code="lake_conflict") from error
    except (CommitFailedException, SQLAlchemyError, OSError) as error:
        raise DependencyUnavailable(f"the lake does not answer: {error}", code="lake_unavailable") from error


def _add_columns(table: Table, schema: pa.Schema) -> None:
    """Give a table of an earlier release the columns that it does not have."""
    if not set(schema.names).issubset(field.name for field in table.schema().fields):
        with table.update_schema() as update:
            update.union_by_name(schema)


@lake_errors()
def ensure_table(catalog: SqlCatalog, name: str, schema: pa.Schema, *, location: str, partition_by: str) -> None:
    """Make the table `namespace.table` partitioned by the values of one column, or the columns that it lacks."""
    namespace = name.split(".")[0]
    if (namespace,) not in catalog.list_namespaces():
        with suppress(NamespaceAlreadyExistsError):
            catalog.create_namespace(namespace)
    if catalog.table_exists(name):
        _add_columns(catalog.load_table(name), schema)
        return
    properties = {
        "format-version": "2",
        "write.parquet.compression-codec": "zstd",
        "commit.retry.num-retries": "10",
        # One metadata file a commit would otherwise stay for ever.
        "write.metadata.delete-after-commit.enabled": "true",
    }
    with (
        suppress(TableAlreadyExistsError),
        catalog.create_table_transaction(name, schema, location=location, properties=properties) as creation,
        creation.update_spec() as spec,
    ):
        spec.add_identity(partition_by)


def read_batches(
    catalog: SqlCatalog, name: str, columns: Sequence[str], *, column: str, values: Iterable[object]
) -> Iterator[pa.RecordBatch]:
    """Return some columns of the rows whose `column` has one of the values, in batches, one data file in memory."""
    return read_table_batches(load_table(catalog, name), columns, column=column, values=values)


def read_table_batches(
    table: Table, columns: Sequence[str], *, column: str, values: Iterable[object]
) -> Iterator[pa.RecordBatch]:
    """Yield the same of a table as it was when it was loaded."""
    # mypy's plugin for pydantic takes the constructors of pyiceberg's expressions for its own.
    condition = In(column, [str(value) for value in values])  # type: ignore[call-arg]
    scan = table.scan(row_filter=condition, selected_fields=tuple(columns))
    reader = ArrowScan(table.metadata, table.io, scan.projection(), condition)
    # A reader over all files at once would read ahead without bound.
    for task in scan.plan_files():
        for batch in reader.to_record_batches([task]):
            yield batch.select(list(columns))


@lake_errors()
def find_rows(
    catalog: SqlCatalog,
    name: str,
    columns: Sequence[str],
    *,
    where: Mapping[str, object],
    snapshot_id: int | None = None,
) -> list[dict[str, Any]]:
    """Return a few rows whose columns equal the given values, as the table was at a snapshot (now, when None)."""
    condition: BooleanExpression = AlwaysTrue()
    for column, value in where.items():
        condition = And(condition, EqualTo(column, str(value)))  # type: ignore[call-arg]
    scan = catalog.load_table(name).scan(row_filter=condition, selected_fields=tuple(columns), snapshot_id=snapshot_id)
    rows: list[dict[str, Any]] = scan.to_arrow().to_pylist()
    return rows


@lake_errors()
def append_after(
    table: Table, rows: pa.Table, *, marker: str, before: str | None, after: str, summary: Mapping[str, str]
) -> None:
    """Append rows and move the table property `marker` from `before` to `after`, both in one commit or neither.

    Whoever else commits meanwhile (a compaction) is retried past. Conflict when somebody moved the marker: then these
    rows may be in the table already. After DependencyUnavailable too, only the stored marker says whether they are.
    """
    with table.transaction() as transaction:
        # There is no public way to make a commit depend on a property.
        condition: Any = _PropertyIs(name=marker, value=before)
        transaction._stage((), (condition,))
        transaction.set_properties({marker: after})
        transaction.append(rows, snapshot_properties=dict(summary))


@lake_errors()
def load_table(catalog: SqlCatalog, name: str) -> Table:
    """Load a table as it is now; DependencyUnavailable when the catalog or S3 does not answer."""
    return catalog.load_table(name)


@lake_errors()
def partitions(table: Table, column: str) -> list[Any]:
    """Return the values of the partition column that have rows, in order."""
    if table.current_snapshot() is None:
        return []
    found = table.inspect.partitions()
    return sorted(found.column("partition").combine_chunks().field(column).to_pylist())


@lake_errors()
def drop_partition(table: Table, column: str, value: object) -> None:
    """Delete one partition's files from a table as it was when it was loaded.

    Conflict when rows were added to that partition since, which whoever loaded the table has not seen.
    """
    with table.transaction() as transaction:
        transaction.delete(f"{column} = '{value}'")


class _PropertyIs(ValidatableTableRequirement):
    """A commit's condition that a table property has one value, or is absent."""

    type: Literal["assert-property"] = "assert-property"
    name: str
    value: str | None

    def validate(self, base_metadata: TableMetadata | None) -> None:  # type: ignore[override]
        """Raise ValidationException, which ends the commit's retries, when the property is another."""
        if base_metadata is None or base_metadata.properties.get(self.name) != self.value:
            raise ValidationException(f"table property {self.name} was moved by another writer")
