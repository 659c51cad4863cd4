"""Policy documents as AWS evaluates them, and what those of deploy/iam say about our own servers."""

from __future__ import annotations

from typing import Any

import pytest

from clients.aws_auth import Holder
from clients.iam import OWNER, Policies
from core.errors import Forbidden

REGION = "eu-central-1"
ENDPOINT = f"arn:aws:sagemaker:{REGION}:000000000000:endpoint/news-enrichment"


def policies(*statements: dict[str, Any]) -> Policies:
    return Policies({"role": {"Version": "2012-10-17", "Statement": list(statements)}}, REGION)


def statement(action: Any = "sagemaker:InvokeEndpoint", resource: Any = ENDPOINT, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


@pytest.mark.parametrize(
    "allowing",
    [
        statement(),
        statement(["sagemaker:DescribeEndpoint", "SageMaker:invokeendpoint"], ["*"]),
        statement("sagemaker:Invoke*", "arn:aws:sagemaker:*:*:endpoint/news-enrichmen?"),
    ],
)
def test_a_statement_allows_what_its_patterns_cover(allowing: dict[str, Any]) -> None:
    assert policies(allowing).allows("role", "sagemaker:InvokeEndpoint", ENDPOINT)


@pytest.mark.parametrize(
    "statements",
    [
        [],
        [statement("sagemaker:InvokeEndpointAsync")],
        [statement(resource=ENDPOINT + "-2")],
        [statement(resource=ENDPOINT.upper())],
        [statement(Condition={"Bool": {"aws:SecureTransport": "true"}})],
        [statement("*", "*"), statement(Effect="Deny")],
        [statement(), statement(Effect="Deny", Condition={"Bool": {"aws:SecureTransport": "false"}})],
    ],
)
def test_nothing_else_is_allowed_and_a_denial_wins(statements: list[dict[str, Any]]) -> None:
    assert not policies(*statements).allows("role", "sagemaker:InvokeEndpoint", ENDPOINT)


def test_a_role_without_a_document_may_do_nothing_and_the_owner_everything() -> None:
    assert not policies(statement("*", "*")).allows("stranger", "sagemaker:InvokeEndpoint", ENDPOINT)
    assert policies().allows(OWNER, "glue:CreateJob", "*")


def test_of_our_roles_the_streaming_job_may_invoke_and_the_people_of_sql_may_not() -> None:
    ours = Policies.read(REGION)
    ours.check(Holder("stream", "stream"), "sagemaker:InvokeEndpoint", "endpoint/news-enrichment")
    with pytest.raises(Forbidden) as refused:
        ours.check(Holder("ann", "analyst"), "sagemaker:InvokeEndpoint", "endpoint/news-enrichment")
    assert refused.value.code == "AccessDeniedException"
    assert "arn:aws:iam::000000000000:user/ann is not authorized to perform: sagemaker:InvokeEndpoint" in str(
        refused.value
    )
    with pytest.raises(Forbidden):
        ours.check(Holder("stream", "stream"), "sagemaker:InvokeEndpoint", "endpoint/embedder")
