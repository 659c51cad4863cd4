"""Changing an alert's state: one transaction from the row to every hearer's feed, the outbox and the audit.

A change that is made already changes nothing, so every call may be repeated; who came first stays named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.alerts import ALERT, as_seen
from api.policy import VISIBLE
from api.principal import Principal
from clients.postgres import AsyncPool, AsyncSession, Deadlock, Row
from core.errors import Conflict, DependencyUnavailable, NotFound
from core.events import ChangeKind

ATTEMPTS = 3

_NOW = "date_trunc('milliseconds', clock_timestamp())"
_AWAKE = "snoozed_by = NULL, snoozed_until = NULL"
_OPEN = "acknowledged_by = NULL, acknowledged_at = NULL"
# Dismissed alerts have to be restored first; what calls for attention again takes the acknowledgement back.
_ASSIGNMENTS: Mapping[ChangeKind, str] = {
    "acknowledged": f"acknowledged_by = %(rm_id)s, acknowledged_at = {_NOW}, {_AWAKE}",
    "snoozed": f"snoozed_by = %(rm_id)s, snoozed_until = %(until)s, {_OPEN}",
    "returned": _AWAKE,
    "dismissed": f"dismissed_by = %(rm_id)s, dismissed_at = {_NOW}, dismissal_reason = %(reason)s, {_AWAKE}",
    "restored": "dismissed_by = NULL, dismissed_at = NULL, dismissal_reason = NULL",
    "escalated": f"escalated_by = %(rm_id)s, escalated_at = {_NOW}, escalated_to = %(level)s, {_AWAKE}, {_OPEN}",
}
_LOCK = f"SELECT {ALERT} FROM alerts a WHERE a.alert_id = %(alert_id)s AND {VISIBLE} FOR UPDATE OF a"  # noqa: S608
_PUBLISH = "SELECT publish_alert_change(%s, %s, %s, %s, %s)"


@dataclass(frozen=True, slots=True)
class Step:
    """A change that is asked for: its kind, and what goes with it."""

    kind: ChangeKind
    until: datetime | None = None
    reason: str | None = None
    level: str | None = None
    note: str = ""

    def is_done(self, row: Row) -> bool:
        """Say whether the alert is as this step would leave it; Conflict when it cannot be taken from there."""
        state = row["state"]
        if self.kind in ("acknowledged", "snoozed", "escalated") and state == "dismissed":
            raise Conflict("the alert is dismissed; restore it first", code="dismissed")
        done: Mapping[ChangeKind, bool] = {
            "acknowledged": state == "acknowledged",
            "snoozed": row["snoozed_until"] == self.until,
            "returned": row["snoozed_until"] is None,
            "dismissed": state == "dismissed" and row["dismissal_reason"] == self.reason,
            "restored": state != "dismissed",
            "escalated": state == "escalated" and row["escalated_to"] == self.level,
        }
        return done[self.kind]


async def change(pool: AsyncPool, principal: Principal, alert_id: UUID, step: Step) -> dict[str, Any]:
    """Take a step and return the alert; NotFound when it does not exist or is not for the caller."""
    for _ in range(ATTEMPTS):
        try:
            async with pool.connection() as session, session.transaction():
                named = {"alert_id": alert_id, "rm_id": principal.rm_id}
                found = await (await session.execute(_LOCK, named)).fetchone()
                if found is None:
                    raise NotFound("no such alert")
                return as_seen(found if step.is_done(found) else await _apply(session, principal, alert_id, step))
        except Deadlock:
            # The router locks the same alerts and feeds for a story; one of the two gives way.
            continue
    raise DependencyUnavailable("the alert is being changed; try again", code="contended", retry_after_s=1)


async def _apply(session: AsyncSession, principal: Principal, alert_id: UUID, step: Step) -> Row:
    """Change the locked row, and have the database write all that follows from it."""
    # The assignments are literals of this module, never input.
    query = f"UPDATE alerts SET {_ASSIGNMENTS[step.kind]}, updated_at = now() WHERE alert_id = %(alert_id)s"  # noqa: S608
    parameters = {"alert_id": alert_id, "rm_id": principal.rm_id, "until": step.until, "reason": step.reason}
    await session.execute(query.encode(), {**parameters, "level": step.level})
    await session.execute(_PUBLISH, (alert_id, step.kind, principal.rm_id, principal.role, step.note))
    row = await (await session.execute(_LOCK, parameters)).fetchone()
    if row is None:
        raise AssertionError("the row is locked, so it is still there")
    return row
