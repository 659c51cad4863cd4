"""The Spark job and the retry mover against a real Kafka and a stand-in endpoint; one test after the other, one JVM."""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from clients.health import read_heartbeat
from clients.kafka import Consumer, Producer, Record, ensure_topics
from core.clock import utc_now
from core.events import Article, DeadLetter
from core.settings import Settings, as_environment
from core.topics import (
    ENRICHED_ALERTS,
    RAW_NEWS,
    RAW_NEWS_DLQ,
    RAW_NEWS_RETRY,
    RESOLVER_DECISIONS,
    REVIEW_CANDIDATES,
    TOPICS,
)
from ops.stack.embedded import embedded_services
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, heartbeat_probe
from streaming.spark.query import checkpoint_dir
from tests.integration.conftest import ROOT, make_settings
from tests.integration.stream_stub import StubEndpoint

OUTPUTS = (ENRICHED_ALERTS, REVIEW_CANDIDATES, RESOLVER_DECISIONS, RAW_NEWS_RETRY, RAW_NEWS_DLQ)
BATCH_S = 5
FAST = {
    "stream_batch_s": BATCH_S, "enrich_timeout_s": 3.0, "retry_backoff_initial_s": 0.2, "retry_backoff_max_s": 1.0,
    "retry_limit": 2,
}  # fmt: skip


@dataclass
class Stream:
    """The running pieces, and every record that came out so far."""

    settings: Settings
    group: ProcessGroup
    endpoint: StubEndpoint
    producer: Producer = field(init=False)
    consumer: Consumer = field(init=False)
    records: list[Record] = field(default_factory=list)

    def connect(self) -> None:
        self.producer = Producer(self.settings)
        self.consumer = Consumer(self.settings, OUTPUTS, group="test")

    def disconnect(self) -> None:
        self.consumer.commit()
        self.consumer.close()
        self.producer.close()

    def send(self, article_id: str, headline: str = "news", *, body: str = "b", action: str = "created") -> None:
        article = Article.model_validate(
            {"article_id": article_id, "provider": "p", "revision": 2**60 + 1, "action": action, "body": body,
             "received_at": utc_now(), "headline": headline, "trace_id": f"t-{article_id}"}
        )  # fmt: skip
        self.producer.send_and_wait(RAW_NEWS, article.to_json(), key=article_id.encode())

    def of(self, topic: str) -> list[dict[str, Any]]:
        return [json.loads(record.value) for record in self.records if record.topic == topic]

    def ids(self, topic: str) -> list[str]:
        return [value["article_id"] for value in self.of(topic) if value.get("kind") != "retraction"]

    def wait(self, condition: Callable[[], bool], what: str, timeout_s: float = 90) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, f"{what}; the job's log ends:\n{self.log()}"
            self.records += self.consumer.poll(0.1)

    def wait_for_alerts(self, article_ids: set[str], timeout_s: float = 90) -> None:
        self.wait(lambda: set(self.ids(ENRICHED_ALERTS)) >= article_ids, f"alerts of {article_ids}", timeout_s)

    def log(self) -> str:
        return "\n".join(self.group.log_path("stream").read_text().splitlines()[-25:])


def process(settings: Settings, name: str, module: str, **env: str) -> Service:
    return Service(
        name=name, argv=(sys.executable, "-m", module), ready=heartbeat_probe(settings, name), cwd=ROOT,
        env={**as_environment(settings), **env}, start_timeout_s=200,
    )  # fmt: skip


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stream]:
    """A Kafka of its own, since the job reads all that was ever sent."""
    settings = make_settings(Path(tmp_path_factory.mktemp("stream"))).model_copy(update=FAST)
    kafka = [service for service in embedded_services(settings) if service.name == "kafka"]
    ours = [
        process(settings, "stream", "streaming.job"),
        process(settings, "retry-mover", "streaming.retry_mover"),
        process(settings, "stream-micro", "streaming.job", TIPLINE_STREAM_TRIGGER="micro-batch"),
    ]
    group = ProcessGroup([*kafka, *ours], settings.data_dir)
    endpoint = StubEndpoint(settings.endpoint_port)
    try:
        group.start("kafka")
        group.wait_ready("kafka")
        ensure_topics(settings, TOPICS)
        endpoint.up()
        group.start("stream")
        group.start("retry-mover")
        stream = Stream(settings, group, endpoint)
        stream.connect()
        group.wait_ready("stream")
        yield stream
        stream.disconnect()
    finally:
        group.stop_all()
        endpoint.down()


