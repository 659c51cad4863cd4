"""What our Kafka client adds to the vendor's."""

from __future__ import annotations

from typing import Any

import pytest
from kafka.errors import KafkaTimeoutError

from clients import kafka


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
    kafka.Producer("nowhere:1").close()
    assert made[0].closed
