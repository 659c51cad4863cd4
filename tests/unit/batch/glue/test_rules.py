"""What makes triggers fire, how pages are numbered, and what a log says at its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from batch.glue.logtail import last_meaningful_line
from batch.glue.requests import Condition, CreateJob, EventBatching, FiringRule
from batch.glue.triggers import conditions_met, enough_events
from core.errors import BadInput
from core.page_tokens import next_token, offset_of


def rule(logical: str) -> FiringRule:
    return FiringRule.model_validate(
        {
            "Logical": logical,
            "Conditions": [
                {"LogicalOperator": "EQUALS", "JobName": "a", "State": "SUCCEEDED"},
                {"LogicalOperator": "EQUALS", "JobName": "b", "State": "FAILED"},
            ],
        }
    )


@pytest.mark.parametrize(
    ("ended", "all_of_them", "any_of_them"),
    [
        ({}, False, False),
        ({"a": "SUCCEEDED"}, False, True),
        ({"a": "FAILED", "b": "FAILED"}, False, True),
        ({"a": "FAILED", "b": "SUCCEEDED"}, False, False),
        ({"a": "SUCCEEDED", "b": "FAILED"}, True, True),
    ],
)
def test_conditions(ended: dict[str, str], all_of_them: bool, any_of_them: bool) -> None:
    assert conditions_met(rule("AND"), ended) is all_of_them
    assert conditions_met(rule("ANY"), ended) is any_of_them


def test_a_trigger_without_conditions_never_fires() -> None:
    assert not conditions_met(None, {"a": "SUCCEEDED"})


def test_one_condition_is_enough_for_a_rule() -> None:
    single = FiringRule(Conditions=[Condition(JobName="a", State="STOPPED")])
    assert conditions_met(single, {"a": "STOPPED"})


@pytest.mark.parametrize(
    ("events", "age_s", "fires"),
    [(0, 9999.0, False), (1, 10.0, False), (3, 0.0, True), (1, 60.0, True), (4, 1.0, True)],
)
def test_events_are_batched_by_number_and_by_age(events: int, age_s: float, fires: bool) -> None:
    assert enough_events(EventBatching(BatchSize=3, BatchWindow=60), events, age_s) is fires


def test_without_a_batching_condition_each_event_fires() -> None:
    assert enough_events(None, 1, 0.0)


def test_a_definition_is_kept_as_it_was_written() -> None:
    written = {"Role": "r", "Command": {"Name": "glueetl", "ScriptLocation": "s"}, "WorkerType": "G.1X"}
    assert CreateJob.model_validate({"Name": "j", **written}).stored() == written


def test_tokens_lead_to_their_page() -> None:
    assert offset_of(None) == 0
    assert offset_of(next_token(400)) == 400


@pytest.mark.parametrize("token", ["", "nonsense", "é", "LTU="])
def test_a_foreign_token_is_refused(token: str) -> None:
    with pytest.raises(BadInput):
        offset_of(token)


@pytest.mark.parametrize(
    ("log", "reason"),
    [
        (
            "working\nTraceback (most recent call last):\n  File x\nValueError: no such day\n\n",
            "ValueError: no such day",
        ),
        ('{"event": "job_failed", "error": "a.csv:3: bad date", "level": "error"}\n', "job_failed: a.csv:3: bad date"),
        (
            "ValueError: broken\n26/01/30 02:00:01 WARN SparkEnv: stopping\n"
            'Exception in thread "main" org.apache.spark.SparkUserAppException: User application exited with 1\n'
            "\tat org.apache.spark.deploy.PythonRunner$.main(PythonRunner.scala:130)\n\t... 4 more\n",
            "ValueError: broken",
        ),
        ("26/01/30 02:00:01 ERROR Utils: no space left\n", "26/01/30 02:00:01 ERROR Utils: no space left"),
        ("", None),
        ("\n   \n", None),
    ],
)
def test_the_line_to_look_for(tmp_path: Path, log: str, reason: str | None) -> None:
    path = tmp_path / "run.log"
    path.write_text(log)
    assert last_meaningful_line(path) == reason


def test_a_log_that_was_never_written_says_nothing(tmp_path: Path) -> None:
    assert last_meaningful_line(tmp_path / "absent.log") is None
