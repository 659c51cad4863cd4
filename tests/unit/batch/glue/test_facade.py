"""The facade's HTTP face: signatures, targets, and errors as AWS words them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from batch.glue.app import BODY_LIMIT_BYTES, Service, create_app
from batch.glue.requests import CreateTrigger, StartJobRun
from clients.aws_auth import KeyRing, Verifier
from core.errors import Conflict, DependencyUnavailable, NotFound, RateLimited

URL = "http://127.0.0.1:8090"
REGION = "eu-central-1"


class Facade:
    """The application with one operation, which echoes or fails as told."""

    def __init__(self, keys_path: Path) -> None:
        keys_path.write_text(json.dumps({"KEY": {"secret": "right", "role": "platform"}}))
        self.ready = True
        self.failure: Exception | None = None
        service = Service(
            Verifier(KeyRing(keys_path), REGION, "glue"),
            lambda _caller: {"StartJobRun": self.start, "CreateTrigger": self.trigger},
        )
        app = create_app({"AWSGlue": service}, ready=lambda: self.ready, running=nullcontext)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)

    def start(self, payload: dict[str, Any]) -> dict[str, Any]:
        if self.failure:
            raise self.failure
        return StartJobRun.model_validate(payload).stored()

    def trigger(self, payload: dict[str, Any]) -> dict[str, Any]:
        return CreateTrigger.model_validate(payload).stored()

    async def call(
        self, body: bytes, operation: str = "AWSGlue.StartJobRun", *, signed_with: str = "right", **headers: str
    ) -> httpx.Response:
        request = AWSRequest("POST", f"{URL}/", headers={"X-Amz-Target": operation, **headers}, data=body)
        SigV4Auth(Credentials("KEY", signed_with), "glue", REGION).add_auth(request)
        return await self.http.post("/", content=body, headers=dict(request.headers))


@pytest.fixture
async def facade(tmp_path: Path) -> AsyncIterator[Facade]:
    made = Facade(tmp_path / "keys.json")
    yield made
    await made.http.aclose()


def kind(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["__type"]


async def test_a_signed_call_is_answered(facade: Facade) -> None:
    reply = await facade.call(b'{"JobName": "nightly", "NumberOfWorkers": 2}')
    assert (reply.status_code, reply.json()) == (200, {"JobName": "nightly", "NumberOfWorkers": 2})
    assert reply.headers["content-type"] == "application/x-amz-json-1.1"
    assert reply.headers["x-amzn-requestid"]


async def test_a_wrong_signature_is_refused(facade: Facade) -> None:
    assert kind(await facade.call(b"{}", signed_with="wrong")) == (400, "InvalidSignatureException")


async def test_an_unsigned_call_is_refused(facade: Facade) -> None:
    reply = await facade.http.post("/", content=b"{}", headers={"X-Amz-Target": "AWSGlue.StartJobRun"})
    assert kind(reply) == (400, "MissingAuthenticationTokenException")


@pytest.mark.parametrize("target", ["AWSGlue.MakeCoffee", "AWSGlue."])
async def test_an_unknown_operation_is_told(facade: Facade, target: str) -> None:
    assert kind(await facade.call(b"{}", target)) == (400, "UnknownOperationException")


@pytest.mark.parametrize("target", ["AmazonAthena.StartQueryExecution", "nonsense", ""])
async def test_another_service_is_refused(facade: Facade, target: str) -> None:
    assert kind(await facade.call(b"{}", target)) == (400, "AccessDeniedException")


async def test_a_web_page_is_refused(facade: Facade) -> None:
    assert kind(await facade.call(b"{}", Origin="http://evil.example")) == (400, "AccessDeniedException")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
async def test_a_body_that_is_no_json_object_is_told(facade: Facade, body: bytes) -> None:
    assert kind(await facade.call(body)) == (400, "SerializationException")


async def test_a_missing_field_is_named(facade: Facade) -> None:
    reply = await facade.call(b"{}")
    assert kind(reply) == (400, "InvalidInputException")
    assert "JobName" in reply.json()["Message"]


@pytest.mark.parametrize(("type_", "field"), [("SCHEDULED", "Schedule"), ("CONDITIONAL", "Predicate")])
async def test_a_trigger_without_what_its_type_needs_is_refused(facade: Facade, type_: str, field: str) -> None:
    body = json.dumps({"Name": "t", "Type": type_, "Actions": [{"JobName": "j"}]}).encode()
    reply = await facade.call(body, "AWSGlue.CreateTrigger")
    assert kind(reply) == (400, "InvalidInputException")
    assert field in reply.json()["Message"]


async def test_a_body_beyond_the_limit_is_refused(facade: Facade) -> None:
    assert kind(await facade.call(b" " * (BODY_LIMIT_BYTES + 1))) == (400, "InvalidInputException")


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (NotFound("job x"), (400, "EntityNotFoundException")),
        (Conflict("x"), (400, "AlreadyExistsException")),
        (RateLimited("x", code="ConcurrentRunsExceededException"), (400, "ConcurrentRunsExceededException")),
        (DependencyUnavailable("x"), (503, "ServiceUnavailableException")),
        (RuntimeError("secret"), (500, "InternalServiceException")),
    ],
)
async def test_failures_have_awss_names(facade: Facade, failure: Exception, expected: tuple[int, str]) -> None:
    facade.failure = failure
    reply = await facade.call(b'{"JobName": "nightly"}')
    assert kind(reply) == expected
    assert "secret" not in reply.text


async def test_health_tells_of_the_database(facade: Facade) -> None:
    assert (await facade.http.get("/livez")).status_code == 200
    assert (await facade.http.get("/readyz")).status_code == 200
    facade.ready = False
    assert (await facade.http.get("/readyz")).status_code == 503
