"""Iceberg without Spark, through PyIceberg; the JDBC catalog lives in PostgreSQL and Spark shares it under one name."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NamespaceAlreadyExistsError, NoSuchTableError, TableAlreadyExistsError
from pyiceberg.table import Table

from clients.aws import access_key
from core.settings import Settings

CATALOG = "lake"
NoSuchTable = NoSuchTableError
__all__ = ["CATALOG", "NoSuchTable", "SqlCatalog", "Table", "ensure_table", "open_catalog"]


def open_catalog(settings: Settings) -> SqlCatalog:
    """Open the catalog over PostgreSQL and S3."""
    key_id, secret = access_key(settings)
    return SqlCatalog(
        CATALOG,
        uri=sqlalchemy_url(settings),
        # The migrations make the two tables, in the form that Spark's catalog calls V1.
        init_catalog_tables="false",
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
    """Return PostgreSQL's address for SQLAlchemy, password included."""
    from sqlalchemy.engine import make_url

    url = make_url(settings.postgres_dsn).set(drivername="postgresql+psycopg")
    password = settings.postgres_password.get_secret_value()
    return (url.set(password=password) if password else url).render_as_string(hide_password=False)


def ensure_table(catalog: SqlCatalog, name: str, schema: pa.Schema, *, location: str, partition_by: str) -> None:
    """Make the table `namespace.table` partitioned by the values of one column, unless it is there."""
    namespace = name.split(".")[0]
    if (namespace,) not in catalog.list_namespaces():
        with suppress(NamespaceAlreadyExistsError):
            catalog.create_namespace(namespace)
    if catalog.table_exists(name):
        return
    properties = {"format-version": "2", "write.parquet.compression-codec": "zstd", "commit.retry.num-retries": "10"}
    with (
        suppress(TableAlreadyExistsError),
        catalog.create_table_transaction(name, schema, location=location, properties=properties) as creation,
        creation.update_spec() as spec,
    ):
        spec.add_identity(partition_by)
