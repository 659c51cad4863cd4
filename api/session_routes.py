"""Log-in, log-out, tokens for machines, and who am I."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import cookies
from api.authentication import PrincipalDep
from api.login import log_in
from api.passwords import MAX_PASSWORD_CHARS
from api.principal import Principal
from api.services import Services, ServicesDep
from api.sessions import TOKEN_LIFETIME_S
from api.sign_on import admit
from core.errors import Forbidden
from core.events import Timestamp

router = APIRouter(tags=["session"])


class Credentials(BaseModel):
    """Name and password of a person of the bank."""

    model_config = ConfigDict(extra="forbid")

    rm_id: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]+$", examples=["priya.nair"])]
    password: Annotated[str, Field(min_length=1, max_length=MAX_PASSWORD_CHARS)]


class Assertion(BaseModel):
    """A token that the sign-on provider signed for us (JWT), such as a machine gets from it."""

    model_config = ConfigDict(extra="forbid")

    assertion: Annotated[str, Field(min_length=1, max_length=16_384)]


class Me(BaseModel):
    """Who is logged in, and until when."""

    rm_id: str
    display: str
    role: str
    expires_at: Timestamp
    preferences: str = "/api/v1/me/preferences"


class Token(BaseModel):
    """A bearer token (JWT) and its lifetime in seconds."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105
    expires_in: int = TOKEN_LIFETIME_S


@router.post("/session", operation_id="logIn", status_code=200)
async def log_in_page(credentials: Credentials, request: Request, response: Response, services: ServicesDep) -> Me:
    """Log in by password, which the demo alone has: sets the session cookie."""
    await _check(credentials, request, services)
    return _me(await open_session(services, request, response, credentials.rm_id))


@router.delete("/session", operation_id="logOut", status_code=204)
async def log_out(principal: PrincipalDep, response: Response, services: ServicesDep) -> None:
    """Log out: ends the session everywhere, its sockets included."""
    async with services.pool.connection() as session:
        await services.sessions.end(session, principal.session)
    services.hub.end_session(principal.session)
    cookies.forget(response, services.settings, "tipline_session")


@router.post("/token", operation_id="issueToken")
async def issue_token(asked: Credentials | Assertion, request: Request, services: ServicesDep) -> Token:
    """Issue a bearer token for a machine: for a token of the sign-on provider, or in the demo for a password."""
    if isinstance(asked, Credentials):
        await _check(asked, request, services)
        rm_id = asked.rm_id
    elif services.sign_on is None:
        raise Forbidden("single sign-on is not set up here", code="sign_on_off")
    else:
        person = await services.sign_on.vouched(asked.assertion)
        await admit(services.pool, person, address=address_of(request))
        rm_id = person.rm_id
    async with services.pool.connection() as session:
        return Token(access_token=await services.sessions.open_token(session, rm_id))


@router.get("/me", operation_id="readMe")
async def read_me(principal: PrincipalDep) -> Me:
    """Say who is logged in."""
    return _me(principal)


async def open_session(services: Services, request: Request, response: Response, rm_id: str) -> Principal:
    """Open a browser's session under a new secret, and end the one that the browser had: nobody can plant one."""
    former = cookies.read(request, services.settings, "tipline_session")
    async with services.pool.connection() as session:
        if former:
            await services.sessions.end(session, services.sessions.hash(former))
        value = await services.sessions.open_cookie(session, rm_id)
        principal = await services.sessions.by_cookie(session, value)
    lifetime_s = services.settings.session_lifetime_s
    cookies.write(response, services.settings, "tipline_session", value, lifetime_s=lifetime_s)
    return principal


def address_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else "unknown"


async def _check(credentials: Credentials, request: Request, services: Services) -> None:
    if services.settings.mode != "demo":
        raise Forbidden("passwords are for the demo; log in by single sign-on", code="password_log_in_off")
    await log_in(
        services.pool,
        services.passwords,
        rm_id=credentials.rm_id,
        password=credentials.password,
        address=address_of(request),
    )


def _me(principal: Principal) -> Me:
    return Me(rm_id=principal.rm_id, display=principal.display, role=principal.role, expires_at=principal.expires_at)
