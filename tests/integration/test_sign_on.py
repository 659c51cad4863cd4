"""Single sign-on against a real OpenID provider: who gets in, as whom, and what a stolen or forged part is worth."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from core.settings import Settings
from tests.integration.gateway import PASSWORD, WAIT_S, Bank, page
from tests.integration.single_sign_on import Bench, at_provider, log_in_as, running_bench

ROLES = "bank-rm=rm,bank-head=head,bank-compliance=compliance"


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings) -> Bank:
    return Bank(postgres)


@pytest.fixture(scope="module")
def bench(bank: Bank) -> Iterator[Bench]:
    with running_bench(bank.settings, TIPLINE_OIDC_ROLES=ROLES) as running:
        yield running


def somebody(bench: Bench, *roles: str) -> str:
    name = f"sso-{uuid.uuid4().hex[:8]}"
    bench.knows(name, *roles)
    return name


async def test_a_person_logs_in_with_the_providers_role_and_the_sockets_follow(bank: Bank, bench: Bench) -> None:
    name = somebody(bench, "something-else", "bank-rm")
    with bench.browser() as browser:
        back = log_in_as(browser, name)
        assert (back.status_code, back.headers["location"]) == (303, "/")
        me = browser.get("/api/v1/me").json()
        assert (me["rm_id"], me["display"], me["role"]) == (name, f"Person {name}", "rm")
        alert = bank.alert(bank.client(name))
        assert browser.get(f"/api/v1/alerts/{alert.alert_id}").status_code == 200
        async with page(bench.url, browser) as live:
            assert live.hello["type"] == "hello"
    (row,) = bank.rows("SELECT detail FROM audit_log WHERE actor = %s AND action = 'login.succeeded'", name)
    assert row["detail"]["by"] == "sign-on"


def test_the_role_is_the_providers_of_the_last_log_in(bank: Bank, bench: Bench) -> None:
    name = somebody(bench, "bank-rm")
    for value, role in (("bank-rm", "rm"), ("bank-head", "head")):
        bench.knows(name, value)
        with bench.browser() as browser:
            log_in_as(browser, name)
            assert browser.get("/api/v1/me").json()["role"] == role


@pytest.mark.parametrize(("roles", "reason"), [((), "sign_on_no_role"), (("rm",), "sign_on_no_role")])
def test_without_a_mapped_role_nobody_gets_in(bank: Bank, bench: Bench, roles: tuple[str, ...], reason: str) -> None:
    name = somebody(bench, *roles)
    with bench.browser() as browser:
        assert log_in_as(browser, name).headers["location"] == f"/?sign_on={reason}"
        assert browser.get("/api/v1/me").status_code == 401
    assert bank.rows("SELECT FROM rm WHERE rm_id = %s", name) == []


def test_who_was_made_inactive_stays_out(bank: Bank, bench: Bench) -> None:
    name = somebody(bench, "bank-rm")
    bank.rows("INSERT INTO rm (rm_id, display, active) VALUES (%s, 'Gone', false) RETURNING 1", name)
    with bench.browser() as browser:
        assert log_in_as(browser, name).headers["location"] == "/?sign_on=inactive"


def test_the_request_carries_what_makes_a_stolen_code_worthless(bench: Bench) -> None:
    with bench.browser() as browser:
        reply = browser.get("/api/v1/oidc/login")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(reply.headers["location"]).query).items()}
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_a_callback_works_once_and_in_the_browser_that_began_only(bench: Bench) -> None:
    with bench.browser() as victim, bench.browser() as attacker:
        callback = at_provider(attacker, somebody(bench, "bank-rm"))
        # Another's finished log-in, planted in the victim's browser: with no log-in begun, and with one of its own.
        assert victim.get(callback).headers["location"] == "/?sign_on=sign_on_refused"
        victim.get("/api/v1/oidc/login")
        assert victim.get(callback).headers["location"] == "/?sign_on=sign_on_unknown"
        assert victim.get("/api/v1/me").status_code == 401
        browser_secret = attacker.cookies["tipline_sign_on"]
        assert attacker.get(callback).headers["location"] == "/"
        attacker.cookies.set("tipline_sign_on", browser_secret, domain="127.0.0.1", path="/")
        assert attacker.get(callback).headers["location"] == "/?sign_on=sign_on_unknown"


def test_a_code_of_another_login_is_refused_by_the_provider(bench: Bench) -> None:
    with bench.browser() as one, bench.browser() as two:
        first = parse_qs(urlsplit(at_provider(one, somebody(bench, "bank-rm"))).query)
        second = parse_qs(urlsplit(at_provider(two, somebody(bench, "bank-rm"))).query)
        mixed = {"state": second["state"][0], "code": first["code"][0]}
        assert two.get("/api/v1/oidc/callback", params=mixed).headers["location"] == "/?sign_on=sign_on_refused"


def test_a_log_in_ends_the_session_that_was_there_before(bank: Bank, bench: Bench) -> None:
    name = somebody(bench, "bank-rm")
    with bench.browser() as browser:
        log_in_as(browser, name)
        planted = browser.cookies["tipline_session"]
        log_in_as(browser, name)
        assert browser.cookies["tipline_session"] != planted
        assert browser.get("/api/v1/me").status_code == 200
    assert httpx.get(f"{bench.url}/api/v1/me", cookies={"tipline_session": planted}).status_code == 401


def test_log_out_ends_our_session_and_leads_to_the_providers(bench: Bench) -> None:
    with bench.browser() as browser:
        log_in_as(browser, somebody(bench, "bank-rm"))
        methods = browser.get("/api/v1/log-in-methods").json()
        assert methods == {"password": True, "sign_on": "/api/v1/oidc/login", "log_out": "/api/v1/oidc/logout"}
        assert browser.delete("/api/v1/session").status_code == 204
        away = browser.get(methods["log_out"]).headers["location"]
        assert away.startswith(bench.issuer)
        assert httpx.get(away).status_code == 200


def test_after_the_provider_changed_its_keys_log_ins_go_on(bench: Bench) -> None:
    name = somebody(bench, "bank-rm")
    with bench.browser() as browser:
        log_in_as(browser, name)
    bench.group.restart(next(one for one in bench.group.services if one.startswith("oidc")))
    deadline = time.monotonic() + WAIT_S
    location = ""
    while location != "/":
        assert time.monotonic() < deadline, location
        with bench.browser() as browser:
            location = log_in_as(browser, name).headers["location"]


def test_in_production_no_password_opens_anything_and_cookies_are_host_bound(bank: Bank) -> None:
    person = bank.person()
    given = {"rm_id": person.rm_id, "password": PASSWORD}
    # The loopback stands for the proxy that ends TLS; PostgreSQL's TLS is a test of its own.
    plain = bank.settings.postgres_dsn + "?sslmode=disable"
    issuer = "https://login.bank.example"
    with running_bench(
        bank.settings, TIPLINE_MODE="production", TIPLINE_OIDC_ISSUER=issuer, TIPLINE_POSTGRES_DSN=plain
    ) as production:
        refused = [httpx.post(f"{production.url}/api/v1/{path}", json=given) for path in ("session", "token")]
        assert [(one.status_code, one.json()["code"]) for one in refused] == [(403, "password_log_in_off")] * 2
        assert httpx.get(f"{production.url}/api/v1/log-in-methods").json()["password"] is False
        forged = {"Cookie": "tipline_session=anything"}
        assert httpx.get(f"{production.url}/api/v1/me", headers=forged).status_code == 401
