"""Spark through pyspark: one session per process, on this machine's loopback unless spark-submit says otherwise."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from collections.abc import Mapping

from pyspark.sql import SparkSession

from clients.spark_options import CATALOG, common_options, lake_options
from core.settings import Settings

HEAP = "1g"
# What spark-submit tells the Python process of a job: where its JVM listens.
SUBMITTED = "PYSPARK_GATEWAY_PORT"
__all__ = ["CATALOG", "start_lake_session", "start_session"]


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
    options = {**common_options(settings, work_dir, heap=heap, jars=jars), **extra}
    builder = SparkSession.builder.appName(name).master(f"local[{cores}]")
    for option, value in options.items():
        builder = builder.config(option, value)
    # py4j logs every broken connection with its stack; the error it then raises says it once.
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("WARN")
    return session


def start_lake_session(settings: Settings, name: str, *, cores: int | None = None) -> SparkSession:
    """Start a JVM for batch work on the lake's Iceberg tables, which it knows as `lake.silver.x` and `lake.gold.x`.

    In a process that spark-submit started, ours or AWS Glue's, the JVM and its options are there already.
    """
    if SUBMITTED in os.environ:
        return SparkSession.builder.appName(name).getOrCreate()
    slots = cores or settings.batch_cores
    options = lake_options(settings, slots)
    if cores is None:
        options["spark.master"] = settings.batch_master
    return start_session(settings, name, cores=slots, heap=settings.batch_heap, jars="lake", extra=options)
