"""Feedback on alerts: what retraining learns from, one row an opinion."""

from __future__ import annotations

from uuid import UUID

from api.alert_models import Feedback, NewFeedback
from api.alerts import find
from api.audit import record
from api.principal import Principal
from clients.postgres import AsyncSession
from core.errors import Conflict

_COLUMNS = "feedback_id, alert_id, rm_id, useful, reason, note, revision, at"
_INSERT = f"""
    INSERT INTO feedback (alert_id, revision, rm_id, useful, reason, note, idempotency_key)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (rm_id, idempotency_key) DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608
_EARLIER = f"SELECT {_COLUMNS} FROM feedback WHERE rm_id = %s AND idempotency_key = %s"  # noqa: S608


async def give(session: AsyncSession, principal: Principal, alert_id: UUID, given: NewFeedback, key: str) -> Feedback:
    """Store feedback in the caller's transaction, once for a key; Conflict when the key was used for other feedback."""
    alert = await find(session, principal, alert_id)
    values = (alert_id, alert["revision"], principal.rm_id, given.useful, given.reason, given.note, key)
    row = await (await session.execute(_INSERT, values)).fetchone()
    if row is not None:
        detail = {"useful": given.useful, "reason": given.reason}
        await record(
            session, principal, "alert.rated", clients=[alert["client_id"]], subject=str(alert_id), detail=detail
        )
        return Feedback(**row)
    row = await (await session.execute(_EARLIER, (principal.rm_id, key))).fetchone()
    if row is None:
        raise AssertionError("the insert met this row, and nothing deletes feedback")
    if (row["alert_id"], row["useful"], row["reason"], row["note"]) != (
        alert_id,
        given.useful,
        given.reason,
        given.note,
    ):
        raise Conflict("this Idempotency-Key was used for other feedback", code="idempotency_key_reused")
    return Feedback(**row)
