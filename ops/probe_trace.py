"""How far an article came: where to look when a probe's alert is not shown in time."""

from __future__ import annotations

import time
import uuid

from clients.kafka import Consumer
from clients.postgres import connect
from core import topics
from core.errors import DependencyUnavailable
from core.settings import Settings

LOOK_FOR_S = 6.0

# From the last hop to the first; the sentence says what to look at next.
_ON_TOPIC = {
    topics.ENRICHED_ALERTS: "it was enriched and is not routed: look at `tipline logs router`",
    topics.RAW_NEWS_DLQ: "it went to the dead letters: see `tipline dlq list`",
    topics.RAW_NEWS_RETRY: "the endpoint fails, it waits for another try: look at `tipline logs serve`",
    topics.REVIEW_CANDIDATES: "the resolver was not sure enough and sent it to review",
    topics.RESOLVER_DECISIONS: "the resolver decided that it is not about this client",
}
_ROUTED = "SELECT 1 FROM alert_sources WHERE article_id = %s AND client_id = %s"
_ACCEPTED = "SELECT 1 FROM intake_articles WHERE article_id = %s"


def last_hop(settings: Settings, article_id: str, client_id: str) -> str:
    """Return a sentence about the last hop that the article reached."""
    with connect(settings) as session:
        if session.execute(_ROUTED, (article_id, client_id)).fetchone():
            return "routed: the alert is stored and the page was not told: look at `tipline logs router` and `api`"
        accepted = session.execute(_ACCEPTED, (article_id,)).fetchone()
    try:
        seen = _seen_on(settings, article_id)
    except DependencyUnavailable as error:
        return f"accepted; what followed cannot be read, {error.message}"
    for topic, meaning in _ON_TOPIC.items():
        if topic in seen:
            return f"{topic}: {meaning}"
    if accepted:
        return "accepted: it waits for the stream: look at `tipline logs stream`"
    return "none: the intake has no record of it: look at `tipline logs intake`"


def _seen_on(settings: Settings, article_id: str) -> set[str]:
    needle, seen = article_id.encode(), set[str]()
    consumer = Consumer(settings, _ON_TOPIC, group=f"probe-{uuid.uuid4()}")
    deadline = time.monotonic() + LOOK_FOR_S
    try:
        while time.monotonic() < deadline:
            seen |= {one.topic for one in consumer.poll(0.5) if needle in (one.key or b"") or needle in one.value}
    finally:
        consumer.close()
    return seen
