"""From a request or a socket's handshake to a principal; REST and WebSocket share it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api import cookies
from api.policy import act_as
from api.principal import Principal
from api.services import Services, ServicesDep
from core.errors import Forbidden, Unauthenticated

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-requested-with"
CSRF_VALUE = "tipline"


async def refuse_foreign_origin(connection: HTTPConnection, services: ServicesDep) -> None:
    """Raise Forbidden when a browser says that another site's page sends this change, log-in and log-out included."""
    if _is_safe(connection):
        return
    origin = connection.headers.get("origin")
    foreign = origin is not None and origin not in services.allowed_origins
    # "none" is a person's own doing; browsers set this header and pages cannot.
    if foreign or connection.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        raise Forbidden("another site may not send this", code="csrf")


async def authenticate(connection: HTTPConnection, services: ServicesDep) -> Principal:
    """Return who calls, by bearer token or else by session cookie; Unauthenticated otherwise.

    From here on the task acts for this person: PostgreSQL shows it the rows of the person's clients only.
    """
    principal = await _principal(connection, services)
    act_as(principal)
    return principal


async def _principal(connection: HTTPConnection, services: Services) -> Principal:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    cookie = cookies.read(connection, services.settings, "tipline_session")
    if scheme.lower() == "bearer" and token:
        async with services.pool.connection() as session:
            return await services.sessions.by_token(session, token.strip())
    if not cookie:
        raise Unauthenticated("log in first: no session cookie and no bearer token")
    _refuse_forgery(connection)
    async with services.pool.connection() as session:
        return await services.sessions.by_cookie(session, cookie)


def _refuse_forgery(connection: HTTPConnection) -> None:
    """Raise Forbidden when another site may have made the browser send this: only our page sets the header."""
    if not _is_safe(connection) and connection.headers.get(CSRF_HEADER) != CSRF_VALUE:
        raise Forbidden(f"a request with a session cookie needs the header X-Requested-With: {CSRF_VALUE}", code="csrf")


def _is_safe(connection: HTTPConnection) -> bool:
    return connection.scope.get("method", "GET") in SAFE_METHODS


PrincipalDep = Annotated[Principal, Depends(authenticate)]
