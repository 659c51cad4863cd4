"""Starts the streaming query: Kafka source, the plan, Kafka sink, in real-time mode or as micro-batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from clients.kafka import MAX_RECORD_BYTES
from core.settings import Settings
from core.topics import RAW_NEWS, TOPICS
from streaming.spark.plan import build_plan

VIEW = "raw_news"
STOP_TIMEOUT_S = 5
# Kafka counts key, headers and the batch's own fields into a record's size.
ENVELOPE_BYTES = 16 * 1024


def checkpoint_dir(settings: Settings) -> Path:
    """Return where the query keeps the offsets it has finished with."""
    return settings.data_dir / "spark" / "stream" / "checkpoint"


def task_slots() -> int:
    """Return the cores the session needs: real-time mode holds one for each partition of the source, for good."""
    return next(topic.partitions for topic in TOPICS if topic.name == RAW_NEWS) + 1


def start_query(session: SparkSession, settings: Settings) -> Any:
    """Start the query and return its handle; what it read since its last finished batch comes again."""
    session.conf.set("spark.sql.streaming.realTimeMode.minBatchDuration", f"{settings.stream_batch_s}s")
    session.conf.set("spark.sql.streaming.stopTimeout", f"{STOP_TIMEOUT_S}s")
    _read(session, settings).createOrReplaceTempView(VIEW)
    rows = session.sql(build_plan(settings, source=VIEW, record_limit_bytes=MAX_RECORD_BYTES - ENVELOPE_BYTES))
    return _write(session, rows, settings).queryName("stream").start()


def _brokers(settings: Settings) -> dict[str, str]:
    """Return how to connect; Java's own CAs are trusted unless there is a file of them."""
    options = {
        "kafka.bootstrap.servers": settings.kafka_bootstrap,
        "kafka.security.protocol": settings.kafka_security,
    }
    if settings.kafka_security == "SSL" and settings.ca_file is not None:
        options |= {"kafka.ssl.truststore.type": "PEM", "kafka.ssl.truststore.location": str(settings.ca_file)}
    return options


def _read(session: SparkSession, settings: Settings) -> DataFrame:
    options = {
        **_brokers(settings),
        "subscribe": RAW_NEWS,
        "startingOffsets": "earliest",
        "includeHeaders": "true",
        # Rather stop than skip: the job then starts over with all that Kafka still has.
        "failOnDataLoss": "true",
    }
    return session.readStream.format("kafka").options(**options).load()


def _write(session: SparkSession, rows: DataFrame, settings: Settings) -> Any:
    options = {
        **_brokers(settings),
        "kafka.acks": "all",
        "kafka.linger.ms": "0",
        "kafka.max.request.size": str(MAX_RECORD_BYTES),
        "checkpointLocation": str(checkpoint_dir(settings)),
    }
    writer: Any = rows.writeStream.format("kafka").options(**options).outputMode("update")
    if settings.stream_trigger == "micro-batch":
        return writer.trigger(processingTime="0 seconds")
    # pyspark 4.1 has no Python argument for this trigger yet.
    trigger = session._jvm.org.apache.spark.sql.streaming.Trigger  # type: ignore[union-attr]
    writer._jwrite = writer._jwrite.trigger(trigger.RealTime(f"{settings.stream_batch_s} seconds"))
    return writer
