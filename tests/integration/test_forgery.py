"""What another site, a planted cookie, many guesses and an overlong body can do: nothing."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.integration.gateway import CSRF, PASSWORD, WAIT_S, Bank, log_in
from tests.integration.openapi_walk import Walk

UNSAFE = [one for one in Walk().operations() if not one.reads]
SAID_BY_BROWSERS = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1.evil.example:8000"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.fixture(scope="module")
def url(gateway: str) -> str:
    return gateway


@pytest.mark.parametrize("headers", SAID_BY_BROWSERS, ids=str)
def test_every_change_is_refused_when_another_sites_page_sends_it(
    bank: Bank, url: str, headers: dict[str, str]
) -> None:
    with log_in(url, bank.person().rm_id) as client:
        for operation in UNSAFE:
            path = operation.path.format(**dict.fromkeys(operation.path_names, str(uuid.uuid4())))
            # With our own header too: whoever could set it would still have to come from our page.
            answer = client.request(operation.method, path, headers=headers, json={})
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), (operation.name, answer.text)
        assert client.get("/api/v1/me", headers=headers).status_code == 200


def test_every_change_with_a_cookie_needs_the_pages_header(bank: Bank, url: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        del client.headers["X-Requested-With"]
        for operation in UNSAFE:
            if operation.name not in ("logIn", "issueToken"):
                path = operation.path.format(**dict.fromkeys(operation.path_names, str(uuid.uuid4())))
                answer = client.request(operation.method, path, json={})
                assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), (operation.name, answer.text)


def test_our_own_page_may_say_where_it_comes_from(bank: Bank, url: str) -> None:
    headers = {"Origin": url, "Sec-Fetch-Site": "same-origin", **CSRF}
    given = {"rm_id": bank.person().rm_id, "password": PASSWORD}
    assert httpx.post(f"{url}/api/v1/session", json=given, headers=headers).status_code == 200


def test_a_session_that_was_planted_is_not_the_one_that_a_log_in_opens(bank: Bank, url: str) -> None:
    mallory, ann = bank.person(), bank.person()
    with log_in(url, mallory.rm_id) as planting:
        planted = planting.cookies["tipline_session"]
        with httpx.Client(base_url=url, headers=CSRF, cookies={"tipline_session": planted}, timeout=WAIT_S) as victim:
            given = {"rm_id": ann.rm_id, "password": PASSWORD}
            fresh = victim.post("/api/v1/session", json=given).cookies["tipline_session"]
        assert fresh != planted
        # Neither is it Ann's, nor does it go on as Mallory's in a browser that is Ann's now.
        assert planting.get("/api/v1/me").status_code == 401
    made_up = {"tipline_session": "made-up-by-mallory"}
    assert httpx.get(f"{url}/api/v1/me", cookies=made_up).status_code == 401


def test_guesses_are_counted_and_the_answer_says_when_to_come_back(bank: Bank, url: str) -> None:
    person = bank.person()
    try:
        answers = [
            httpx.post(f"{url}/api/v1/token", json={"rm_id": person.rm_id, "password": f"guess {n}"}) for n in range(11)
        ]
        assert [one.status_code for one in answers] == [401] * 10 + [429]
        assert 0 < int(answers[-1].headers["retry-after"]) <= 300
        assert answers[-1].json()["code"] == "rate_limited"
    finally:
        bank.rows("DELETE FROM login_attempts WHERE rm_id = %s RETURNING 1", person.rm_id)


def test_a_body_beyond_the_limit_is_refused_with_and_without_a_declared_length(bank: Bank, url: str) -> None:
    def in_chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 4096

    with log_in(url, bank.person().rm_id) as client:
        for body in (b"x" * 70_000, in_chunks()):
            answer = client.put("/api/v1/me/preferences", content=body, headers={"Content-Type": "application/json"})
            assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
