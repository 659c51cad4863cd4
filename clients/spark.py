"""Spark through pyspark: one session per process, on this machine's loopback unless spark-submit says otherwise."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import pyspark
from pyspark.sql import SparkSession

from clients.aws import access_key
from core.settings import Settings

HEAP = "1g"
# The name of the Iceberg catalog in Spark, in PyIceberg and in the catalog's own tables.
CATALOG = "lake"
# What spark-submit tells the Python process of a job: where its JVM listens.
SUBMITTED = "PYSPARK_GATEWAY_PORT"


def start_session(
    settings: Settings, name: str, *, cores: int, heap: str = HEAP, jars: str = "spark", extra: Mapping[str, str] = {}
) -> SparkSession:
    """Start a JVM with `cores` task slots and a bounded heap, without UI and bound to the loopback only."""
    # Workers would take another interpreter, and Spark would bind the machine's outer address, without these two.
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = settings.bind_host
    work_dir = settings.data_dir / "spark" / name
    # A killed JVM leaves its scratch files behind; there is one process of a name, so they are nobody's.
    scratch_dir = work_dir / "scratch"
    shutil.rmtree(scratch_dir, ignore_errors=True)
    scratch_dir.mkdir(parents=True)
    os.environ["SPARK_LOCAL_DIRS"] = str(scratch_dir)
    options = {**_common_options(settings, work_dir, heap=heap, jars=jars), **extra}
    builder = SparkSession.builder.appName(name).master(f"local[{cores}]")
    for option, value in options.items():
        builder = builder.config(option, value)
    # py4j logs every broken connection with its stack; the error it then raises says it once.
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("WARN")
    return session


def _common_options(settings: Settings, work_dir: Path, *, heap: str, jars: str) -> dict[str, str]:
    return {
        "spark.driver.host": settings.bind_host,
        "spark.driver.bindAddress": settings.bind_host,
        "spark.driver.memory": heap,
        # Nothing here computes for long: an optimising compiler and a parallel collector cost more than they give.
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "spark.driver.extraClassPath": str(settings.jars_dir / jars / "*"),
        "spark.sql.warehouse.dir": str(work_dir / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # One malformed row must become a null, not an exception that stops a query.
        "spark.sql.ansi.enabled": "false",
    }


def start_lake_session(settings: Settings, name: str, *, cores: int | None = None) -> SparkSession:
    """Start a JVM for batch work on the lake's Iceberg tables, which it knows as `lake.silver.x` and `lake.gold.x`.

    In a process that spark-submit started, ours or AWS Glue's, the JVM and its options are there already.
    """
    if SUBMITTED in os.environ:
        return SparkSession.builder.appName(name).getOrCreate()
    slots = cores or settings.batch_cores
    return start_session(
        settings, name, cores=slots, heap=settings.batch_heap, jars="lake", extra=lake_options(settings, slots)
    )


def spark_home() -> Path:
    """Return the folder of pyspark's own Spark, with `bin/spark-submit` in it."""
    return Path(pyspark.__file__).parent


def submission_options(settings: Settings, work_dir: Path) -> dict[str, str]:
    """Return the options by which spark-submit starts what `start_lake_session` starts otherwise; they hold secrets."""
    return {
        "spark.master": f"local[{settings.batch_cores}]",
        "spark.log.level": "WARN",
        **_common_options(settings, work_dir, heap=settings.batch_heap, jars="lake"),
        **lake_options(settings, settings.batch_cores),
    }


def lake_options(settings: Settings, cores: int) -> dict[str, str]:
    """Return Spark's options for the lake: the catalog in PostgreSQL, files in S3; they hold secrets."""
    key_id, secret = access_key(settings)
    catalog = f"spark.sql.catalog.{CATALOG}"
    host, user, database = _jdbc_address(settings)
    return {
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        catalog: "org.apache.iceberg.spark.SparkCatalog",
        f"{catalog}.type": "jdbc",
        f"{catalog}.uri": f"jdbc:postgresql://{host}/{database}",
        f"{catalog}.jdbc.user": user,
        f"{catalog}.jdbc.password": settings.postgres_password.get_secret_value(),
        f"{catalog}.jdbc.schema-version": "V1",
        f"{catalog}.warehouse": f"s3://{settings.silver_bucket}",
        f"{catalog}.io-impl": "org.apache.iceberg.aws.s3.S3FileIO",
        f"{catalog}.s3.endpoint": settings.s3_url,
        f"{catalog}.s3.path-style-access": "true",
        f"{catalog}.s3.access-key-id": key_id,
        f"{catalog}.s3.secret-access-key": secret,
        f"{catalog}.client.region": settings.aws_region,
        # PyIceberg commits to the same tables: a cached one would hide its snapshots for half a minute.
        f"{catalog}.cache-enabled": "false",
        # Figures: an overflow or a bad cast must stop the job, never become a null.
        "spark.sql.ansi.enabled": "true",
        "spark.sql.shuffle.partitions": str(cores * 2),
        "spark.sql.adaptive.enabled": "true",
        # Long sums: here the optimising compiler pays.
        "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
    }


def _jdbc_address(settings: Settings) -> tuple[str, str, str]:
    address = urlsplit(settings.postgres_dsn)
    return f"{address.hostname}:{address.port or 5432}", address.username or "", address.path.lstrip("/")
