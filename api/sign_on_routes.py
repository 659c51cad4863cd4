"""Single sign-on in the browser: to the provider and back, and which ways to log in there are."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from api import cookies
from api.services import Services, ServicesDep
from api.session_routes import address_of, open_session
from api.sign_on import LIFETIME_S, SignOn, admit
from core.errors import NotFound, TiplineError, Unauthenticated

LOGIN, LOGOUT = "/api/v1/oidc/login", "/api/v1/oidc/logout"
SEE_OTHER = 303

router = APIRouter(tags=["session"])

_Text = Annotated[str | None, Query(max_length=4096)]
_REDIRECT: dict[int | str, dict[str, Any]] = {SEE_OTHER: {"description": "Where the browser goes next."}}


class LogInMethods(BaseModel):
    """How to log in: by password (the demo only), or at `sign_on`; `log_out` ends the provider's session as well."""

    password: bool
    sign_on: str | None
    log_out: str | None


@router.get("/log-in-methods", operation_id="readLogInMethods")
async def read_methods(services: ServicesDep) -> LogInMethods:
    """Say how to log in here."""
    there = services.sign_on is not None
    by_password = services.settings.mode == "demo"
    return LogInMethods(password=by_password, sign_on=LOGIN if there else None, log_out=LOGOUT if there else None)


@router.get("/oidc/login", operation_id="beginSignOn", status_code=SEE_OTHER, responses=_REDIRECT)
async def begin(request: Request, services: ServicesDep) -> Response:
    """Go to the provider to log in."""
    begun = await _sign_on(services).begin(services.pool, address_of(request))
    response = RedirectResponse(begun.url, SEE_OTHER)
    cookies.write(response, services.settings, "tipline_sign_on", begun.browser, lifetime_s=LIFETIME_S)
    return response


@router.get("/oidc/callback", operation_id="finishSignOn", status_code=SEE_OTHER, responses=_REDIRECT)
async def finish(
    request: Request, services: ServicesDep, state: _Text = None, code: _Text = None, error: _Text = None
) -> Response:
    """Come back from the provider: to the page with a session, or with `?sign_on=CODE`, which says why not."""
    browser = cookies.read(request, services.settings, "tipline_sign_on")
    try:
        if not (state and code and browser) or error:
            raise Unauthenticated("the provider sent no code for this browser", code="sign_on_refused")
        sign_on, address = _sign_on(services), address_of(request)
        person = await sign_on.finish(services.pool, state=state, code=code, browser=browser)
        await admit(services.pool, person, address=address)
    except TiplineError as refused:
        return RedirectResponse(f"/?sign_on={refused.code}", SEE_OTHER)
    response = RedirectResponse("/", SEE_OTHER)
    await open_session(services, request, response, person.rm_id)
    cookies.forget(response, services.settings, "tipline_sign_on")
    return response


@router.get("/oidc/logout", operation_id="endSignOn", status_code=SEE_OTHER, responses=_REDIRECT)
async def end(services: ServicesDep) -> Response:
    """Go to the provider to log out there too, after our session has ended; back to the page where it has no such."""
    back_to = services.settings.api_url.rstrip("/") + "/"
    return RedirectResponse(await _sign_on(services).provider.logout_url(back_to=back_to) or "/", SEE_OTHER)


def _sign_on(services: Services) -> SignOn:
    if services.sign_on is None:
        raise NotFound("single sign-on is not set up here: TIPLINE_OIDC_ISSUER", code="sign_on_off")
    return services.sign_on
