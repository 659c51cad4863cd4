"""A caller's policy stands before every operation of Glue."""

from __future__ import annotations

from typing import Any

import pytest

from batch.glue.access import permitted
from clients.aws_auth import Holder
from clients.iam import Policies
from core.errors import Forbidden

OURS = Policies.read("eu-central-1")


def call(role: str, operation: str, **payload: Any) -> dict[str, Any]:
    return permitted({operation: dict}, Holder(role, role), OURS)[operation](payload)


def test_the_night_starts_its_own_job_and_no_other() -> None:
    assert call("night", "StartJobRun", JobName="nightly") == {"JobName": "nightly"}
    for operation, name in (("StartJobRun", "maintenance"), ("CreateJob", "nightly"), ("StartTrigger", "nightly")):
        with pytest.raises(Forbidden):
            call("night", operation, JobName=name)


@pytest.mark.parametrize("role", ["analyst", "compliance", "stream"])
def test_who_has_no_right_in_glue_can_have_no_code_run(role: str) -> None:
    for operation in ("CreateJob", "StartJobRun", "GetJobs"):
        with pytest.raises(Forbidden):
            call(role, operation, Name="nightly")


def test_the_platform_and_the_operator_set_triggers_up() -> None:
    assert call("platform", "CreateTrigger", Name="any") == {"Name": "any"}
    assert call("operator", "CreateTrigger", Name="nightly-flash") == {"Name": "nightly-flash"}
