"""The router under test: fresh RMs and clients, records in by Kafka, frames out by Redis."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from clients.kafka import Producer
from clients.postgres import Row, connect
from clients.redis import RedisError
from clients.redis import connect as connect_redis
from core.events import EnrichedArticle, Retraction
from core.settings import Settings, as_environment
from core.topics import ENRICHED_ALERTS
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, heartbeat_probe

ROOT = Path(__file__).parents[2]
Got = TypeVar("Got")


def until(condition: Callable[[], Got], *, timeout_s: float = 60.0) -> Got:
    """Return the first true answer of a condition; AssertionError when none comes in time."""
    deadline = time.monotonic() + timeout_s
    while not (got := condition()):
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)
    return got


def query(settings: Settings, statement: str, *parameters: object) -> list[Row]:
    with connect(settings) as session:
        return session.execute(statement.encode(), parameters).fetchall()


def run(settings: Settings, statement: str, *parameters: object) -> None:
    with connect(settings) as session:
        session.execute(statement.encode(), parameters)


class Book:
    """A fresh RM with fresh clients; ids of its articles carry its own mark."""

    def __init__(self, settings: Settings, *, clients: int = 1, covered: bool = True) -> None:
        self.settings = settings
        self.mark = uuid4().hex[:12]
        self.rm_id = f"rm-{self.mark}"
        self.clients = [f"C-{self.mark}-{number}" for number in range(clients)]
        run(settings, "INSERT INTO rm (rm_id, display) VALUES (%s, %s)", self.rm_id, self.rm_id)
        for client in self.clients:
            run(
                settings,
                "INSERT INTO clients (client_id, kind, legal_name, display) VALUES (%s, 'person', %s, %s)",
                client, client, f"Client {client}",
            )  # fmt: skip
            if covered:
                self.cover(client)

    @property
    def client(self) -> str:
        return self.clients[0]

    def cover(self, client: str, valid_from: str = "-infinity", valid_to: str = "infinity") -> None:
        run(self.settings, "INSERT INTO rm_clients VALUES (%s, %s, %s, %s)", self.rm_id, client, valid_from, valid_to)

    def article(self, name: object) -> str:
        return f"{self.mark}-{name}"

    def alerts(self) -> list[Row]:
        return query(self.settings, "SELECT * FROM alerts WHERE client_id = ANY(%s) ORDER BY created_at", self.clients)

    def rows(self) -> list[dict[str, Any]]:
        """Return the frames of the RM's feed in Postgres, in order."""
        found = query(self.settings, "SELECT frame FROM rm_feed WHERE rm_id = %s ORDER BY seq", self.rm_id)
        return [row["frame"] for row in found]

    def stream(self) -> list[tuple[int, dict[str, Any]]]:
        """Return `(seq, frame)` of the RM's stream in Redis; empty while Redis is away."""
        client = connect_redis(self.settings)
        try:
            entries: Any = client.xrange(f"feed:{self.rm_id}")
        except RedisError:
            return []
        finally:
            client.close()
        return [(int(entry.split(b"-")[0]), json.loads(fields[b"frame"])) for entry, fields in entries]

    def epochs(self) -> tuple[str, str]:
        """Return the feed's epoch in Postgres and in Redis."""
        (row,) = query(self.settings, "SELECT feed_epoch::text AS epoch FROM rm WHERE rm_id = %s", self.rm_id)
        client = connect_redis(self.settings)
        stored = client.get(f"feed-epoch:{self.rm_id}")
        client.close()
        return row["epoch"], stored.decode() if isinstance(stored, bytes) else ""

    def shown_articles(self) -> list[str]:
        """Return the ids of the articles that the stream's frames brought, each as often as it was the news."""
        before: dict[str, set[str]] = {}
        brought = []
        for _, frame in self.stream():
            sources = {source["article_id"] for source in frame["alert"]["sources"]}
            brought += sorted(sources - before.get(frame["alert"]["alert_id"], set()))
            before[frame["alert"]["alert_id"]] = sources
        return brought


def publish(settings: Settings, records: Iterable[EnrichedArticle | Retraction | tuple[bytes, bytes]]) -> None:
    """Put records on `enriched-alerts` as the stream does; raw ones as `(key, value)`."""
    producer = Producer(settings)
    for record in records:
        if isinstance(record, tuple):
            key, value = record
        else:
            key = (record.client_id if isinstance(record, EnrichedArticle) else record.article_id).encode()
            value = record.to_json()
        producer.send_and_wait(ENRICHED_ALERTS, value, key=key)
    producer.close()


def router_group(settings: Settings, name: str = "router") -> ProcessGroup:
    """Return a group of one router process."""
    service = Service(
        name,
        (sys.executable, "-m", "streaming.router"),
        heartbeat_probe(settings, "router"),
        env=as_environment(settings),
        cwd=ROOT,
        start_timeout_s=60,
    )
    return ProcessGroup([service], settings.data_dir)


@contextmanager
def running_router(settings: Settings, name: str = "router") -> Iterator[ProcessGroup]:
    """Run a router until the block ends."""
    group = router_group(settings, name)
    try:
        group.start_all()
        yield group
    finally:
        group.stop_all()
