"""The outbox relay outlives its Kafka client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from core.settings import Settings
from streaming.router import outbox
from streaming.router.outbox import OutboxRelay


class Table:
    """The outbox with one record; stops the relay when it was published."""

    def __init__(self, stop: Event) -> None:
        self.stop = stop
        self.published: list[int] = []
        self.deletions = 0

    def transaction(self) -> Any:
        return nullcontext()

    def execute(self, statement: str, parameters: tuple[Any, ...]) -> Any:
        if statement.startswith("UPDATE"):
            self.published += parameters[0]
        self.deletions += statement.startswith("DELETE")
        if self.published:
            self.stop.set()
        waiting = [] if self.published else [{"outbox_id": 1, "topic": "t", "key": "k", "value": "{}"}]
        return SimpleNamespace(fetchall=lambda: waiting)


class DyingProducer:
    """Fails whatever it is given, as an idempotent producer does after a fatal error, unless `error` is None."""

    def __init__(self, error: Exception | None) -> None:
        self.error = error
        self.closed = False

    def send(self, *_args: Any, on_done: Callable[[BaseException | None], None], **_kwargs: Any) -> None:
        on_done(self.error)

    def flush(self) -> None:
        assert not self.closed

    def close(self) -> None:
        self.closed = True


def test_a_producer_that_failed_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Event()
    table, connections = Table(stop), 0
    producers = [DyingProducer(RuntimeError("fatal")), DyingProducer(None)]
    unused = iter(producers)

    @contextmanager
    def connect(_settings: Settings) -> Iterator[Table]:
        nonlocal connections
        connections += 1
        if connections == 4:
            stop.set()  # fails below rather than never
        yield table

    monkeypatch.setattr(outbox, "connect", connect)
    monkeypatch.setattr(outbox, "Producer", lambda _settings: next(unused))
    OutboxRelay(Settings(), stop).run()
    assert table.published == [1]
    assert all(producer.closed for producer in producers)
    assert table.deletions == 1
