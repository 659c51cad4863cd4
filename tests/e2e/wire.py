"""The provider's side of the journeys: signed articles to the real webhook, and what became of them in Kafka."""

from __future__ import annotations

import json
import time
import uuid
from collections import defaultdict
from typing import Any

import httpx

from clients.kafka_reader import TopicReader
from core.clock import rfc3339, utc_now
from core.settings import Settings
from core.topics import RESOLVER_DECISIONS
from ops.news_files import Document
from ops.news_sender import Sender
from ops.secrets import WEBHOOK_SOURCE

DECIDED_WITHIN_S = 30.0


class Wire:
    """Posts articles as the demo source; use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._http = httpx.Client(trust_env=False, timeout=30)
        self._sender = Sender(settings, WEBHOOK_SOURCE, self._http)
        self._reader = TopicReader(settings, [RESOLVER_DECISIONS])
        self._reader.seek(RESOLVER_DECISIONS, {})
        self._decisions: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._reader.close()
        self._http.close()

    def post(self, headline: str, body: str, *, article_id: str | None = None, **fields: Any) -> str:
        """Send one article of now and return its id once it is accepted; `fields` are news.article.v1's."""
        article_id = article_id or f"e2e-{uuid.uuid4()}"
        now = utc_now()
        article = {
            "type": "news.article.v1",
            "article_id": article_id,
            "revision": int(now.timestamp() * 1000),
            "published_at": rfc3339(now),
            "headline": headline,
            "body": body,
            **fields,
        }
        reply = self._sender.send(Document.of_json(article), f"e2e-{uuid.uuid4()}")
        assert reply.status_code == httpx.codes.ACCEPTED, reply.text
        return article_id

    def await_decisions(self, article_id: str) -> list[dict[str, Any]]:
        """Wait until the resolver has decided about an article, and return what it said about each client."""
        deadline = time.monotonic() + DECIDED_WITHIN_S
        while time.monotonic() < deadline:
            records = self._reader.poll(0.1)
            for record in records:
                self._decisions[(record.key or b"").decode()].append(json.loads(record.value))
            if not records and article_id in self._decisions:
                return self._decisions[article_id]
        raise AssertionError(f"nothing was decided about {article_id}")
