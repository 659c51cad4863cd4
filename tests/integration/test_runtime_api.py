"""What boto3 makes of the endpoint's errors: the real client over a socket, models that fail as told, tries counted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from clients.aws import session
from core.settings import Settings
from tests.integration.runtime_face import Models, running_face

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


@pytest.fixture(scope="module")
def models(settings: Settings) -> Iterator[Models]:
    models = Models()
    with running_face(settings, models):
        yield models


@pytest.fixture(scope="module")
def client(settings: Settings, models: Models) -> SageMakerRuntimeClient:
    retries: Any = {"mode": "standard", "total_max_attempts": 2}
    config = Config(retries=retries)
    return session(settings).client("sagemaker-runtime", endpoint_url=settings.endpoint_url, config=config)


def asked(*records: str) -> Any:
    return {"EndpointName": "embedder", "Body": json.dumps({"instances": records}).encode()}


@pytest.mark.parametrize(
    ("failure", "status", "code", "tries"),
    [
        ("overload", 503, "ServiceUnavailable", 2),
        ("down", 503, "ServiceUnavailable", 2),
        ("bug", 500, "InternalFailure", 2),
        ("model", 424, "ModelError", 1),
    ],
)
def test_boto3_tries_again_exactly_where_that_can_help(
    client: SageMakerRuntimeClient, models: Models, failure: str, status: int, code: str, tries: int
) -> None:
    models.tries.clear()
    with pytest.raises(ClientError) as failed:
        client.invoke_endpoint(**asked(failure))
    reply: Any = failed.value.response
    assert (reply["ResponseMetadata"]["HTTPStatusCode"], reply["Error"]["Code"]) == (status, code)
    assert (models.tries[failure], reply["ResponseMetadata"]["RetryAttempts"]) == (tries, tries - 1)
    assert reply["ResponseMetadata"]["RequestId"]
    assert "secret detail" not in reply["Error"]["Message"]
    if code == "ModelError":
        assert (reply["OriginalStatusCode"], reply["OriginalMessage"]) == (500, "the model broke")
    if status == 503:
        assert reply["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "1"


def test_what_the_caller_did_wrong_is_tried_once_and_never_reaches_a_model(
    client: SageMakerRuntimeClient, models: Models
) -> None:
    models.tries.clear()
    for wrong in ({"EndpointName": "nobody"}, {"TargetVariant": "Canary"}, {"Accept": "image/png"}, {"Body": b"{"}):
        with pytest.raises(client.exceptions.ValidationError) as refused:
            client.invoke_endpoint(**{**asked("a"), **wrong})
        assert refused.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    assert not models.tries


def test_a_stream_that_breaks_raises_after_what_came_before(client: SageMakerRuntimeClient) -> None:
    records = [f"text {number}" for number in range(32)]
    reply = client.invoke_endpoint_with_response_stream(**asked(*records, "model"))
    events = iter(reply["Body"])
    assert next(events)["PayloadPart"]["Bytes"].startswith(b'{"predictions":["text 0",')
    with pytest.raises(EventStreamError, match="the model broke") as broken:
        next(events)
    assert broken.value.response["Error"]["Code"] == "ModelStreamError"
