"""Reading alerts: what the caller may see, newest first, in one snapshot with the feed's number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from api.alert_models import AlertQuery
from api.alert_query import NEWEST_FIRST, Cursor, where
from api.audit import record
from api.policy import VISIBLE
from api.principal import Principal
from clients.postgres import AsyncSession, Row, snapshot
from core.clock import rfc3339
from core.errors import NotFound
from core.events import Handling

HANDLING = tuple(Handling.model_fields)
# For queries over `alerts a` with a parameter rm_id.
ALERT = (
    "a.alert_id, a.client_id, a.revision, a.status, a.created_at, a.payload, is_muted(%(rm_id)s, a) AS muted, "
    + ", ".join(f"a.{name}" for name in HANDLING)
)

_HEAD = "SELECT last_seq, feed_epoch::text FROM rm WHERE rm_id = %s"
_ONE = f"SELECT {ALERT} FROM alerts a WHERE a.alert_id = %(alert_id)s AND {VISIBLE}"  # noqa: S608
_EVENTS = "SELECT kind, actor, at, revision, detail FROM alert_events WHERE alert_id = %s ORDER BY event_id"
_FEEDBACK = """
    SELECT feedback_id, rm_id, useful, reason, note, revision, at FROM feedback WHERE alert_id = %s ORDER BY feedback_id
"""


def as_seen(row: Row) -> dict[str, Any]:
    """Return alert.v1 as the caller sees it: the stored payload with what has columns of its own."""
    return {
        **row["payload"],
        "alert_id": str(row["alert_id"]),
        "revision": row["revision"],
        "status": row["status"],
        "muted": row["muted"],
        **{name: _written(row[name]) for name in HANDLING},
    }


async def read_page(session: AsyncSession, principal: Principal, asked: AlertQuery) -> dict[str, Any]:
    """Return `{items, next, head_seq, epoch}`.

    Head and items come from one snapshot: whatever the items lack has a number above `head_seq`.
    """
    condition, parameters = where(asked, principal.rm_id)
    query = f"SELECT {ALERT} FROM alerts a WHERE {condition} {NEWEST_FIRST}"  # noqa: S608
    async with snapshot(session):
        head = await (await session.execute(_HEAD, (principal.rm_id,))).fetchone()
        if head is None:
            raise NotFound("no such feed")
        rows = await (await session.execute(query.encode(), parameters | {"limit": asked.limit + 1})).fetchall()
        shown = rows[: asked.limit]
        await record_seen(session, principal, "alerts.listed", shown)
    return {
        "items": [as_seen(row) for row in shown],
        "next": Cursor(shown[-1]["created_at"], shown[-1]["alert_id"]).encode() if len(rows) > len(shown) else None,
        "head_seq": head["last_seq"],
        "epoch": head["feed_epoch"],
    }


async def read_one(session: AsyncSession, principal: Principal, alert_id: UUID) -> dict[str, Any]:
    """Return one alert with its events and feedback; NotFound when it does not exist or is not for the caller."""
    async with session.transaction():
        row = await find(session, principal, alert_id)
        events = await (await session.execute(_EVENTS, (alert_id,))).fetchall()
        feedback = await (await session.execute(_FEEDBACK, (alert_id,))).fetchall()
        await record_seen(session, principal, "alert.viewed", [row])
    return {
        **as_seen(row),
        "events": [_dated(event) for event in events],
        "feedback": [_dated(one) for one in feedback],
    }


async def find(session: AsyncSession, principal: Principal, alert_id: UUID) -> Row:
    """Return an alert's row; NotFound when it does not exist or is not for the caller."""
    row = await (await session.execute(_ONE, {"alert_id": alert_id, "rm_id": principal.rm_id})).fetchone()
    if row is None:
        raise NotFound("no such alert")
    return row


async def record_seen(session: AsyncSession, principal: Principal, action: str, rows: Iterable[Row]) -> None:
    """Record who saw which alerts of which clients."""
    seen = {str(row["alert_id"]): row["client_id"] for row in rows}
    await record(session, principal, action, clients=seen.values(), detail={"alerts": list(seen)})


def _dated(row: Row) -> dict[str, Any]:
    return {**row, "at": rfc3339(row["at"])}


def _written(value: object) -> object:
    return rfc3339(value) if isinstance(value, datetime) else value
