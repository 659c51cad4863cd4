"""The lake as one batch process holds it: Spark, the Iceberg catalog, the buckets and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from pyspark.sql import SparkSession

from batch.tables import ensure_lake
from clients.iceberg import SqlCatalog, open_catalog
from clients.postgres import Session, connect
from clients.s3 import Store
from clients.spark import start_lake_session
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Lake:
    """What every stage of the batch works on; `catalog` is PyIceberg's view of Spark's catalog `lake`."""

    settings: Settings
    spark: SparkSession
    catalog: SqlCatalog
    store: Store

    def open_session(self) -> Session:
        """Open a connection to PostgreSQL; DependencyUnavailable when it does not answer."""
        return connect(self.settings)


@contextmanager
def open_lake(settings: Settings, name: str, *, cores: int | None = None) -> Iterator[Lake]:
    """Make the buckets and tables that are missing, start Spark under this name, and stop it at the end."""
    ensure_lake(settings)
    spark = start_lake_session(settings, name, cores=cores)
    try:
        with closing(open_catalog(settings)) as catalog:
            yield Lake(settings, spark, catalog, Store(settings))
    finally:
        spark.stop()