def test_an_article_becomes_rows_of_each_topic_with_one_signed_call(stream: Stream) -> None:
    text = 'Zoë "quoted" \U0001f600 \u2028 \\ end'
    for number in range(20):
        stream.send(f"happy-{number}", body=text, action="updated" if number == 0 else "created")
    wanted = {f"happy-{number}" for number in range(20)}
    stream.wait(
        lambda: all(
            set(stream.ids(topic)) >= wanted for topic in (RESOLVER_DECISIONS, REVIEW_CANDIDATES, ENRICHED_ALERTS)
        ),
        "all rows",
    )
    stream.wait(lambda: len(stream.of(ENRICHED_ALERTS)) > len(wanted), "the retraction")

    alerts = [alert for alert in stream.of(ENRICHED_ALERTS) if alert.get("client_id")]
    assert sorted(alert["article_id"] for alert in alerts) == sorted(wanted)
    assert {alert["text"] for alert in alerts} == {text}
    assert {(alert["exact"], alert["revision"]) for alert in alerts} == {(1.1, 2**60 + 1)}
    assert sorted(stream.ids(REVIEW_CANDIDATES)) == sorted(wanted)
    assert len(stream.of(RESOLVER_DECISIONS)) == 2 * len(wanted)
    retractions = [r for r in stream.records if r.topic == ENRICHED_ALERTS and b'"retraction"' in r.value]
    assert [(r.key, json.loads(r.value)["article_id"]) for r in retractions] == [(b"happy-0", "happy-0")]
    assert {r.key for r in stream.records if r.topic == REVIEW_CANDIDATES} == {b"CLIENT-B"}
    assert {stream.endpoint.calls[name] for name in wanted} == {1}
    (credential,) = stream.endpoint.authorizations
    assert credential.startswith("AWS4-HMAC-SHA256 Credential=")
    assert credential.endswith("/sagemaker/aws4_request")


def test_records_come_out_long_before_their_batch_ends(stream: Stream) -> None:
    delays_s = []
    for number in range(10):
        sent = time.monotonic()
        stream.send(f"quick-{number}")
        stream.wait_for_alerts({f"quick-{number}"})
        delays_s.append(time.monotonic() - sent)
    assert sorted(delays_s)[5] < BATCH_S / 5


def test_what_cannot_be_parsed_or_is_refused_becomes_a_dead_letter_with_its_bytes(stream: Stream) -> None:
    hostile = [b"\xff\xfe not text", b"{", b'{"article_id":"x"}', b"[" * 5000, b"'"]
    for value in hostile:
        stream.producer.send_and_wait(RAW_NEWS, value, key=b"hostile")
    stream.send("refused", "error bad_input")
    stream.wait(lambda: len(stream.of(RAW_NEWS_DLQ)) >= len(hostile) + 1, "dead letters")

    letters = [DeadLetter.model_validate(value) for value in stream.of(RAW_NEWS_DLQ)]
    originals = {base64.b64decode(letter.original_base64) for letter in letters if letter.key == "hostile"}
    assert originals == set(hostile)
    (refused,) = [letter for letter in letters if letter.key == "refused"]
    assert (refused.code, refused.message, refused.trace_id) == ("bad_input", "as asked", "t-refused")
    assert {letter.attempts for letter in letters} == {1}


def test_a_record_that_always_fails_is_given_up_after_its_limit(stream: Stream) -> None:
    stream.send("poison", "error model_failure")
    stream.wait(lambda: any(letter["key"] == "poison" for letter in stream.of(RAW_NEWS_DLQ)), "the dead letter")

    (letter,) = [DeadLetter.model_validate(v) for v in stream.of(RAW_NEWS_DLQ) if v["key"] == "poison"]
    assert (letter.code, letter.attempts) == ("model_failure", stream.settings.retry_limit + 1)
    assert letter.first_failed_at < letter.last_failed_at
    assert stream.endpoint.calls["poison"] == stream.settings.retry_limit + 1
    assert Article.model_validate_json(base64.b64decode(letter.original_base64)).article_id == "poison"


