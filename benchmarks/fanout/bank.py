"""A bank of many RMs for the gateway: each with a client, an alert, a session, and the market list to watch."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence

import orjson

from api.sessions import Sessions
from clients import redis
from clients.postgres import Jsonb, async_pool, connect
from core.clock import utc_now
from core.errors import DependencyUnavailable
from core.events import Alert, ClientRef, Match, Source, SummarySentence, Times, Versions
from core.settings import Settings

# What an alert shows of its article; the page's own limit is larger.
BODY = "A made-up report about a made-up client, of the length that the news have. " * 16
_MARK = "bench-0"
FEEDS_WITHIN_S = 120.0

_PEOPLE = """
    WITH person AS (SELECT 'rm-' || n AS rm_id, 'C-' || n AS client_id FROM generate_series(0, %s - 1) n),
    made AS (INSERT INTO rm (rm_id, display) SELECT rm_id, rm_id FROM person),
    clients AS (
        INSERT INTO clients (client_id, kind, legal_name, display) SELECT client_id, 'person', 'X', 'X' FROM person
    )
    SELECT
"""
_COVER = "INSERT INTO rm_clients (rm_id, client_id) SELECT 'rm-' || n, 'C-' || n FROM generate_series(0, %s - 1) n"
_ALERTS = """
    WITH new AS (SELECT 'C-' || n AS client_id, gen_random_uuid() AS id FROM generate_series(0, %(rms)s - 1) n),
    stories AS (
        INSERT INTO stories SELECT id, client_id, 'a', 'h', '', now(), now(), nextval('story_changes') FROM new
    )
    INSERT INTO alerts (alert_id, story_id, client_id, revision, status, severity, topic, relevance, released, payload)
    SELECT id, id, client_id, 1, 'active', 'info', 'other', 0.9, true, %(payload)s FROM new
"""
_LIST = "INSERT INTO market_list (instrument_id, display, ccy, reference) VALUES (%s, %s, 'USD', 100)"


def fill(settings: Settings, rms: int, instruments: Sequence[str]) -> dict[str, Alert]:
    """Make the bank; return the alert of each RM."""
    with connect(settings) as session, session.transaction():
        session.execute(_PEOPLE, (rms,))
        session.execute(_COVER, (rms,))
        payload = make_alert(uuid.uuid4(), "C-0").model_dump(mode="json")
        session.execute(_ALERTS, {"rms": rms, "payload": Jsonb(payload)})
        for instrument in instruments:
            session.execute(_LIST, (instrument, instrument))
        rows = session.execute("SELECT alert_id, client_id FROM alerts").fetchall()
    return {row["client_id"].replace("C-", "rm-"): make_alert(row["alert_id"], row["client_id"]) for row in rows}


def await_feeds(settings: Settings, rms: int) -> None:
    """Return once the router has built everybody's feed in Redis, as it does once for a new RM."""
    deadline_s = time.monotonic() + FEEDS_WITHIN_S
    with redis.connect(settings) as connection:
        while sum(1 for _ in connection.scan_iter("feed-epoch:*", count=1000)) < rms:
            if time.monotonic() > deadline_s:
                raise DependencyUnavailable("the router did not build the feeds in time")
            time.sleep(0.2)


def log_in_everybody(settings: Settings, rms: int) -> list[str]:
    """Open a session for each RM and return the cookies."""

    async def open_all() -> list[str]:
        sessions = Sessions(settings)
        async with async_pool(settings, size=1) as pool, pool.connection() as session:
            return [await sessions.open_cookie(session, f"rm-{rm}") for rm in range(rms)]

    return asyncio.run(open_all())


def make_alert(alert_id: uuid.UUID, client_id: str) -> Alert:
    """Return an alert of a usual size, whose trace id is the mark that `marked` replaces."""
    return Alert(
        alert_id=alert_id,
        story_id=alert_id,
        revision=1,
        client=ClientRef(id=client_id, display="X"),
        match=Match(score=0.97, method="bench"),
        relevance=0.9,
        novelty=100,
        severity="info",
        topic="other",
        headline="A made-up headline about a made-up client",
        body=BODY,
        summary=(SummarySentence(text="Something happened.", source_ids=("a",)),),
        sources=(Source(article_id="a", revision=1, headline="A made-up headline about a made-up client"),),
        times=Times(received=utc_now()),
        why="named in the headline",
        versions=Versions(registry="1", resolver="1"),
        trace_id=_MARK,
    )


def marked(alert: Alert, published_ns: int) -> bytes:
    """Return the alert's frame with the moment of publishing in it."""
    frame = {"type": "alert.updated", "alert": alert.model_dump(mode="json")}
    return orjson.dumps(frame).replace(_MARK.encode(), f"bench-{published_ns}".encode())
