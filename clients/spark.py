"""Spark through pyspark: one session per process, on this machine's loopback unless spark-submit says otherwise."""

from __future__ import annotations

import logging
import os
import shutil
import sys

from pyspark.sql import SparkSession

from core.settings import Settings

HEAP = "1g"


def start_session(settings: Settings, name: str, *, cores: int, heap: str = HEAP) -> SparkSession:
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
    options = {
        "spark.driver.host": settings.bind_host,
        "spark.driver.bindAddress": settings.bind_host,
        "spark.driver.memory": heap,
        # Nothing here computes for long: an optimising compiler and a parallel collector cost more than they give.
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
        "spark.driver.extraClassPath": str(settings.jars_dir / "spark" / "*"),
        "spark.sql.warehouse.dir": str(work_dir / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # One malformed row must become a null, not an exception that stops a query.
        "spark.sql.ansi.enabled": "false",
    }
    builder = SparkSession.builder.appName(name).master(f"local[{cores}]")
    for option, value in options.items():
        builder = builder.config(option, value)
    # py4j logs every broken connection with its stack; the error it then raises says it once.
    logging.getLogger("py4j").setLevel(logging.CRITICAL)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("WARN")
    return session
