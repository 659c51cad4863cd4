"""The two cookies, session and sign-on under way: no script reads them, and over https no other host sets them."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal

from starlette.requests import HTTPConnection
from starlette.responses import Response

from core.settings import Settings

# A sign-on's cookie has to come along when the provider sends the browser back; the session's never from elsewhere.
_SAME_SITE: dict[str, Literal["strict", "lax"]] = {"tipline_session": "strict", "tipline_sign_on": "lax"}
Cookie = Literal["tipline_session", "tipline_sign_on"]


def is_secure(settings: Settings) -> bool:
    """Say whether cookies travel by https only: always, except in the demo without TLS on the loopback."""
    plain = settings.mode == "demo" and settings.tls_cert is None and ip_address(settings.bind_host).is_loopback
    return not plain


def name_of(settings: Settings, cookie: Cookie) -> str:
    """Return the name on the wire: `__Host-` makes browsers refuse one that another host or path has set."""
    return f"__Host-{cookie}" if is_secure(settings) else cookie


def read(connection: HTTPConnection, settings: Settings, cookie: Cookie) -> str | None:
    """Return what the browser sent."""
    return connection.cookies.get(name_of(settings, cookie))


def write(response: Response, settings: Settings, cookie: Cookie, value: str, *, lifetime_s: int) -> None:
    """Set a cookie for so long."""
    response.set_cookie(
        name_of(settings, cookie),
        value,
        max_age=lifetime_s,
        path="/",
        secure=is_secure(settings),
        httponly=True,
        samesite=_SAME_SITE[cookie],
    )


def forget(response: Response, settings: Settings, cookie: Cookie) -> None:
    """Remove a cookie."""
    response.delete_cookie(
        name_of(settings, cookie), path="/", secure=is_secure(settings), httponly=True, samesite=_SAME_SITE[cookie]
    )
