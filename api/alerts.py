"""Reading alerts: what the caller may see, newest first, in one snapshot with the feed's number."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.audit import record
from api.policy import VISIBLE
from api.principal import Principal
from clients.postgres import AsyncSession, Row
from core.clock import parse_rfc3339, rfc3339
from core.errors import BadInput, NotFound

ALERT = "a.alert_id, a.client_id, a.revision, a.status, a.state, a.acknowledged_by, a.acknowledged_at, a.payload"

_HEAD = "SELECT last_seq, feed_epoch::text FROM rm WHERE rm_id = %s"
_PAGE = f"""
    SELECT {ALERT}, a.created_at FROM alerts a
    WHERE {VISIBLE} AND (%(at)s::timestamptz IS NULL OR (a.created_at, a.alert_id) < (%(at)s, %(id)s::uuid))
    ORDER BY a.created_at DESC, a.alert_id DESC LIMIT %(limit)s
"""  # noqa: S608
_ONE = f"SELECT {ALERT} FROM alerts a WHERE a.alert_id = %(alert_id)s AND {VISIBLE}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after an alert in the list's order; opaque to callers."""

    created_at: datetime
    alert_id: UUID

    def encode(self) -> str:
        """Return the text that `parse_cursor` reads."""
        # Microseconds matter here: two alerts of one millisecond must not be skipped.
        plain = f"{self.created_at.isoformat()}|{self.alert_id}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def parse_cursor(text: str) -> Cursor:
    """Return the place a cursor names; BadInput when it is not one of ours."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at, _, alert_id = plain.partition("|")
        return Cursor(parse_rfc3339(at), UUID(alert_id))
    except (ValueError, binascii.Error, OverflowError):
        raise BadInput("this is not a cursor that we gave out", code="bad_cursor") from None


def as_seen(row: Row) -> dict[str, Any]:
    """Return alert.v1 as the RM sees it: the stored payload with the state, which has columns of its own."""
    acknowledged_at = row["acknowledged_at"]
    return {
        **row["payload"],
        "alert_id": str(row["alert_id"]),
        "revision": row["revision"],
        "status": row["status"],
        "state": row["state"],
        "acknowledged_by": row["acknowledged_by"],
        "acknowledged_at": rfc3339(acknowledged_at) if acknowledged_at else None,
    }


async def read_page(session: AsyncSession, principal: Principal, *, limit: int, cursor: Cursor | None) -> Row:
    """Return `{items, next, head_seq, epoch}`.

    Head and items come from one snapshot: whatever the items lack has a number above `head_seq`.
    """
    async with session.transaction():
        await session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        head = await (await session.execute(_HEAD, (principal.rm_id,))).fetchone()
        if head is None:
            raise NotFound("no such feed")
        parameters = {
            "rm_id": principal.rm_id,
            "limit": limit + 1,
            "at": cursor and cursor.created_at,
            "id": cursor and cursor.alert_id,
        }
        rows = await (await session.execute(_PAGE, parameters)).fetchall()
        shown = rows[:limit]
        await _audit(session, principal, "alerts.listed", shown)
    more = len(rows) > limit
    return {
        "items": [as_seen(row) for row in shown],
        "next": Cursor(shown[-1]["created_at"], shown[-1]["alert_id"]).encode() if more else None,
        "head_seq": head["last_seq"],
        "epoch": head["feed_epoch"],
    }


async def read_one(session: AsyncSession, principal: Principal, alert_id: UUID) -> dict[str, Any]:
    """Return one alert; NotFound when it does not exist or is not for the caller."""
    row = await (await session.execute(_ONE, {"alert_id": alert_id, "rm_id": principal.rm_id})).fetchone()
    if row is None:
        raise NotFound("no such alert")
    await _audit(session, principal, "alert.viewed", [row])
    return as_seen(row)


async def _audit(session: AsyncSession, principal: Principal, action: str, rows: Iterable[Row]) -> None:
    """Record who saw which alerts of which clients."""
    seen = {str(row["alert_id"]): row["client_id"] for row in rows}
    await record(session, principal, action, clients=seen.values(), detail={"alerts": list(seen)})
