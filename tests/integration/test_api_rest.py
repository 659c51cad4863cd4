"""REST against the real database: log-in, entitlement on every route, acknowledgement, problems."""

from __future__ import annotations

import uuid

import httpx
import jwt
import pytest

from api.app import create_routes
from core.clock import utc_now
from tests.integration.gateway import CSRF, PASSWORD, Bank, log_in

ROUTES_WITHOUT_LOGIN = {
    "/livez", "/readyz", "/metrics", "/version", "/api/v1/problems/{kind}", "/api/v1/session", "/api/v1/token",
    "/api/v1/log-in-methods", "/api/v1/oidc/login", "/api/v1/oidc/callback", "/api/v1/oidc/logout",
}  # fmt: skip


@pytest.fixture(scope="module")
def url(gateway: str) -> str:
    return gateway


def test_a_session_opens_with_the_right_password_only_and_ends_at_log_out(bank: Bank, url: str) -> None:
    person = bank.person()
    refused = [
        httpx.post(f"{url}/api/v1/session", json={"rm_id": name, "password": password})
        for name, password in ((person.rm_id, "wrong"), ("nobody", PASSWORD))
    ]
    assert [(one.status_code, one.json()["code"]) for one in refused] == [(401, "bad_credentials")] * 2
    with log_in(url, person.rm_id) as client:
        assert client.get("/api/v1/me").json()["rm_id"] == person.rm_id
        cookie = client.cookies["tipline_session"]
        assert client.delete("/api/v1/session").status_code == 204
    again = httpx.get(f"{url}/api/v1/me", cookies={"tipline_session": cookie})
    assert again.status_code == 401
    assert again.headers["content-type"] == "application/problem+json"


