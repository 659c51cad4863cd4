"""Every operation of the OpenAPI document as another RM and as every role: what is another's does not exist."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import httpx
import pytest

from api.principal import ROLES
from clients.postgres import Jsonb
from tests.integration.gateway import Bank, Person, log_in
from tests.integration.openapi_walk import Operation, Walk
from tests.router_samples import enriched

# About one client or alert: who may not see it learns nothing; the rest is the caller's own.
ABOUT_A_CLIENT = {"client_id", "alert_id", "candidate_id"}
OWN_THINGS = {"mute_id", "coverage_id"}
# They would end the session that walks, or count as failed log-ins.
LEFT_OUT = {"logOut", "logIn", "issueToken"}
WATCHERS = {"head", "compliance"}
WORK_WITH_CLIENTS = {"rm", "deputy", *WATCHERS}
INJECTIONS = ("' OR '1'='1", "x'); DROP TABLE alerts; --", "%' UNION SELECT secret_hash FROM sessions --", "\\")
WALK = Walk()
OPERATIONS = [one for one in WALK.operations() if one.name not in LEFT_OUT]


@dataclass(frozen=True)
class Bobs:
    """An RM with one of everything, and the words that nobody else may read."""

    person: Person
    known: dict[str, str]
    secrets: frozenset[str]


@pytest.fixture(scope="module")
def url(gateway: str) -> str:
    return gateway


@pytest.fixture(scope="module")
def bobs(bank: Bank) -> Bobs:
    bob, deputy = bank.person(), bank.person(clients=0, role="deputy")
    client_id, word = bob.clients[0], f"secret{uuid.uuid4().hex}"
    bank.rows(
        "UPDATE clients SET display = %s, legal_name = %s WHERE client_id = %s RETURNING 1", word, word, client_id
    )
    alert = bank.alert(client_id, body=word)
    ids = {name: str(uuid.uuid4()) for name in ("mute_id", "coverage_id", "candidate_id")}
    for statement, *values in (
        ("INSERT INTO mutes (mute_id, rm_id, client_id) VALUES (%s, %s, %s)", ids["mute_id"], bob.rm_id, client_id),
        (
            "INSERT INTO coverage (coverage_id, rm_id, deputy_id, client_id, valid_from, valid_to, created_by)"
            " VALUES (%s, %s, %s, %s, now() + interval '1 day', now() + interval '2 days', %s)",
            ids["coverage_id"], bob.rm_id, deputy.rm_id, client_id, bob.rm_id,
        ),
        (
            "INSERT INTO review_candidates (candidate_id, client_id, article_id, revision, relevance, enriched)"
            " VALUES (%s, %s, %s, 1, 0.6, %s)",
            ids["candidate_id"], client_id, word, Jsonb(enriched(client_id, word).model_dump(mode="json")),
        ),
        (
            "INSERT INTO client_metrics VALUES (%s, '2026-01-30', 1, 'final', false, 'EUR', 1, 0, 0, 0, 0, 0, 0, 0, 0,"
            " 0, 0, 0, 0, %s, %s, 'ok', %s, 1, 1, now(), gen_random_uuid())",
            client_id, Jsonb({}), Jsonb({}), Jsonb({}),
        ),
    ):  # fmt: skip
        bank.rows(f"{statement} RETURNING 1", *values)
    known = {"client_id": client_id, "client": client_id, "alert_id": str(alert.alert_id), **ids}
    return Bobs(bob, known, frozenset({word, *known.values()}))


def leaked(answer: httpx.Response, bobs: Bobs) -> set[str]:
    """Return what an answer tells of Bob's that was not in the question."""
    asked = f"{answer.request.url}{answer.request.content.decode()}"
    told = f"{answer.text}{answer.headers}"
    return {word for word in bobs.secrets if word in told and word not in asked}


def expected(role: str, operation: Operation) -> set[int] | None:
    """Return the statuses for something of Bob's; None where the role sees all, or the operation names nothing."""
    about = operation.path_names
    if about & ABOUT_A_CLIENT:
        if role not in WORK_WITH_CLIENTS:
            return {403}
        if role == "head" or (role == "compliance" and operation.reads):
            return None
        # Compliance only watches; to an RM or deputy it does not exist.
        return {403} if role == "compliance" else {404}
    return {403, 404} if about & OWN_THINGS and role != "head" else None


@pytest.mark.parametrize("role", ROLES)
def test_nobody_reaches_what_is_anothers(bank: Bank, url: str, bobs: Bobs, role: str) -> None:
    person = bank.person(clients=1 if role == "rm" else 0, role=role)
    tried = 0
    with log_in(url, person.rm_id) as client:
        for operation in OPERATIONS:
            wanted = expected(role, operation)
            if role == "head" and operation.path_names and not operation.reads:
                continue  # a head may, and would change what the other roles look at
            answer = client.send(WALK.request(client, operation, bobs.known))
            where = (operation.method, operation.path, answer.status_code, answer.text[:300])
            assert answer.status_code < 500 or operation.path == "/readyz", where
            if wanted is not None:
                assert answer.status_code in wanted, where
                tried += 1
            if role not in WATCHERS:
                assert not leaked(answer, bobs), where
    assert tried >= (0 if role == "head" else 10)


def test_the_same_requests_find_it_for_its_own_rm(bank: Bank, url: str, bobs: Bobs) -> None:
    found = set()
    with log_in(url, bobs.person.rm_id) as client:
        for operation in OPERATIONS:
            if operation.reads and operation.path_names & ABOUT_A_CLIENT:
                answer = client.send(WALK.request(client, operation, bobs.known))
                assert answer.status_code == 200, (operation.path, answer.text[:300])
                assert leaked(answer, bobs) or bobs.known["client_id"] in answer.text
                found.add(operation.name)
    assert {"readAlert", "readClient"} <= found


@pytest.mark.parametrize("role", ["analyst", "engineer", "operator"])
def test_roles_without_clients_get_no_list_of_them_either(bank: Bank, url: str, role: str) -> None:
    with log_in(url, bank.person(clients=0, role=role).rm_id) as client:
        for path in ("alerts", "alerts.csv", "clients", "book", "review-candidates", "coverage", "compliance/access"):
            query = {"client": "x", "from": "2026-01-01", "to": "2026-01-02"} if path.startswith("comp") else {}
            assert client.get(f"/api/v1/{path}", params=query).status_code == 403, path


@pytest.mark.parametrize("value", INJECTIONS)
def test_sql_in_a_parameter_is_text(bank: Bank, url: str, bobs: Bobs, value: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        for path in ("alerts", "alerts.csv"):
            for name in ("q", "client", "topic", "severity", "cursor"):
                answer = client.get(f"/api/v1/{path}", params={name: value})
                assert answer.status_code in (200, 400, 422), (path, name, answer.text)
                assert not leaked(answer, bobs)
        assert client.get(f"/api/v1/clients/{value}/health").status_code in (404, 422)
        assert client.get("/api/v1/alerts").status_code == 200
