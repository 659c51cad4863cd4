"""The intake process under test: started as the supervisor would, posted to as a provider would."""

from __future__ import annotations

import itertools
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from clients.kafka import read_all
from core.settings import Settings, as_environment
from core.topics import RAW_NEWS, RAW_NEWS_DLQ
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, http_probe
from streaming.intake.signatures import sign
from streaming.sources import load_sources

SOURCE = "demo-wire"
ROOT = Path(__file__).parents[2]


class Provider:
    """Posts signed deliveries to a running intake and reads what came out at the other end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.http = httpx.Client(base_url=settings.intake_url, timeout=30)
        self._numbers = itertools.count(time.time_ns())

    def post(
        self,
        body: bytes | Mapping[str, Any],
        *,
        message_id: str | None = None,
        content_type: str | None = None,
        now_s: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Post a body, signed now unless told otherwise; `headers` replace the signed ones."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        signed = sign(
            load_sources(self.settings).webhook(SOURCE),
            message_id or self.fresh_id(),
            raw,
            now_s=time.time() if now_s is None else now_s,
        )
        given = {**signed, **(headers or {}), **({"content-type": content_type} if content_type else {})}
        return self.http.post(f"/hooks/news/{SOURCE}", content=raw, headers=given)

    def close(self) -> None:
        self.http.close()

    def fresh_id(self) -> str:
        return f"test-{next(self._numbers)}"

    def article(self, **fields: Any) -> dict[str, Any]:
        """Return an article of our own format with an id that no other has."""
        return {"id": self.fresh_id(), "headline": "A headline", "body": "A body.", "revision": 1, **fields}

    def published(self, article_id: str) -> list[dict[str, Any]]:
        """Return the records of one article in `raw-news-events`, in order."""
        records = read_all(self.settings, RAW_NEWS)
        return [json.loads(one.value) for one in records if one.key == article_id.encode()]

    def topic_sizes(self) -> tuple[int, int]:
        """Return how many records the news topic and its dead letters hold."""
        return sum(1 for _ in read_all(self.settings, RAW_NEWS)), sum(1 for _ in read_all(self.settings, RAW_NEWS_DLQ))

    def last_dead_letter(self) -> dict[str, Any]:
        letter: dict[str, Any] = json.loads(list(read_all(self.settings, RAW_NEWS_DLQ))[-1].value)
        return letter


def process(settings: Settings, module: str, name: str, ready: Callable[[], bool]) -> ProcessGroup:
    """Return a group of one: a Python process of ours."""
    service = Service(
        name, (sys.executable, "-m", module), ready, env=as_environment(settings), cwd=ROOT, start_timeout_s=30
    )
    return ProcessGroup([service], settings.data_dir)


@contextmanager
def running_intake(settings: Settings) -> Iterator[ProcessGroup]:
    """Run the intake process until the block ends."""
    group = process(settings, "streaming.intake", "intake", http_probe(f"{settings.intake_url}/readyz"))
    try:
        group.start_all()
        yield group
    finally:
        group.stop_all()
