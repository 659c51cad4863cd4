"""The HTTP face: envelopes, signatures, error codes and headers, with a stand-in for the models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from core.clock import utc_now
from core.errors import DependencyUnavailable, ModelFailure, Overloaded
from tests.unit.serve.signed_endpoint import BODY, LIMIT_BYTES, PATH, REGION, URL, Endpoint


@pytest.fixture
def endpoint(tmp_path: Path) -> Endpoint:
    return Endpoint(tmp_path / "keys.json")


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
        (PATH, BODY, {"Content_Type": "application/xml"}),
        (PATH, BODY, {"Accept": "image/png"}),
        (PATH, BODY, {"X_Amzn_SageMaker_Target_Variant": "Canary"}),
        (PATH, BODY, {"X_Amzn_SageMaker_Inference_Id": "x" * 65}),
        (PATH, BODY, {"X_Amzn_SageMaker_Session_Id": "NEW_SESSION"}),
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
        (DependencyUnavailable("down"), 503, "ServiceUnavailable"),
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


async def test_a_model_that_takes_too_long_is_a_model_error_with_its_status(endpoint: Endpoint) -> None:
    reply = await endpoint.post(PATH, b'{"instances":["for ever"]}')
    assert (reply.status_code, reply.headers["x-amzn-errortype"]) == (424, "ModelError")
    assert (reply.json()["OriginalStatusCode"], "timed out" in reply.json()["OriginalMessage"]) == (504, True)


async def test_what_the_caller_gave_comes_back_with_the_reply(endpoint: Endpoint) -> None:
    given = {"X-Amzn-SageMaker-Custom-Attributes": "trace=7", "X-Amzn-SageMaker-Inference-Id": "i 1"}
    reply = await endpoint.http.post("/invocations", content=BODY, headers=given)
    assert {name: reply.headers[name] for name in given} == given


async def test_each_role_may_do_what_its_policy_says(endpoint: Endpoint) -> None:
    assert (await endpoint.post(PATH, BODY, key="STREAM")).status_code == 200
    refused = await endpoint.post(PATH, BODY, key="ANALYST")
    assert (refused.status_code, refused.headers["x-amzn-errortype"]) == (403, "AccessDeniedException")
    assert "not authorized to perform: sagemaker:InvokeEndpoint on resource" in refused.json()["Message"]
    streamed = await endpoint.post(f"{PATH}-response-stream", BODY, key="STREAM")
    assert streamed.status_code == 403
    assert len(endpoint.calls) == 1


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
