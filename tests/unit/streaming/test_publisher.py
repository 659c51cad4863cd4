"""Kafka comes and goes under intake: no error of its client ends the reconnecting or a waiting request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from core.errors import DependencyUnavailable
from core.settings import Settings
from streaming.intake import publisher as module
from streaming.intake.publisher import Outgoing, Publisher

RECORD = Outgoing("topic", None, b"value")


class FakeProducer:
    """Acknowledges at once; once `broken`, a send waits for a permit and then fails."""

    def __init__(self) -> None:
        self.broken = False
        self.permits, self.closed = threading.Semaphore(0), threading.Event()

    def send(self, *_args: Any, on_done: Callable[[BaseException | None], None], **_kwargs: Any) -> None:
        if self.broken:
            self.permits.acquire(timeout=10)
            raise DependencyUnavailable("Kafka took no record")
        on_done(None)

    def close(self) -> None:
        self.closed.set()
        if self.broken:
            raise RuntimeError("NetworkSelector closed!")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What connecting gives, one after the other: a producer, or an error that is raised."""
    outcomes: list[Any] = []

    def connect(_settings: Settings, _topics: object) -> Any:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(module, "_open", connect)
    monkeypatch.setattr(module, "RECONNECT_INITIAL_S", 0.001)
    return outcomes


async def test_an_unforeseen_error_of_the_client_is_tried_again(opened: list[Any]) -> None:
    publisher = Publisher(Settings(), topics=())
    opened += [RuntimeError("NetworkSelector closed!"), FakeProducer()]
    publisher.start()
    await publisher.wait_ready(5)
    await publisher.publish([RECORD])
    await publisher.close()


async def test_what_is_queued_behind_a_failed_send_is_refused_as_retryable(opened: list[Any]) -> None:
    publisher, first, second = Publisher(Settings(), topics=()), FakeProducer(), FakeProducer()
    opened += [first, second]
    publisher.start()
    await publisher.wait_ready(5)
    first.broken = True
    publishing = [asyncio.create_task(publisher.publish([RECORD])) for _ in range(3)]
    first.permits.release()
    await asyncio.wait(publishing[:1])
    first.permits.release(2)
    refused = await asyncio.gather(*publishing, return_exceptions=True)
    assert [type(one) for one in refused] == [DependencyUnavailable] * 3
    await publisher.wait_ready(5)
    assert first.closed.is_set()
    await publisher.publish([RECORD])
    await publisher.close()
