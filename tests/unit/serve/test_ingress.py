"""The HTTP face: envelopes, signatures, error codes and headers, with a stand-in for the models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from clients.aws_auth import KeyRing, Verifier
from core.clock import utc_now
from core.errors import ModelFailure, Overloaded
from serve.ingress import create_app
from serve.protocol import Invocation

URL = "http://127.0.0.1:8080"
REGION = "eu-central-1"
LIMIT_BYTES = 2000


class Endpoint:
    """The application with a target that echoes its records, or fails as told."""

    def __init__(self, keys_path: Path) -> None:
        self.ready = True
        self.failure: Exception | None = None
        self.calls: list[tuple[str, Invocation]] = []
        keys_path.write_text(json.dumps({"KEY": {"secret": "right", "role": "stream"}}))
        app = create_app(
            endpoint_name="news-enrichment",
            body_limit_bytes=LIMIT_BYTES,
            verifier=Verifier(KeyRing(keys_path), REGION),
            ready=lambda: self.ready,
            invoke=self.invoke,
        )
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)

    async def invoke(self, target: str, invocation: Invocation) -> list[bytes]:
        if self.failure:
            raise self.failure
        self.calls.append((target, invocation))
        return [json.dumps({"echo": str(record)}).encode() for record in invocation.records]

    async def post(self, path: str, body: bytes, *, signed_with: str = "right", **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = AWSRequest("POST", URL + path, headers=named, data=body)
        SigV4Auth(Credentials("KEY", signed_with), "sagemaker", REGION).add_auth(request)
        return await self.http.post(path, content=body, headers=dict(request.headers))


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    return Endpoint(tmp_path / "keys.json")


PATH = "/endpoints/news-enrichment/invocations"
BODY = b'{"instances":["a","b"],"keep_above":0.8}'


async def test_ping_tells_readiness(endpoint: Endpoint) -> None:
    assert (await endpoint.http.get("/ping")).status_code == 200
    endpoint.ready = False
    assert (await endpoint.http.get("/ping")).status_code == 503


async def test_a_signed_call_reaches_the_named_target(endpoint: Endpoint) -> None:
    reply = await endpoint.post(PATH, BODY, X_Amzn_SageMaker_Target_Model="summarizer", Content_Type="application/json")
    assert reply.status_code == 200
    assert reply.json() == {"predictions": [{"echo": "a"}, {"echo": "b"}]}
    assert reply.headers["x-amzn-requestid"]
    assert reply.headers["x-amzn-invoked-production-variant"] == "AllTraffic"
    target, invocation = endpoint.calls[0]
    assert (target, invocation.options) == ("summarizer", {"keep_above": 0.8})


async def test_without_a_target_the_endpoint_enriches_and_other_endpoints_go_by_name(endpoint: Endpoint) -> None:
    await endpoint.post(PATH, BODY)
    await endpoint.post("/endpoints/embedder/invocations", BODY)
    assert [target for target, _ in endpoint.calls] == ["enrich", "embedder"]


async def test_json_lines_keep_their_order_around_a_bad_line(endpoint: Endpoint) -> None:
    reply = await endpoint.http.post(
        "/invocations", content=b'"one"\n{broken\n\n"three"\n', headers={"Content-Type": "application/jsonlines"}
    )
    lines = [json.loads(line)["echo"] for line in reply.content.splitlines()]
    assert lines[0] == "one"
    assert lines[1].startswith("Unreadable")
    assert lines[2] == "three"
    assert reply.headers["content-type"] == "application/jsonlines"


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        (PATH, b"", {}),
        (PATH, b"{", {}),
        (PATH, b"[]", {}),
        (PATH, b'{"instances":{}}', {}),
        (PATH, BODY, {"Content_Type": "text/csv"}),
        (PATH, BODY, {"X_Amzn_SageMaker_Target_Model": "nobody"}),
        ("/endpoints/other/invocations", BODY, {}),
        (PATH, b"x" * (LIMIT_BYTES + 1), {}),
    ],
)
async def test_what_the_caller_did_wrong_is_a_validation_error(
    endpoint: Endpoint, path: str, body: bytes, headers: dict[str, str]
) -> None:
    reply = await endpoint.post(path, body, **headers)
    assert (reply.status_code, reply.headers["x-amzn-errortype"]) == (400, "ValidationError")
    assert reply.json()["Message"]


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (Overloaded("full", retry_after_s=1), 503, "ServiceUnavailable"),
        (ModelFailure("broken"), 424, "ModelError"),
        (RuntimeError("secret detail"), 500, "InternalFailure"),
    ],
)
async def test_failures_carry_the_codes_that_boto3_knows(
    endpoint: Endpoint, failure: Exception, status: int, code: str
) -> None:
    endpoint.failure = failure
    reply = await endpoint.post(PATH, BODY)
    assert (reply.status_code, reply.headers["x-amzn-errortype"]) == (status, code)
    assert ("retry-after" in reply.headers) == (status == 503)
    assert "secret detail" not in reply.text


async def test_only_the_right_key_passes(endpoint: Endpoint) -> None:
    assert (await endpoint.post(PATH, BODY, signed_with="wrong")).headers[
        "x-amzn-errortype"
    ] == "InvalidSignatureException"
    unsigned = await endpoint.http.post(PATH, content=BODY)
    assert (unsigned.status_code, unsigned.headers["x-amzn-errortype"]) == (403, "MissingAuthenticationTokenException")
    assert not endpoint.calls


@pytest.mark.parametrize("path", ["/invocations", PATH])
async def test_a_web_page_is_refused(endpoint: Endpoint, path: str) -> None:
    reply = await endpoint.post(path, BODY, Origin="http://rebound.example:8080")
    assert (reply.status_code, reply.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert not endpoint.calls


async def test_a_changed_body_or_an_unknown_key_fails(endpoint: Endpoint, tmp_path: Path) -> None:
    request = AWSRequest("POST", URL + PATH, data=BODY)
    SigV4Auth(Credentials("KEY", "right"), "sagemaker", REGION).add_auth(request)
    changed = await endpoint.http.post(PATH, content=BODY.replace(b"a", b"z", 1), headers=dict(request.headers))
    assert changed.status_code == 403
    (tmp_path / "keys.json").write_text('{"NEW": {"secret": "right", "role": "stream"}}')
    revoked = await endpoint.post(PATH, BODY)
    assert (revoked.status_code, revoked.headers["x-amzn-errortype"]) == (403, "UnrecognizedClientException")


@pytest.mark.parametrize("stated", ["UNSIGNED-PAYLOAD", hashlib.sha256(BODY).hexdigest()])
async def test_a_signed_hash_that_is_not_the_bodys_fails(endpoint: Endpoint, stated: str) -> None:
    request = AWSRequest("POST", URL + PATH, headers={"X-Amz-Content-SHA256": stated}, data=BODY)
    SigV4Auth(Credentials("KEY", "right"), "sagemaker", REGION).add_auth(request)
    changed = await endpoint.http.post(PATH, content=BODY.replace(b"a", b"z"), headers=dict(request.headers))
    assert (changed.status_code, changed.headers["x-amzn-errortype"]) == (403, "InvalidSignatureException")
    assert not endpoint.calls


async def test_a_signed_hash_of_the_body_passes(endpoint: Endpoint) -> None:
    reply = await endpoint.post(PATH, BODY, X_Amz_Content_SHA256=hashlib.sha256(BODY).hexdigest())
    assert reply.status_code == 200


@pytest.mark.parametrize(("name", "end"), [("host", b"["), ("authorization", b"\xe9")])
async def test_headers_that_cannot_be_read_are_refused(endpoint: Endpoint, name: str, end: bytes) -> None:
    request = AWSRequest("POST", URL + PATH, data=BODY)
    SigV4Auth(Credentials("KEY", "right"), "sagemaker", REGION).add_auth(request)
    headers = {"host": b"", **{key.lower(): text.encode() for key, text in request.headers.items()}}
    headers[name] += end
    raw = [(key.encode(), text) for key, text in headers.items()]
    reply = await endpoint.http.post(PATH, content=BODY, headers=raw)
    assert (reply.status_code, reply.headers["x-amzn-errortype"]) == (403, "InvalidSignatureException")


@pytest.mark.parametrize("skew", [timedelta(minutes=-6), timedelta(minutes=6)])
async def test_a_stale_signature_fails(endpoint: Endpoint, skew: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    from serve import ingress

    moved: Callable[[], Any] = lambda: utc_now() + skew  # noqa: E731
    monkeypatch.setattr(ingress, "utc_now", moved)
    reply = await endpoint.post(PATH, BODY)
    assert reply.status_code == 403
