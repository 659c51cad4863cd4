"""Log in to the API as one of the demo's people, as the probes do."""

from __future__ import annotations

import json

import httpx

from api.cookies import name_of
from core.errors import ConfigurationError, DependencyUnavailable
from core.settings import Settings


def log_in(settings: Settings, http: httpx.Client, rm_id: str) -> dict[str, str]:
    """Return the headers of a new session; ConfigurationError when the demo has no such log-in."""
    path = settings.data_dir / "secrets" / "demo_users.json"
    try:
        password = json.loads(path.read_text())[rm_id]
    except (FileNotFoundError, KeyError):
        raise ConfigurationError(f"{path} has no password of {rm_id}: `tipline up` makes the demo's log-ins") from None
    try:
        reply = http.post(f"{settings.api_url}/api/v1/session", json={"rm_id": rm_id, "password": password})
    except httpx.TransportError as error:
        raise DependencyUnavailable(
            f"the page's server at {settings.api_url} does not answer: is `tipline up` running?"
        ) from error
    if reply.is_error:
        raise ConfigurationError(f"{rm_id} cannot log in: {reply.json().get('detail')}")
    cookie = name_of(settings, "tipline_session")
    return {"Cookie": f"{cookie}={reply.cookies[cookie]}"}
