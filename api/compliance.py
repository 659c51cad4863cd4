"""Who saw what about a client: the audit log's records that name it, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from api.audit import record
from api.principal import Principal
from clients.postgres import AsyncSession, Row
from core.clock import rfc3339

_PAGE = """
    SELECT l.audit_id, l.at, l.actor, rm.display, l.role, l.action, l.subject, l.detail, c.seq
    FROM audit_log l LEFT JOIN audit_chain c USING (audit_id) LEFT JOIN rm ON rm.rm_id = l.actor
    WHERE l.clients @> ARRAY[%(client_id)s::text] AND l.at >= %(since)s AND l.at < %(until)s
      AND (%(before)s::bigint IS NULL OR l.audit_id < %(before)s)
    ORDER BY l.audit_id DESC LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Question:
    """About which client, from the beginning of one UTC day to the end of another."""

    client_id: str
    first_day: date
    last_day: date

    def span(self) -> tuple[datetime, datetime]:
        """Return the times from which and before which."""
        midnight = time(tzinfo=UTC)
        until = datetime.combine(min(self.last_day, date(9999, 12, 30)) + timedelta(days=1), midnight)
        return datetime.combine(self.first_day, midnight), until


async def read_access(
    session: AsyncSession,
    principal: Principal,
    question: Question,
    *,
    limit: int,
    before: int | None,
    action: str = "compliance.searched",
) -> dict[str, Any]:
    """Return `{items, next}`; the question itself is recorded first, so that it is among later answers."""
    since, until = question.span()
    parameters = {
        "client_id": question.client_id,
        "since": since,
        "until": until,
        "before": before,
        "limit": limit + 1,
    }
    async with session.transaction():
        rows = await (await session.execute(_PAGE, parameters)).fetchall()
        detail = {"from": str(question.first_day), "to": str(question.last_day)}
        await record(session, principal, action, clients=[question.client_id], detail=detail)
    shown = rows[:limit]
    return {
        "items": [_item(row) for row in shown],
        "next": str(shown[-1]["audit_id"]) if len(rows) > limit else None,
    }


def _item(row: Row) -> dict[str, Any]:
    """Return a record as the API shows it; `place` is null until it has one in the chain."""
    return {
        "at": rfc3339(row["at"]),
        "who": row["actor"],
        "display": row["display"],
        "role": row["role"],
        "action": row["action"],
        "subject": row["subject"],
        "detail": row["detail"],
        "place": row["seq"],
    }
