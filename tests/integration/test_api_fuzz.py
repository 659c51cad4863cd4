"""Schemathesis over the whole OpenAPI document as every role: no request that the schema allows breaks the gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from api.contract import openapi
from api.principal import ROLES
from core.settings import Settings
from ops.drill.product import free_ports
from ops.stack.group import ProcessGroup
from tests.integration.gateway import CSRF, PASSWORD, WAIT_S, Bank, gateway_service

# Requests an operation and role; those who work with clients reach the deepest.
EXAMPLES = {"rm": 12, "head": 6}
FEW = 3
# The first two verify a password, which is meant to be slow, and the last ends the session that asks.
LOG_IN, LOG_OUT = {"logIn", "issueToken"}, {"logOut"}


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings) -> Iterator[Bank]:
    bank = Bank(postgres)
    yield bank
    bank.rows("DELETE FROM login_attempts RETURNING 1")


@pytest.fixture(scope="module")
def url(bank: Bank) -> Iterator[str]:
    (port,) = free_ports(1)
    group = ProcessGroup([gateway_service(bank.settings, "fuzz-gateway", port)], bank.settings.data_dir)
    group.start_all()
    yield f"http://127.0.0.1:{port}"
    group.stop_all()


@pytest.fixture(scope="module")
def document() -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_dict(json.loads(openapi()))


@pytest.mark.parametrize("role", ROLES)
def test_no_request_breaks_the_gateway_or_shows_anothers_client(
    bank: Bank, url: str, document: schemathesis.BaseSchema, role: str
) -> None:
    theirs = bank.person()
    alert = bank.alert(theirs.clients[0])
    secrets = (theirs.clients[0], str(alert.alert_id)) if role not in ("head", "compliance") else ()
    with requests.Session() as session:
        session.headers.update(CSRF)
        credentials = {"rm_id": bank.person(role=role).rm_id, "password": PASSWORD}
        session.post(f"{url}/api/v1/session", json=credentials, timeout=WAIT_S).raise_for_status()
        for operation in operations(document, LOG_OUT | LOG_IN):
            hammer(operation, url, session, EXAMPLES.get(role, FEW), secrets)


def test_no_log_in_breaks_the_gateway(bank: Bank, url: str, document: schemathesis.BaseSchema) -> None:
    with requests.Session() as session:
        for operation in operations(document, LOG_OUT):
            if operation.definition.raw["operationId"] in LOG_IN:
                hammer(operation, url, session, EXAMPLES["rm"], ())


def operations(document: schemathesis.BaseSchema, left_out: set[str]) -> Iterator[Any]:
    for found in document.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.definition.raw["operationId"] not in left_out:
            yield operation


def hammer(
    operation: Any,
    url: str,
    session: requests.Session,
    examples: int,
    secrets: tuple[str, ...],
) -> None:
    """Send what the operation's schema allows, the same each time the tests run."""

    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        answer = case.call(base_url=url, session=session, timeout=WAIT_S, allow_redirects=False)
        assert answer.status_code < 500, (case.method, case.formatted_path, answer.status_code, answer.text[:500])
        assert not any(secret in answer.text for secret in secrets), (case.method, case.formatted_path)

    send()
