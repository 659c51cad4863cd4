import base64
import json
from typing import Any

import pytest

from clients.kafka import Record
from core.errors import DependencyUnavailable
from core.events import DeadLetter
from core.settings import Settings
from streaming import retry_mover
from streaming.retry_mover import POLL_S, RELEASES_PER_S, RetryMover, dead_letter
from streaming.retry_policy import read_failure

SETTINGS = Settings(retry_backoff_initial_s=1, retry_backoff_max_s=60, retry_limit=2)
NOW_S = 1_700_000_000.0


class FakeConsumer:
    def __init__(self, records: list[Record]) -> None:
        self.waiting = records
        self.committed: list[int] = []

    def poll(self, _timeout_s: float) -> list[Record]:
        polled, self.waiting = self.waiting, []
        return polled

    def commit_through(self, records: list[Record]) -> None:
        self.committed += [record.offset for record in records]

    def lag(self) -> int:
        return len(self.waiting)


class FakeProducer:
    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes, bytes | None, dict[str, bytes]]] = []
        self.broken = False

    def send_and_wait(self, topic: str, value: bytes, *, key: bytes | None, headers: Any = None) -> None:
        if self.broken:
            raise DependencyUnavailable("no broker")
        self.sent.append((topic, value, key, dict(headers or {})))


class Clock:
    def __init__(self) -> None:
        self.now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s


def record(offset: int = 0, *, value: bytes = b'{"trace_id":"t-1"}', **headers: bytes) -> Record:
    return Record("raw-news-events.retry", 0, offset, int(NOW_S * 1000), b"key", value, headers)


def mover(consumer: FakeConsumer, producer: FakeProducer, clock: Clock) -> RetryMover:
    return RetryMover(SETTINGS, consumer, producer, now_s=clock)  # type: ignore[arg-type]


def test_a_record_rests_then_goes_back_with_its_bytes_and_counts() -> None:
    consumer, producer, clock = FakeConsumer([record(attempts=b"1", strikes=b"0", other=b"x")]), FakeProducer(), Clock()
    moving = mover(consumer, producer, clock)
    clock.now_s += 0.4
    assert moving.step() == 1
    assert producer.sent == []
    clock.now_s += 1
    assert moving.step() == 0
    ((topic, value, key, headers),) = producer.sent
    assert (topic, value, key) == ("raw-news-events", b'{"trace_id":"t-1"}', b"key")
    assert headers == {"other": b"x", "attempts": b"1", "strikes": b"0"}
    assert consumer.committed == [0]


def test_past_the_limit_it_becomes_a_dead_letter() -> None:
    spent = record(
        attempts=b"4", strikes=b"3", error=b"model_failure: broke", first_failed_at=b"2023-01-01T00:00:00.000Z"
    )
    consumer, producer, clock = FakeConsumer([spent]), FakeProducer(), Clock()
    moving = mover(consumer, producer, clock)
    clock.now_s += 60
    moving.step()
    ((topic, value, _key, _headers),) = producer.sent
    letter = DeadLetter.model_validate(json.loads(value))
    assert topic == "raw-news-events.dlq"
    assert (letter.topic, letter.code, letter.message, letter.attempts) == (
        "raw-news-events",
        "model_failure",
        "broke",
        4,
    )
    assert base64.b64decode(letter.original_base64) == spent.value
    assert letter.trace_id == "t-1"
    assert consumer.committed == [0]


def test_what_kafka_did_not_acknowledge_is_not_committed() -> None:
    consumer, producer, clock = FakeConsumer([record()]), FakeProducer(), Clock()
    moving = mover(consumer, producer, clock)
    clock.now_s += 60
    producer.broken = True
    with pytest.raises(DependencyUnavailable):
        moving.step()
    assert consumer.committed == []


def test_a_flood_is_released_at_a_bounded_rate() -> None:
    consumer, producer, clock = FakeConsumer([record(offset) for offset in range(500)]), FakeProducer(), Clock()
    moving = mover(consumer, producer, clock)
    clock.now_s += 3600
    moving.step()
    assert len(producer.sent) == RELEASES_PER_S
    clock.now_s += 0.5
    moving.step()
    assert len(producer.sent) == RELEASES_PER_S * 3 // 2


@pytest.mark.parametrize("value", [b"", b"\xff", b"[]", b'{"trace_id": 5}', b"[" * 100_000])
def test_any_bytes_make_a_letter_that_is_the_same_each_time(value: bytes) -> None:
    broken = record(value=value)
    letter = dead_letter(broken, read_failure(broken))
    assert letter.trace_id is None
    assert base64.b64decode(letter.original_base64) == value
    assert dead_letter(broken, read_failure(broken)) == letter


def test_what_it_cannot_hold_stays_in_kafka_and_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer, producer, clock = FakeConsumer([record(0)]), FakeProducer(), Clock()
    waited: list[float] = []
    monkeypatch.setattr(retry_mover, "HELD_LIMIT_BYTES", 1)
    tight = RetryMover(SETTINGS, consumer, producer, now_s=clock, wait=waited.append)  # type: ignore[arg-type]
    tight.step()
    consumer.waiting = [record(1)]
    assert (tight.step(), waited, producer.sent) == (2, [POLL_S], [])
    clock.now_s += SETTINGS.retry_backoff_initial_s
    tight.step()
    clock.now_s += SETTINGS.retry_backoff_initial_s
    tight.step()
    assert consumer.committed == [0, 1]
