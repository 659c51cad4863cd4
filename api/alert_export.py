"""`GET /api/v1/alerts.csv`: the history as a file that a spreadsheet reads as text, whatever an article says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.alert_models import ExportQuery
from api.alert_query import NEWEST_FIRST, Cursor, where
from api.alert_routes import link_next
from api.alerts import record_seen
from api.authentication import PrincipalDep
from api.csv_export import MEDIA_TYPE, csv_lines
from api.services import ServicesDep
from clients.postgres import Row

router = APIRouter(tags=["alerts"])

# Only what the file shows: payloads hold whole articles.
_COLUMNS = {
    "alert_id": "a.alert_id",
    "created_at": "a.created_at",
    "client_id": "a.client_id",
    "client": "a.payload #>> '{client,display}'",
    "severity": "a.severity",
    "topic": "a.topic",
    "status": "a.status",
    "state": "a.state",
    "headline": "a.payload->>'headline'",
    "summary": "(SELECT string_agg(said->>'text', ' ') FROM jsonb_array_elements(a.payload->'summary') said)",
    "why": "a.payload->>'why'",
    "relevance": "round(a.relevance::numeric, 4)",
    "sources": "a.payload->>'source_count'",
    "publisher": "a.payload #>> '{sources,0,publisher}'",
    "url": "a.payload #>> '{sources,0,url}'",
    "acknowledged_by": "a.acknowledged_by",
    "acknowledged_at": "a.acknowledged_at",
    "snoozed_until": "a.snoozed_until",
    "dismissed_by": "a.dismissed_by",
    "dismissed_at": "a.dismissed_at",
    "dismissal_reason": "a.dismissal_reason",
    "escalated_to": "a.escalated_to",
}
_SELECT = ", ".join(f"{expression} AS {name}" for name, expression in _COLUMNS.items())


@router.get(
    "/alerts.csv",
    operation_id="exportAlerts",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_alerts(
    principal: PrincipalDep, services: ServicesDep, request: Request, asked: Annotated[ExportQuery, Query()]
) -> Response:
    """Export the alerts that fit the filters, newest first, as CSV (RFC 4180); `Link` names the next part, if any."""
    principal.must("alerts.read")
    condition, parameters = where(asked, principal.rm_id)
    query = f"SELECT {_SELECT} FROM alerts a WHERE {condition} {NEWEST_FIRST}"  # noqa: S608
    async with services.pool.connection() as session, session.transaction():
        rows = await (await session.execute(query.encode(), parameters | {"limit": asked.limit + 1})).fetchall()
        shown = rows[: asked.limit]
        await record_seen(session, principal, "alerts.exported", shown)
    headers = {"Content-Disposition": 'attachment; filename="alerts.csv"'}
    response = Response(as_csv(shown), media_type=MEDIA_TYPE, headers=headers)
    if len(rows) > len(shown):
        link_next(response, request, Cursor(shown[-1]["created_at"], shown[-1]["alert_id"]).encode())
    return response


def as_csv(rows: Iterable[Row]) -> str:
    """Return rows as CSV under a header."""
    return "".join(csv_lines([tuple(_COLUMNS), *([row[name] for name in _COLUMNS] for row in rows)]))
