"""`python -m streaming.job`: the Spark query from raw news to alerts, kept running until SIGTERM.

A query that dies is started again in the same JVM. The process exits non-zero when the JVM is gone or the query does
not come back, so that the supervisor starts it afresh.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from typing import Any

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from clients.health import Heartbeat
from clients.spark import start_session
from core.clock import rfc3339, utc_now
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from streaming.spark.query import checkpoint_dir, start_query, task_slots
from streaming.spark.udf import register_enrich

NAME = "stream"
WATCH_EVERY_S = 1.0
BACKOFF_MAX_S = 15.0
# A batch that takes this much longer than it should hangs, and only a new process helps.
STUCK_AFTER_S = 120.0
DEATHS_UNTIL_FRESH_CHECKPOINT = 3
DEATHS_UNTIL_EXIT = 6


class StreamJob:
    """One query, watched: its heartbeat, its restarts, and its checkpoint when that cannot be used."""

    def __init__(self, settings: Settings, session: SparkSession, stop: threading.Event) -> None:
        self._settings = settings
        self._session = session
        self._stop = stop
        self._heartbeat = Heartbeat(settings, NAME)
        self._log = get_logger(__name__)
        self._deaths = 0

    def run(self) -> int:
        """Keep the query alive; return the exit status, 0 once told to stop."""
        while not self._stop.is_set():
            error = self._run_query()
            if self._stop.is_set():
                break
            if not self._may_go_on(error):
                return 1
        return 0

    def _run_query(self) -> str:
        """Start the query and watch it; return why it died or did not start, empty when it was told to stop."""
        self._heartbeat.beat(ready=False, deaths=self._deaths)
        try:
            query = start_query(self._session, self._settings)
        except (PySparkException, Py4JJavaError) as error:
            # Thrown by Java code, as for a checkpoint that cannot be read: the JVM itself is well.
            return str(error)
        self._log.info("query_started", trigger=self._settings.stream_trigger)
        return self._watch(query)

    def _watch(self, query: Any) -> str:
        """Beat while the query lives; return as `_run_query` does."""
        alive_at = time.monotonic()
        last_batch = None
        while not self._stop.wait(WATCH_EVERY_S):
            if not query.isActive:
                return str(query.exception() or "stopped")
            progress = query.lastProgress
            batch = (progress["batchId"], progress["timestamp"]) if progress else None
            if batch != last_batch:
                self._deaths, alive_at, last_batch = 0, time.monotonic(), batch
            silent_s = time.monotonic() - alive_at
            if silent_s > self._settings.stream_batch_s + STUCK_AFTER_S:
                query.stop()
                return f"no progress for {silent_s:.0f} s"
            self._beat(query, progress)
        query.stop()
        return ""

    def _beat(self, query: Any, progress: Any) -> None:
        self._heartbeat.beat(
            ready=bool(query.status["isTriggerActive"] or progress),
            batch=progress["batchId"] if progress else None,
            deaths=self._deaths,
        )

    def _may_go_on(self, error: str) -> bool:
        """Wait before the next start; deaths in a row cost first the checkpoint, then the process."""
        self._deaths += 1
        self._log.error("query_died", error=error[:2000], deaths=self._deaths)
        if _is_kafka_away(error):
            self._deaths = 1
        elif "KAFKA_DATA_LOSS" in error or self._deaths == DEATHS_UNTIL_FRESH_CHECKPOINT:
            self._set_checkpoint_aside()
        if self._deaths >= DEATHS_UNTIL_EXIT:
            return False
        self._heartbeat.beat(ready=False, deaths=self._deaths)
        self._stop.wait(min(2.0 ** (self._deaths - 1), BACKOFF_MAX_S))
        return True

    def _set_checkpoint_aside(self) -> None:
        """Start over with everything that Kafka still has: ids are deterministic, so repeats change nothing."""
        current = checkpoint_dir(self._settings)
        if current.exists():
            aside = current.with_name(f"checkpoint-unusable-{rfc3339(utc_now())}")
            current.rename(aside)
            self._log.error("checkpoint_set_aside", to=aside.name)


def _is_kafka_away(error: str) -> bool:
    return "org.apache.kafka.common.errors" in error and "KAFKA_DATA_LOSS" not in error


def main() -> int:
    """Start Spark, compile the endpoint call, and keep the query running."""
    settings = load_settings()
    configure_logs(NAME, settings.log_level)
    stop = threading.Event()
    Heartbeat(settings, NAME).beat(ready=False)
    try:
        session = start_session(settings, NAME, cores=task_slots())
        # Spark takes over SIGINT when it starts, so both handlers come after it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        register_enrich(session, settings)
        status = StreamJob(settings, session, stop).run()
        session.stop()
    except Exception:
        # Any failure of the JVM surfaces here, whatever py4j calls it: the supervisor starts a new one.
        get_logger(__name__).exception("job_failed")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
