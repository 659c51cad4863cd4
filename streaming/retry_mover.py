"""`python -m streaming.retry_mover`: puts records whose enrichment failed back in front of the stream, after a rest.

Records that failed on their own account too often become dead letters; an outage costs a record nothing but time.
"""

from __future__ import annotations

import base64
import json
import random
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from clients.health import Heartbeat
from clients.kafka import Consumer, Producer, Record
from core.clock import utc_now
from core.errors import DependencyUnavailable
from core.events import NAMESPACE, DeadLetter
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from core.topics import RAW_NEWS, RAW_NEWS_DLQ, RAW_NEWS_RETRY
from streaming.retry_policy import RETRY_HEADERS, Failure, backoff_s, is_dead, read_failure
from streaming.retry_queue import RetryQueue

NAME = "retry-mover"
POLL_S = 0.25
HELD_LIMIT_BYTES = 64 * 1024 * 1024
# After an outage everything is due at once; new articles must still get through between.
RELEASES_PER_S = 40
RECONNECT_S = 2.0


class RetryMover:
    """Moves records from the retry topic back, each once it is due; commits only what Kafka has acknowledged."""

    def __init__(
        self,
        settings: Settings,
        consumer: Consumer,
        producer: Producer,
        *,
        now_s: Callable[[], float] = time.time,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._settings = settings
        self._consumer = consumer
        self._producer = producer
        self._now_s = now_s
        self._wait = wait
        self._queue = RetryQueue()
        self._jitter = random.Random()  # noqa: S311 - spreads load, guards nothing
        self._released_at_s = now_s()

    def step(self) -> int:
        """Take in what arrived, move what is due, commit; return how many records still wait, polled or not."""
        if self._queue.size_bytes < HELD_LIMIT_BYTES:
            for record in self._consumer.poll(POLL_S):
                rest_s = backoff_s(read_failure(record), self._settings, jitter=self._jitter)
                self._queue.add(record, record.timestamp_ms / 1000 + rest_s)
        else:
            # Full: nothing to poll for, and no use in asking the clock all the time.
            self._wait(POLL_S)
        for record in self._queue.take_due(self._now_s(), self._allowance()):
            self._move(record)
            self._queue.done(record)
        self._consumer.commit_through(self._queue.take_committable())
        return len(self._queue) + self._consumer.lag()

    def _allowance(self) -> int:
        now_s = self._now_s()
        allowed = min(int((now_s - self._released_at_s) * RELEASES_PER_S), RELEASES_PER_S)
        if allowed > 0:
            self._released_at_s = now_s
        return max(allowed, 0)

    def _move(self, record: Record) -> None:
        failure = read_failure(record)
        if is_dead(failure, self._settings):
            self._producer.send_and_wait(RAW_NEWS_DLQ, dead_letter(record, failure).to_json(), key=record.key)
            return
        theirs = {name: value for name, value in record.headers.items() if name not in RETRY_HEADERS}
        self._producer.send_and_wait(RAW_NEWS, record.value, key=record.key, headers=theirs | failure.headers)


def dead_letter(record: Record, failure: Failure) -> DeadLetter:
    """Make the letter of a record that is given up; its id is the same however often the record is read."""
    last_failed_at = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
    return DeadLetter(
        dlq_id=uuid.uuid5(NAMESPACE, f"dlq|{record.topic}|{record.partition}|{record.offset}"),
        stage="stream",
        topic=RAW_NEWS,
        key=record.key.decode(errors="replace") if record.key is not None else None,
        code=failure.code,
        message=failure.message,
        position=f"{record.partition}/{record.offset}",
        content_type="application/json",
        original_base64=base64.b64encode(record.value).decode(),
        first_failed_at=failure.first_failed_at or last_failed_at,
        last_failed_at=last_failed_at,
        attempts=failure.attempts,
        trace_id=_trace_id(record.value),
    )


def _trace_id(value: bytes) -> str | None:
    try:
        article = json.loads(value)
    except (ValueError, RecursionError):
        return None
    found = article.get("trace_id") if isinstance(article, dict) else None
    return found if isinstance(found, str) else None


def run(settings: Settings, stop: threading.Event) -> None:
    """Move until told to stop; Kafka's absence is waited out, logged once a change."""
    heartbeat, log = Heartbeat(settings, NAME), get_logger(__name__)
    away_since: datetime | None = None
    while not stop.is_set():
        try:
            with _connected(settings, stop) as mover:
                while not stop.is_set():
                    heartbeat.beat(lag=mover.step())
                    if away_since is not None:
                        log.info("kafka_returned", away_s=(utc_now() - away_since).total_seconds())
                        away_since = None
        except DependencyUnavailable as error:
            if away_since is None:
                log.warning("kafka_lost", error=error.message)
                away_since = utc_now()
            heartbeat.beat(ready=False, error=error.code)
            stop.wait(RECONNECT_S)


@contextmanager
def _connected(settings: Settings, stop: threading.Event) -> Iterator[RetryMover]:
    """Yield a mover of its own; what the last one held uncommitted is read again."""
    with (
        closing(Consumer(settings, [RAW_NEWS_RETRY], group=NAME)) as consumer,
        closing(Producer(settings)) as producer,
    ):
        yield RetryMover(settings, consumer, producer, wait=stop.wait)


def main() -> int:
    """Run the mover until SIGTERM."""
    settings = load_settings()
    configure_logs(NAME, settings.log_level)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(settings, stop)
    return 0


if __name__ == "__main__":
    sys.exit(main())
