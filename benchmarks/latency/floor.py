"""The floor: an empty Spark real-time query from Kafka to Kafka, plus one bare `enrich` call, paired one by one."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from typing import Any

from pyspark.sql import SparkSession

from benchmarks.latency.report import quantiles_ms
from benchmarks.stories import write_article
from clients.endpoint import EndpointClient
from clients.kafka import Consumer, Producer, ensure_topics
from clients.spark import start_session
from core.clock import rfc3339, utc_now
from core.settings import Settings
from core.topics import Topic

TOPIC_IN, TOPIC_OUT = "bench-floor-in", "bench-floor-out"
PARTITIONS = 4
WAIT_S = 30.0


class Floor:
    """Holds one small Spark session; its query runs only while a floor is measured."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        topics = [Topic(name, PARTITIONS, retention_s=3600) for name in (TOPIC_IN, TOPIC_OUT)]
        ensure_topics(settings, topics)
        self._session: SparkSession = start_session(settings, "bench-floor", cores=PARTITIONS + 1, heap="512m")
        self._chance = random.Random(time.time_ns())  # noqa: S311 - stories, not secrets

    def close(self) -> None:
        """End the session."""
        self._session.stop()

    def measure(self, rate_per_s: float, duration_s: float) -> dict[str, Any]:
        """Return quantiles of the identity query, of the bare call, and of their sums."""
        query = self._start()
        try:
            identity_s = self._identity(rate_per_s, duration_s)
        finally:
            query.stop()
        enrich_s = self._enrich(rate_per_s, len(identity_s))
        sums_s = [one + other for one, other in zip(identity_s, enrich_s, strict=False)]
        return {
            "identity_ms": quantiles_ms(identity_s),
            "enrich_call_ms": quantiles_ms(enrich_s),
            "floor_ms": quantiles_ms(sums_s),
        }

    def _start(self) -> Any:
        kafka = {"kafka.bootstrap.servers": self._settings.kafka_bootstrap}
        source = self._session.readStream.format("kafka").options(**kafka, subscribe=TOPIC_IN, startingOffsets="latest")
        checkpoint = self._settings.data_dir / "spark" / "bench-floor" / str(uuid.uuid4())
        sink = {**kafka, "topic": TOPIC_OUT, "checkpointLocation": str(checkpoint), "kafka.linger.ms": "0"}
        writer: Any = source.load().select("key", "value").writeStream.format("kafka").options(**sink)
        writer = writer.outputMode("update")
        jvm: Any = self._session._jvm
        trigger = jvm.org.apache.spark.sql.streaming.Trigger.RealTime(f"{self._settings.stream_batch_s} seconds")
        writer._jwrite = writer._jwrite.trigger(trigger)
        return writer.start()

    def _identity(self, rate_per_s: float, duration_s: float) -> list[float]:
        producer = Producer(self._settings)
        consumer = Consumer(self._settings, [TOPIC_OUT], group=f"bench-{uuid.uuid4()}")
        sent: dict[bytes, float] = {}
        arrived: dict[bytes, float] = {}
        finished = threading.Event()

        def listen() -> None:
            while not finished.is_set():
                for record in consumer.poll(0.1):
                    arrived.setdefault(record.key or b"", time.monotonic())

        listener = threading.Thread(target=listen)
        listener.start()
        try:
            self._warm_up(producer, arrived)
            began = time.monotonic()
            for number in range(int(rate_per_s * duration_s)):
                time.sleep(max(0.0, began + number / rate_per_s - time.monotonic()))
                key = uuid.uuid4().bytes
                sent[key] = time.monotonic()
                producer.send(TOPIC_IN, self._article(), key=key, on_done=lambda _error: None)
            _wait(lambda: sent.keys() <= arrived.keys())
        finally:
            finished.set()
            listener.join()
            producer.close()
            consumer.close()
        return [arrived[key] - at for key, at in sent.items() if key in arrived]

    def _warm_up(self, producer: Producer, arrived: dict[bytes, float]) -> None:
        """The query starts at the end of the topic: send until something comes through every partition."""
        deadline = time.monotonic() + WAIT_S
        while len(arrived) < 8 * PARTITIONS and time.monotonic() < deadline:
            producer.send_and_wait(TOPIC_IN, self._article(), key=uuid.uuid4().bytes)
            time.sleep(0.05)

    def _enrich(self, rate_per_s: float, count: int) -> list[float]:
        endpoint, taken = EndpointClient(self._settings), []
        for _ in range(count):
            article = json.loads(self._article())
            began = time.monotonic()
            endpoint.invoke(
                "enrich",
                [article],
                keep_above=self._settings.relevance_keep_above,
                review_from=self._settings.relevance_review_from,
            )
            taken.append(time.monotonic() - began)
            time.sleep(max(0.0, 1 / rate_per_s - taken[-1]))
        return taken

    def _article(self) -> bytes:
        article = write_article(f"floor-{uuid.uuid4()}", self._chance)
        ours = {
            "article_id": article.pop("article_id"),
            "provider": "demo",
            "received_at": rfc3339(utc_now()),
            "trace_id": "floor",
        }
        return json.dumps({**article, **ours}).encode()


def _wait(condition: Any) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
