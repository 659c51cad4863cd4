"""From a request or a socket's handshake to a principal; REST and WebSocket share it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.principal import Principal
from api.services import ServicesDep
from api.sessions import COOKIE
from core.errors import Forbidden, Unauthenticated

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "x-requested-with"
CSRF_VALUE = "tipline"


async def authenticate(connection: HTTPConnection, services: ServicesDep) -> Principal:
    """Return who calls, by bearer token or else by session cookie; Unauthenticated otherwise."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    cookie = connection.cookies.get(COOKIE)
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
    method = connection.scope.get("method", "GET")
    if method not in SAFE_METHODS and connection.headers.get(CSRF_HEADER) != CSRF_VALUE:
        raise Forbidden(f"a request with a session cookie needs the header X-Requested-With: {CSRF_VALUE}", code="csrf")


PrincipalDep = Annotated[Principal, Depends(authenticate)]
