"""`/api/v1/alerts`: list, read, acknowledge."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from api import acknowledgement, alerts
from api.authentication import PrincipalDep
from api.services import ServicesDep
from core.events import Alert

router = APIRouter(prefix="/alerts", tags=["alerts"])


class AlertPage(BaseModel):
    """Alerts, newest first, with the cursor of the next page.

    `head_seq` and `epoch` say where the RM's feed stood: subscribe to the WebSocket from there and nothing is missed.
    """

    items: list[Alert]
    next: str | None
    head_seq: int
    epoch: str


# Stored alerts are sent as they are: one written by an older version must not turn a whole list into an error.
@router.get("", operation_id="listAlerts", responses={200: {"model": AlertPage}})
async def list_alerts(
    principal: PrincipalDep,
    services: ServicesDep,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> Response:
    """List the alerts of the caller's clients, newest first."""
    principal.must("alerts.read")
    place = alerts.parse_cursor(cursor) if cursor else None
    async with services.pool.connection() as session:
        page = await alerts.read_page(session, principal, limit=limit, cursor=place)
    response = _json(page)
    if page["next"]:
        following = request.url.include_query_params(cursor=page["next"])
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return response


@router.get("/{alert_id}", operation_id="readAlert", responses={200: {"model": Alert}})
async def read_alert(alert_id: UUID, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Read one alert; 404 as well when it is about a client of another RM."""
    principal.must("alerts.read")
    async with services.pool.connection() as session:
        return _json(await alerts.read_one(session, principal, alert_id))


@router.put("/{alert_id}/acknowledgement", operation_id="acknowledgeAlert", responses={200: {"model": Alert}})
async def acknowledge(alert_id: UUID, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Acknowledge an alert; again changes nothing, and the first to do so stays named."""
    principal.must("alerts.read")
    principal.must("alerts.change")
    return _json(await acknowledgement.acknowledge(services.pool, principal, alert_id))


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")
