"""Response streams as botocore reads them: parts in order, and errors before, between and after them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.eventstream import EventStreamBuffer

from core.errors import DependencyUnavailable, ModelFailure, Overloaded
from serve.protocol import Answer, Invocation
from tests.unit.serve.signed_endpoint import PATH, Endpoint

STREAM = f"{PATH}-response-stream"


FAILURES = {
    "model": ModelFailure("the model broke"),
    "down": DependencyUnavailable("the registry is away"),
    "bug": RuntimeError("secret detail"),
}


class Failing(Endpoint):
    """Fails at the records that name an error, and is busy at the first try of `busy`."""

    busy = True

    async def invoke(self, target: str, invocation: Invocation) -> Answer:
        for record in invocation.records:
            if record in FAILURES:
                raise FAILURES[record]
            if record == "busy" and self.busy:
                self.busy = False
                raise Overloaded("full", retry_after_s=0.01)
        return await super().invoke(target, invocation)

    async def stream(self, *records: Any, **headers: str) -> httpx.Response:
        return await self.post(STREAM, json.dumps({"instances": records}).encode(), **headers)


@pytest.fixture
def endpoint(tmp_path: Path) -> Failing:
    return Failing(tmp_path / "keys.json")


def frames(reply: httpx.Response) -> list[tuple[str, bytes]]:
    """Return kind and payload of each frame; botocore checks lengths and sums."""
    buffer: Any = EventStreamBuffer()
    buffer.add_data(reply.content)
    return [(str(one.headers.get(":exception-type") or one.headers[":event-type"]), one.payload) for one in buffer]


async def test_parts_join_to_the_reply_that_one_call_would_give(endpoint: Failing) -> None:
    reply = await endpoint.stream("a", "b", "c")
    assert reply.headers["content-type"] == "application/vnd.amazon.eventstream"
    assert reply.headers["x-amzn-sagemaker-content-type"] == "application/json"
    assert reply.headers["x-amzn-requestid"]
    parts = frames(reply)
    assert [kind for kind, _ in parts] == ["PayloadPart"] * 3
    assert json.loads(b"".join(body for _, body in parts)) == {"predictions": [{"echo": one} for one in "abc"]}


async def test_the_form_is_asked_for_by_a_header_of_its_own(endpoint: Failing) -> None:
    reply = await endpoint.stream("a", "b", X_Amzn_SageMaker_Accept="application/jsonlines", Accept="image/png")
    assert b"".join(body for _, body in frames(reply)) == b'{"echo": "a"}\n{"echo": "b"}\n'
    empty = await endpoint.post(STREAM, b"\n", Content_Type="application/jsonlines")
    assert frames(empty) == [("PayloadPart", b"")]
    refused = await endpoint.stream("a", X_Amzn_SageMaker_Accept="application/x-npy")
    assert (refused.status_code, refused.headers["x-amzn-errortype"]) == (400, "ValidationError")


@pytest.mark.parametrize(("record", "status"), [("model", 424), ("down", 503), ("busy", 503), ("bug", 500)])
async def test_a_failure_before_the_first_part_has_a_status(endpoint: Failing, record: str, status: int) -> None:
    assert (await endpoint.stream(record, "b")).status_code == status


@pytest.mark.parametrize(
    ("record", "kind", "error"),
    [
        ("model", "ModelStreamError", {"Message": "the model broke", "ErrorCode": "StreamBroken"}),
        ("for ever", "ModelStreamError", {"ErrorCode": "ModelInvocationTimeExceeded"}),
        ("down", "InternalStreamFailure", {"Message": "the registry is away"}),
        ("bug", "InternalStreamFailure", {"Message": "internal failure"}),
    ],
)
async def test_a_later_failure_is_the_last_frame(
    endpoint: Failing, record: str, kind: str, error: dict[str, str]
) -> None:
    first, last = frames(await endpoint.stream("a", record, "c"))
    assert first == ("PayloadPart", b'{"predictions":[{"echo": "a"}')
    assert last[0] == kind
    assert json.loads(last[1]).items() >= error.items()


async def test_a_stream_that_has_begun_waits_for_a_free_slot(endpoint: Failing) -> None:
    echoes = [body for _, body in frames(await endpoint.stream("a", "busy"))]
    assert json.loads(b"".join(echoes)) == {"predictions": [{"echo": "a"}, {"echo": "busy"}]}
