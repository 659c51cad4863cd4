"""What our Kafka client adds to the vendor's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest
from kafka.errors import KafkaTimeoutError

from clients import kafka
from core.errors import DependencyUnavailable
from core.settings import Settings


class StubbornProducer:
    """Has a record that Kafka never acknowledges, and so refuses to close until its thread was told to give up."""

    def __init__(self, **_settings: Any) -> None:
        self._sender = self
        self.given_up = self.closed = False

    def force_close(self) -> None:
        self.given_up = True

    def close(self, timeout: float) -> None:
        assert timeout > 0
        if not self.given_up:
            raise KafkaTimeoutError("Timeout waiting for future")
        self.closed = True


def test_a_producer_closes_although_kafka_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[StubbornProducer] = []

    def make(**settings: Any) -> StubbornProducer:
        made.append(StubbornProducer(**settings))
        return made[0]

    monkeypatch.setattr(kafka, "KafkaProducer", make)
    kafka.Producer(Settings()).close()
    assert made[0].closed


class StubbornConsumer:
    """Takes no offsets, and keeps trying for as long as it may."""

    def __init__(self, **_settings: Any) -> None:
        self.tried_for_ms = 0.0

    def topics(self) -> set[str]:
        return {"topic"}

    def subscribe(self, _topics: list[str]) -> None:
        return None

    def commit(self, offsets: dict[Any, Any], timeout_ms: float | None = None) -> None:
        assert [place.offset for place in offsets.values()] == [8]
        self.tried_for_ms = float("inf") if timeout_ms is None else timeout_ms
        raise KafkaTimeoutError("no coordinator")


def test_a_commit_ends_soon_although_kafka_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    vendors = StubbornConsumer()
    monkeypatch.setattr(kafka, "KafkaConsumer", lambda **_settings: vendors)
    consumer = kafka.Consumer(Settings(), ["topic"], group="group")
    with pytest.raises(DependencyUnavailable, match="took no offsets"):
        consumer.commit_through([kafka.Record("topic", 0, 7, 0, None, b"")])
    assert 0 < vendors.tried_for_ms < 15_000


def test_a_client_that_reaches_nobody_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Mock()
    monkeypatch.setattr(kafka, "KafkaNetClient", opened)

    def fail(kafka_client: Callable[[], Any], **_settings: Any) -> None:
        kafka_client()
        opened.return_value.close.assert_not_called()
        raise KafkaTimeoutError("Unable to bootstrap")

    with pytest.raises(DependencyUnavailable, match="does not answer"):
        kafka.connected(fail, Settings())
    opened.return_value.close.assert_called_once_with()
