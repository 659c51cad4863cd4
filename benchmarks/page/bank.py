"""One RM with a client and many alerts about it."""

from __future__ import annotations

import asyncio
import uuid

from api.sessions import Sessions
from benchmarks.fanout.bank import make_alert
from clients.postgres import Jsonb, async_pool, connect
from core.settings import Settings

RM, CLIENT = "rm-0", "C-0"

_PERSON = "INSERT INTO rm (rm_id, display) VALUES (%s, 'Somebody')"
_CLIENT = "INSERT INTO clients (client_id, kind, legal_name, display) VALUES (%s, 'person', 'X', 'X')"
_COVER = "INSERT INTO rm_clients (rm_id, client_id) VALUES (%s, %s)"
_STORY = "INSERT INTO stories VALUES (%s, %s, %s, 'h', '', now(), now(), nextval('story_changes'))"
_ALERT = """
    INSERT INTO alerts (alert_id, story_id, client_id, revision, status, severity, topic, relevance, released, payload)
    VALUES (%s, %s, %s, 1, 'active', 'info', 'other', 0.9, true, %s)
"""


def fill(settings: Settings, alerts: int) -> str:
    """Make the person and the alerts; return the cookie of a session."""
    with connect(settings) as session, session.transaction():
        session.execute(_PERSON, (RM,))
        session.execute(_CLIENT, (CLIENT,))
        session.execute(_COVER, (RM, CLIENT))
        for _ in range(alerts):
            alert = make_alert(uuid.uuid4(), CLIENT)
            session.execute(_STORY, (alert.story_id, CLIENT, "a"))
            payload = Jsonb(alert.model_dump(mode="json"))
            session.execute(_ALERT, (alert.alert_id, alert.story_id, CLIENT, payload))
    return asyncio.run(_log_in(settings))


async def _log_in(settings: Settings) -> str:
    async with async_pool(settings, size=1) as pool, pool.connection() as session:
        return await Sessions(settings).open_cookie(session, RM)
