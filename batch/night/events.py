"""What a message of the queue says: which objects are new in bronze."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote_plus

from batch.landing.layout import parse_key
from clients.postgres import Session
from clients.sqs import Message, Queue
from core.errors import BadInput
from core.logs import get_logger
from core.settings import Settings

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One version of an object that a bucket announced."""

    bucket: str
    key: str
    version_id: str

    @property
    def as_of_date(self) -> date | None:
        """The day that the key names; None for what lies elsewhere."""
        try:
            return parse_key(self.key).as_of_date
        except BadInput:
            return None


def open_queue(settings: Settings) -> Queue:
    """Return the queue with everything in place that brings bronze's events into it; safe to repeat."""
    queue = Queue(settings, settings.bronze_queue)
    queue.ensure()
    queue.announce(settings.bronze_bucket)
    return queue


def read_arrivals(message: Message) -> list[Arrival]:
    """Return what a message announces; S3's test message and what is no S3 event announce nothing."""
    try:
        records = json.loads(message.body).get("Records", [])
        return [_arrival(record["s3"]) for record in records if record["eventName"].startswith("ObjectCreated:")]
    except (ValueError, AttributeError, KeyError, TypeError):
        # The sweep finds the object without its event.
        log.warning("event_not_understood", size=len(message.body))
        return []


def remember(session: Session, arrivals: Iterable[Arrival]) -> None:
    """Keep each version once, for the triggers of type EVENT."""
    for arrival in arrivals:
        session.execute(
            "INSERT INTO bronze_events (bucket, key, version_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (arrival.bucket, arrival.key, arrival.version_id),
        )


def _arrival(record: dict[str, dict[str, str]]) -> Arrival:
    found = record["object"]
    return Arrival(record["bucket"]["name"], unquote_plus(found["key"]), found.get("versionId") or "null")
