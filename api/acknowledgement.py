"""Acknowledging an alert: one transaction from the row to every RM's feed and to the outbox."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.alerts import ALERT, as_seen
from api.audit import record
from api.policy import VISIBLE, covering_rms
from api.principal import Principal
from clients.postgres import AsyncPool, AsyncSession, Deadlock, Jsonb
from core.clock import rfc3339
from core.errors import DependencyUnavailable, NotFound
from core.events import AlertStateChange
from core.topics import ALERT_STATE_CHANGES

ATTEMPTS = 3

_LOCK = f"SELECT {ALERT} FROM alerts a WHERE a.alert_id = %(alert_id)s AND {VISIBLE} FOR UPDATE OF a"  # noqa: S608
_UPDATE = f"""
    UPDATE alerts a SET state = 'acknowledged', acknowledged_by = %(rm_id)s,
        acknowledged_at = date_trunc('milliseconds', clock_timestamp()), updated_at = now()
    WHERE a.alert_id = %(alert_id)s RETURNING {ALERT}
"""  # noqa: S608
_EVENT = "INSERT INTO alert_events (alert_id, revision, kind, actor, at) VALUES (%s, %s, 'acknowledged', %s, %s)"
_FEED = "SELECT append_feed(%s, %s, %s, %s)"
_OUTBOX = "INSERT INTO outbox (topic, key, value) VALUES (%s, %s, %s)"


async def acknowledge(pool: AsyncPool, principal: Principal, alert_id: UUID) -> dict[str, Any]:
    """Acknowledge an alert and return it; who came first stays, and a repeated call changes nothing.

    NotFound when it does not exist or is not for the caller.
    """
    for _ in range(ATTEMPTS):
        try:
            async with pool.connection() as session, session.transaction():
                return await _acknowledge(session, principal, alert_id)
        except Deadlock:
            # The router locks the same alerts and feeds for a story; one of the two gives way.
            continue
    raise DependencyUnavailable("the alert is being changed; try again", code="contended", retry_after_s=1)


async def _acknowledge(session: AsyncSession, principal: Principal, alert_id: UUID) -> dict[str, Any]:
    named = {"alert_id": alert_id, "rm_id": principal.rm_id}
    found = await (await session.execute(_LOCK, named)).fetchone()
    if found is None:
        raise NotFound("no such alert")
    if found["state"] == "acknowledged":
        return as_seen(found)
    row = await (await session.execute(_UPDATE, named)).fetchone()
    if row is None:
        raise AssertionError("the row is locked, so the update finds it")
    change = AlertStateChange(
        alert_id=alert_id,
        client_id=row["client_id"],
        state="acknowledged",
        by=principal.rm_id,
        at=row["acknowledged_at"],
        revision=row["revision"],
    )
    await _publish(session, principal, change)
    return as_seen(row)


async def _publish(session: AsyncSession, principal: Principal, change: AlertStateChange) -> None:
    """Write what follows from a change: the history, the feeds of all covering RMs, the outbox and the audit."""
    alert_id, revision = change.alert_id, change.revision
    await session.execute(_EVENT, (alert_id, revision, change.by, change.at))
    frame = {
        "type": "state",
        "alert_id": str(alert_id),
        "state": change.state,
        "by": change.by,
        "at": rfc3339(change.at),
        "revision": revision,
    }
    for rm_id in await covering_rms(session, change.client_id):
        await session.execute(_FEED, (rm_id, alert_id, revision, Jsonb(frame)))
    value = Jsonb(change.model_dump(mode="json"))
    await session.execute(_OUTBOX, (ALERT_STATE_CHANGES, change.client_id, value))
    await record(session, principal, "alert.acknowledged", clients=[change.client_id], subject=str(alert_id))