def test_the_cookie_is_kept_from_scripts_and_other_sites(bank: Bank, url: str) -> None:
    answer = httpx.post(f"{url}/api/v1/session", json={"rm_id": bank.person().rm_id, "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_the_secret_of_a_session_is_not_in_the_database(bank: Bank, url: str) -> None:
    person = bank.person()
    with log_in(url, person.rm_id) as client:
        (row,) = bank.rows("SELECT secret_hash FROM sessions WHERE rm_id = %s", person.rm_id)
        assert client.cookies["tipline_session"].encode() not in bytes(row["secret_hash"])


def test_many_failures_stop_further_tries_even_with_the_right_password(bank: Bank, url: str) -> None:
    person = bank.person()
    for _ in range(10):
        httpx.post(f"{url}/api/v1/session", json={"rm_id": person.rm_id, "password": "wrong"})
    answer = httpx.post(f"{url}/api/v1/session", json={"rm_id": person.rm_id, "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    bank.rows("DELETE FROM login_attempts WHERE rm_id = %s RETURNING 1", person.rm_id)


def test_a_token_works_for_machines_and_only_as_we_signed_it(bank: Bank, url: str) -> None:
    person = bank.person()
    token = httpx.post(f"{url}/api/v1/token", json={"rm_id": person.rm_id, "password": PASSWORD}).json()["access_token"]

    def status(value: str) -> int:
        return httpx.get(f"{url}/api/v1/me", headers={"Authorization": f"Bearer {value}"}).status_code

    key = bank.settings.jwt_secret.get_secret_value()
    claims = jwt.decode(token, key, algorithms=["HS256"], audience="tipline-api")
    forged = [
        jwt.encode(claims, "another key that is long enough for it", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode({**claims, "aud": "another"}, key, algorithm="HS256"),
        jwt.encode({**claims, "exp": int(utc_now().timestamp()) - 3600}, key, algorithm="HS256"),
        jwt.encode({**claims, "jti": "never issued"}, key, algorithm="HS256"),
    ]
    assert status(token) == 200
    assert [status(one) for one in forged] == [401] * 5
    ended = httpx.delete(f"{url}/api/v1/session", headers={"Authorization": f"Bearer {token}"})
    assert (ended.status_code, status(token)) == (204, 401)


def test_every_route_refuses_those_without_a_session(url: str) -> None:
    tried = 0
    for path, methods in create_routes().openapi()["paths"].items():
        for method in methods if path not in ROUTES_WITHOUT_LOGIN else methods.keys() - {"post", "get"}:
            answer = httpx.request(method, url + path.replace("{alert_id}", str(uuid.uuid4())), headers=CSRF)
            assert answer.status_code == 401, (method, path)
            tried += 1
    assert tried >= 5


def test_an_rm_sees_own_alerts_and_another_rms_do_not_exist(bank: Bank, url: str) -> None:
    ann, bob = bank.person(), bank.person()
    hers, his = bank.alert(ann.clients[0]), bank.alert(bob.clients[0])
    with log_in(url, ann.rm_id) as client:
        listed = client.get("/api/v1/alerts").json()["items"]
        assert [one["alert_id"] for one in listed] == [str(hers.alert_id)]
        assert client.get(f"/api/v1/alerts/{hers.alert_id}").json()["headline"] == hers.headline
        for method, tail in (("GET", ""), ("PUT", "/acknowledgement")):
            answer = client.request(method, f"/api/v1/alerts/{his.alert_id}{tail}")
            unknown = client.request(method, f"/api/v1/alerts/{uuid.uuid4()}{tail}")
            assert (answer.status_code, answer.json()["detail"]) == (404, unknown.json()["detail"])
    assert bank.rows("SELECT state FROM alerts WHERE alert_id = %s", his.alert_id) == [{"state": "new"}]


def test_cover_counts_by_its_dates_and_an_embargoed_alert_is_nobodys(bank: Bank, url: str) -> None:
    ann = bank.person()
    shown, embargoed = bank.alert(ann.clients[0]), bank.alert(ann.clients[0], released=False)
    with log_in(url, ann.rm_id) as client:
        assert client.get(f"/api/v1/alerts/{embargoed.alert_id}").status_code == 404
        assert client.get(f"/api/v1/alerts/{shown.alert_id}").status_code == 200
        bank.covers(ann.rm_id, ann.clients[0], until="2020-01-01")
        assert client.get(f"/api/v1/alerts/{shown.alert_id}").status_code == 404
        assert client.get("/api/v1/alerts").json()["items"] == []


@pytest.mark.parametrize(
    ("role", "reads", "acknowledges"), [("compliance", 200, 403), ("head", 200, 200), ("analyst", 403, 403)]
)
def test_roles(bank: Bank, url: str, role: str, reads: int, acknowledges: int) -> None:
    alert = bank.alert(bank.person().clients[0])
    with log_in(url, bank.person(clients=0, role=role).rm_id) as client:
        assert client.get(f"/api/v1/alerts/{alert.alert_id}").status_code == reads
        assert client.put(f"/api/v1/alerts/{alert.alert_id}/acknowledgement").status_code == acknowledges


def test_pages_follow_each_other_without_gap_or_double(bank: Bank, url: str) -> None:
    ann = bank.person()
    alerts = [str(bank.alert(ann.clients[0]).alert_id) for _ in range(7)]
    with log_in(url, ann.rm_id) as client:
        seen: list[str] = []
        address: str | None = "/api/v1/alerts?limit=3"
        while address:
            answer = client.get(address)
            seen += [one["alert_id"] for one in answer.json()["items"]]
            address = answer.links["next"]["url"] if "next" in answer.links else None
            assert answer.json()["head_seq"] == 7
    assert seen == alerts[::-1]


def test_acknowledging_again_changes_nothing(bank: Bank, url: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    deputy = bank.person(clients=0, role="deputy")
    bank.rows("INSERT INTO rm_clients (rm_id, client_id) VALUES (%s, %s) RETURNING 1", deputy.rm_id, ann.clients[0])
    address = f"/api/v1/alerts/{alert.alert_id}/acknowledgement"
    with log_in(url, ann.rm_id) as hers, log_in(url, deputy.rm_id) as deputys:
        first, second = hers.put(address), deputys.put(address)
    assert first.json()["acknowledged_by"] == second.json()["acknowledged_by"] == ann.rm_id
    assert first.json()["acknowledged_at"] == second.json()["acknowledged_at"]
    events = bank.rows("SELECT actor FROM alert_events WHERE alert_id = %s", alert.alert_id)
    assert [row["actor"] for row in events] == [ann.rm_id]
    frames = bank.rows("SELECT rm_id, frame FROM rm_feed WHERE alert_id = %s AND revision = 1", alert.alert_id)
    states = {row["rm_id"]: row["frame"]["by"] for row in frames if row["frame"]["type"] == "state"}
    assert states == {ann.rm_id: ann.rm_id, deputy.rm_id: ann.rm_id}
    assert len(frames) == 3
    changes = bank.rows("SELECT topic, key, value FROM outbox WHERE value->>'alert_id' = %s", str(alert.alert_id))
    assert [(row["topic"], row["key"], row["value"]["state"]) for row in changes] == [
        ("alert-state-changes", ann.clients[0], "acknowledged")
    ]
    audit = bank.rows(
        "SELECT actor FROM audit_log WHERE action = 'alert.acknowledged' AND subject = %s", str(alert.alert_id)
    )
    assert audit == [{"actor": ann.rm_id}]


def test_what_was_viewed_is_in_the_audit(bank: Bank, url: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(url, ann.rm_id) as client:
        client.get(f"/api/v1/alerts/{alert.alert_id}")
    (row,) = bank.rows(
        "SELECT role, clients, detail FROM audit_log WHERE actor = %s AND action = 'alert.viewed'", ann.rm_id
    )
    assert row == {"role": "rm", "clients": [ann.clients[0]], "detail": {"alerts": [str(alert.alert_id)]}}


def test_a_cookie_alone_changes_nothing(bank: Bank, url: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(url, ann.rm_id) as client:
        del client.headers["X-Requested-With"]
        answer = client.put(f"/api/v1/alerts/{alert.alert_id}/acknowledgement")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert bank.rows("SELECT state FROM alerts WHERE alert_id = %s", alert.alert_id) == [{"state": "new"}]


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/nothing", b"", 404),
        ("PATCH", "/api/v1/alerts", b"", 405),
        ("POST", "/api/v1/session", b"{", 422),
        ("POST", "/api/v1/session", b'{"rm_id": "\\u0000", "password": "x"}', 422),
        ("POST", "/api/v1/session", b"x" * 70_000, 413),
    ],
)
def test_errors_are_problems_with_security_headers(url: str, method: str, path: str, body: bytes, status: int) -> None:
    answer = httpx.request(method, url + path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert answer.headers["x-content-type-options"] == "nosniff"
    explained = httpx.get(url + answer.json()["type"])
    assert explained.status_code == 200


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=nonsense", "cursor=AAAA", "limit=x"])
def test_bad_queries_are_refused(bank: Bank, url: str, query: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        assert client.get(f"/api/v1/alerts?{query}").status_code in (400, 422)


def test_probes_answer(url: str) -> None:
    assert httpx.get(f"{url}/livez").status_code == 200
    assert httpx.get(f"{url}/readyz").json() == {"postgres": "ok", "redis": "ok"}
    assert httpx.get(f"{url}/version").json()["database_schema"] >= "0004_sessions.sql"
