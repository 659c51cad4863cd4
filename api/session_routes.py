"""Log-in, log-out, tokens for machines, and who am I."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.authentication import PrincipalDep
from api.login import log_in
from api.passwords import MAX_PASSWORD_CHARS
from api.principal import Principal
from api.services import Services, ServicesDep
from api.sessions import COOKIE, TOKEN_LIFETIME_S
from core.events import Timestamp
from core.settings import Settings

router = APIRouter(tags=["session"])


class Credentials(BaseModel):
    """Name and password of a person of the bank."""

    model_config = ConfigDict(extra="forbid")

    rm_id: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]+$", examples=["priya.nair"])]
    password: Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_CHARS)]


class Me(BaseModel):
    """Who is logged in, and until when."""

    rm_id: str
    display: str
    role: str
    expires_at: Timestamp


class Token(BaseModel):
    """A bearer token (JWT) and its lifetime in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = TOKEN_LIFETIME_S


@router.post("/session", operation_id="logIn", status_code=200)
async def log_in_page(credentials: Credentials, request: Request, response: Response, services: ServicesDep) -> Me:
    """Log in: sets the session cookie."""
    await _check(credentials, request, services)
    async with services.pool.connection() as session:
        value = await services.sessions.open_cookie(session, credentials.rm_id)
        principal = await services.sessions.by_cookie(session, value)
    response.set_cookie(
        COOKIE,
        value,
        max_age=services.settings.session_lifetime_s,
        path="/",
        secure=cookie_is_secure(services.settings),
        httponly=True,
        samesite="strict",
    )
    return _me(principal)


@router.delete("/session", operation_id="logOut", status_code=204)
async def log_out(principal: PrincipalDep, response: Response, services: ServicesDep) -> None:
    """Log out: ends the session everywhere, its sockets included."""
    async with services.pool.connection() as session:
        await services.sessions.end(session, principal)
    services.hub.end_session(principal.session)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")


@router.post("/token", operation_id="issueToken")
async def issue_token(credentials: Credentials, request: Request, services: ServicesDep) -> Token:
    """Issue a bearer token for a machine."""
    await _check(credentials, request, services)
    async with services.pool.connection() as session:
        return Token(access_token=await services.sessions.open_token(session, credentials.rm_id))


@router.get("/me", operation_id="readMe")
async def read_me(principal: PrincipalDep) -> Me:
    """Say who is logged in."""
    return _me(principal)


def cookie_is_secure(settings: Settings) -> bool:
    """Say whether the cookie must travel by https only: always, except in the demo on the loopback."""
    return not (settings.mode == "demo" and ip_address(settings.bind_host).is_loopback)


async def _check(credentials: Credentials, request: Request, services: Services) -> None:
    address = request.client.host if request.client else "unknown"
    await log_in(
        services.pool, services.passwords, rm_id=credentials.rm_id, password=credentials.password, address=address
    )


def _me(principal: Principal) -> Me:
    return Me(rm_id=principal.rm_id, display=principal.display, role=principal.role, expires_at=principal.expires_at)
