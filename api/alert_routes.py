"""`/api/v1/alerts`: history, permalink, changes of state, feedback."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Header, Query, Request, Response

from api import alerts, feedback
from api.alert_changes import Step, change
from api.alert_models import AlertDetail, AlertPage, AlertQuery, Dismissal, Escalation, Feedback, NewFeedback, Snooze
from api.authentication import PrincipalDep
from api.principal import Principal
from api.services import Services, ServicesDep
from core.clock import utc_now
from core.errors import BadInput
from core.events import Alert

router = APIRouter(prefix="/alerts", tags=["alerts"])

LONGEST_SNOOZE = timedelta(days=366)
IdempotencyKey = Annotated[str, Header(min_length=1, max_length=128, pattern=r"^[\x21-\x7e]+$")]


# Stored alerts are sent as they are: one written by an older version must not turn a whole list into an error.
@router.get("", operation_id="listAlerts", responses={200: {"model": AlertPage}})
async def list_alerts(
    principal: PrincipalDep, services: ServicesDep, request: Request, asked: Annotated[AlertQuery, Query()]
) -> Response:
    """List the alerts of the caller's clients that fit the filters, newest first."""
    principal.must("alerts.read")
    async with services.pool.connection() as session:
        page = await alerts.read_page(session, principal, asked)
    response = _json(page)
    link_next(response, request, page["next"])
    return response


@router.get("/{alert_id}", operation_id="readAlert", responses={200: {"model": AlertDetail}})
async def read_alert(alert_id: UUID, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Read one alert with its events and feedback; 404 as well when it is about a client of another RM."""
    principal.must("alerts.read")
    async with services.pool.connection() as session:
        return _json(await alerts.read_one(session, principal, alert_id))


@router.put("/{alert_id}/acknowledgement", operation_id="acknowledgeAlert", responses={200: {"model": Alert}})
async def acknowledge(alert_id: UUID, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Acknowledge an alert; again changes nothing, and the first to do so stays named."""
    return await _take(Step("acknowledged"), alert_id, principal, services)


@router.put("/{alert_id}/snooze", operation_id="snoozeAlert", responses={200: {"model": Alert}})
async def snooze(alert_id: UUID, body: Snooze, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Put an alert away until a moment, at which it comes back by itself as not acknowledged."""
    if not utc_now() < body.until < utc_now() + LONGEST_SNOOZE:
        raise BadInput("an alert is snoozed until a moment of the coming year", code="bad_until")
    return await _take(Step("snoozed", until=body.until), alert_id, principal, services)


@router.delete("/{alert_id}/snooze", operation_id="wakeAlert", responses={200: {"model": Alert}})
async def wake(alert_id: UUID, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Bring a snoozed alert back now."""
    return await _take(Step("returned"), alert_id, principal, services)


@router.put("/{alert_id}/dismissal", operation_id="dismissAlert", responses={200: {"model": Alert}})
async def dismiss(alert_id: UUID, body: Dismissal, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Dismiss an alert for a reason."""
    return await _take(Step("dismissed", reason=body.reason, note=body.note), alert_id, principal, services)


@router.delete("/{alert_id}/dismissal", operation_id="restoreAlert", responses={200: {"model": Alert}})
async def restore(alert_id: UUID, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Take a dismissal back."""
    return await _take(Step("restored"), alert_id, principal, services)


@router.put("/{alert_id}/escalation", operation_id="escalateAlert", responses={200: {"model": Alert}})
async def escalate(alert_id: UUID, body: Escalation, principal: PrincipalDep, services: ServicesDep) -> Response:
    """Hand an alert to the heads; it counts as not acknowledged until somebody does."""
    return await _take(Step("escalated", level="head", note=body.note), alert_id, principal, services)


@router.post("/{alert_id}/feedback", operation_id="giveFeedback", status_code=201)
async def give_feedback(
    alert_id: UUID, body: NewFeedback, principal: PrincipalDep, services: ServicesDep, idempotency_key: IdempotencyKey
) -> Feedback:
    """Say whether an alert was of use; the same key with the same words counts once, with others it is a conflict."""
    principal.must("alerts.change")
    async with services.pool.connection() as session, session.transaction():
        given = await feedback.give(session, principal, alert_id, body, idempotency_key)
    services.metrics.feedback.labels(str(given.useful).lower(), given.reason or "none").inc()
    return given


def link_next(response: Response, request: Request, cursor: str | None) -> None:
    """Add the `Link` to the next page, when there is one."""
    if cursor:
        following = request.url.include_query_params(cursor=cursor)
        response.headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'


async def _take(step: Step, alert_id: UUID, principal: Principal, services: Services) -> Response:
    principal.must("alerts.change")
    changed = await change(services.pool, principal, alert_id, step)
    services.metrics.changes.labels(step.kind).inc()
    return _json(changed)


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), media_type="application/json")