def test_an_outage_longer_than_the_retry_limit_loses_nothing(stream: Stream) -> None:
    stream.endpoint.down()
    wanted = {f"outage-{number}" for number in range(5)}
    for name in wanted:
        stream.send(name)
    tries = stream.settings.retry_limit + 2
    stream.wait(lambda: all(stream.ids(RAW_NEWS_RETRY).count(name) >= tries for name in wanted), "retries")
    stream.endpoint.up()
    stream.wait_for_alerts(wanted)

    assert sorted(name for name in stream.ids(ENRICHED_ALERTS) if name in wanted) == sorted(wanted)
    assert not any(letter["key"] in wanted for letter in stream.of(RAW_NEWS_DLQ))


def test_a_killed_kafka_is_waited_out_by_the_same_processes(stream: Stream) -> None:
    pids = {name: stream.group.pid(name) for name in ("stream", "retry-mover")}
    stream.disconnect()  # kafka-python leaks a socket for every refused connection
    stream.group.kill("kafka")
    stream.group.start("kafka")
    stream.group.wait_ready("kafka")
    stream.connect()
    wanted = {f"rebirth-{number}" for number in range(4)}
    for name in wanted:
        stream.send(name)
    stream.wait_for_alerts(wanted)
    stream.send("rebirth-poison", "error model_failure")
    stream.wait(lambda: any(letter["key"] == "rebirth-poison" for letter in stream.of(RAW_NEWS_DLQ)), "the dead letter")
    assert {name: stream.group.pid(name) for name in pids} == pids


def test_a_killed_jvm_ends_the_process_and_the_next_one_goes_on_from_the_checkpoint(stream: Stream) -> None:
    heartbeat = read_heartbeat(stream.settings, "stream") or {}
    stream.wait(lambda: _batch(stream) > (heartbeat.get("batch") or 0) + 1, "a finished batch")
    stream.endpoint.gate.clear()
    for number in range(4):
        stream.send(f"inflight-{number}", "slow")
    stream.wait(lambda: any(stream.endpoint.calls[f"inflight-{number}"] for number in range(4)), "a call in flight")
    python = psutil.Process(stream.group.pid("stream"))
    (jvm,) = [child for child in python.children(recursive=True) if child.name() == "java"]
    jvm.kill()
    assert python.wait(30) is not None
    assert not stream.group.alive("stream")

    stream.endpoint.gate.set()
    stream.group.start("stream")
    wanted = {f"inflight-{number}" for number in range(4)}
    stream.wait_for_alerts(wanted, timeout_s=200)
    assert stream.endpoint.calls["happy-1"] == 1, "a finished batch came again"


def test_it_stops_fast_when_told_and_the_same_checkpoint_serves_micro_batches(stream: Stream) -> None:
    stream.group.wait_ready("stream")
    child = psutil.Process(stream.group.pid("stream"))
    children = child.children(recursive=True)
    child.terminate()
    assert stream.group._children["stream"].wait(30) == 0
    psutil.wait_procs(children, 5)
    assert not any(process.is_running() for process in children)

    stream.send("micro")
    stream.group.start("stream-micro")
    stream.wait_for_alerts({"micro"}, timeout_s=200)
    assert stream.endpoint.calls["happy-1"] == 1
    stream.group.stop("stream-micro")


def test_an_unusable_checkpoint_is_set_aside_and_all_that_kafka_has_comes_again(stream: Stream) -> None:
    checkpoint = checkpoint_dir(stream.settings)
    for file in checkpoint.rglob("*"):
        if file.is_file():
            file.write_bytes(b"garbage")
    stream.send("after-garbage")
    stream.group.start("stream")
    stream.wait_for_alerts({"after-garbage"}, timeout_s=200)
    stream.wait(lambda: stream.endpoint.calls["happy-1"] == 2, "the first article, again")
    assert [found.name for found in checkpoint.parent.glob("checkpoint-unusable-*")]


def _batch(stream: Stream) -> int:
    return (read_heartbeat(stream.settings, "stream") or {}).get("batch") or 0
