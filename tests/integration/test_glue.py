"""The Glue facade by boto3: jobs, real spark-submit, triggers, and its own death."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from batch.glue import triggers
from batch.glue.defaults import NIGHTLY, NIGHTLY_FLASH, ensure_defaults
from batch.glue.requests import TriggerDefinition
from batch.glue.runs import Run
from batch.glue.scheduler import Scheduler
from batch.glue.submit import MARK, mark
from batch.night.events import Arrival, remember
from clients.aws import translated
from clients.postgres import connect, pool
from clients.s3 import Store
from core.clock import utc_now
from core.errors import BadInput, Conflict, NotFound, RateLimited
from core.settings import Settings, load_settings
from tests.integration.facade import Facade, running_facade
from tests.integration.router_process import query, until

# For jobs of type `pythonshell`: most of these tests are about processes, and a JVM takes seconds.
SCRIPT = """
import pathlib, sys, time
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
with open(arguments["--log"], "a") as log:
    log.write(arguments["--JOB_RUN_ID"] + chr(10))
if "--until" in arguments:
    while not pathlib.Path(arguments["--until"]).exists():
        time.sleep(0.05)
if "--fail" in arguments:
    raise ValueError(arguments["--fail"])
"""
# That Spark works in such a job, on the lake, is seen where the night is tried.
SPARK_SCRIPT = """
import json, os, pathlib, sys
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
properties = pathlib.Path(__file__).with_name("spark.properties")
found = {
    "arguments": arguments,
    "jvm": "PYSPARK_GATEWAY_PORT" in os.environ,
    "python": sys.executable,
    "command": pathlib.Path(f"/proc/{os.getppid()}/cmdline").read_text().split(chr(0)),
    "options": properties.read_text(),
    "mode": properties.stat().st_mode & 0o777,
}
pathlib.Path(arguments["--out"]).write_text(json.dumps(found))
"""


@pytest.fixture(scope="module")
def facade(postgres: Settings, s3_server: Settings) -> Iterator[Facade]:
    with running_facade(postgres) as running:
        yield running


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A script that leaves its run's id in a log, waits if told to, and fails if told to."""
    path = tmp_path_factory.mktemp("scripts") / "quick.py"
    path.write_text(SCRIPT)
    return str(path)


def ran(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def test_spark_submit_runs_a_script_from_s3_and_no_secret_is_seen(facade: Facade, tmp_path: Path) -> None:
    settings = facade.settings
    Store(settings).ensure_bucket(settings.silver_bucket)
    Store(settings).put(settings.silver_bucket, "scripts/job.py", SPARK_SCRIPT.encode())
    job = facade.job(
        "spark",
        f"s3://{settings.silver_bucket}/scripts/job.py",
        kind="glueetl",
        DefaultArguments={"--out": "x", "--date": "2026-01-30"},
    )
    run_id = facade.start(job, out=str(tmp_path / "out.json"))
    run = facade.ended(job, run_id)
    assert (run["JobRunState"], run.get("ErrorMessage")) == ("SUCCEEDED", None)
    assert run["Attempt"] == 0
    assert run["StartedOn"] <= run["CompletedOn"] <= utc_now() + timedelta(seconds=1)
    assert 0 < run["ExecutionTime"] < 120
    found = json.loads((tmp_path / "out.json").read_text())
    assert found["arguments"] == {
        "--JOB_NAME": "spark", "--JOB_RUN_ID": run_id, "--out": str(tmp_path / "out.json"), "--date": "2026-01-30",
    }  # fmt: skip
    assert (found["jvm"], found["python"], found["mode"]) == (True, sys.executable, 0o600)
    password = load_settings("batch", data_dir=settings.data_dir).postgres_password.get_secret_value()
    assert password in found["options"]
    assert "org.apache.spark.deploy.SparkSubmit" in found["command"]
    assert not any(password in part for part in found["command"])
    assert not (settings.data_dir / "glue" / run_id).exists()
    log = settings.data_dir / "logs" / "glue" / f"{run_id}.log"
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_job_is_kept_as_it_was_written(facade: Facade, quick: str) -> None:
    name = facade.job("kept", quick, WorkerType="G.1X", NumberOfWorkers=2)
    assert facade.job("kept", quick, WorkerType="G.1X", NumberOfWorkers=2) == name
    job: Any = facade.client.get_job(JobName=name)["Job"]
    assert (job["WorkerType"], job["MaxRetries"], job["ExecutionProperty"]) == ("G.1X", 0, {"MaxConcurrentRuns": 1})
    with pytest.raises(Conflict, match="another configuration") as refused, translated("glue"):
        facade.job("kept", quick, MaxRetries=3)
    assert refused.value.code == "IdempotentParameterMismatchException"
    facade.client.update_job(
        JobName=name,
        JobUpdate={"Role": "r", "Command": {"Name": "pythonshell", "ScriptLocation": quick}, "MaxRetries": 3},
    )
    assert facade.client.get_job(JobName=name)["Job"]["MaxRetries"] == 3
    assert name in {job["Name"] for page in facade.client.get_paginator("get_jobs").paginate() for job in page["Jobs"]}
    facade.client.delete_job(JobName=name)
    facade.client.delete_job(JobName=name)
    with pytest.raises(NotFound), translated("glue"):
        facade.client.get_job(JobName=name)


def test_a_run_that_fails_says_why_and_is_tried_again(facade: Facade, quick: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    job = facade.job("failing", quick, MaxRetries=1)
    run_id = facade.start(job, log=str(log), fail="no such day")
    assert facade.ended(job, run_id)["JobRunState"] == "FAILED"
    last = facade.ended(job, f"{run_id}_attempt_1")
    assert (last["JobRunState"], last["ErrorMessage"]) == ("FAILED", "ValueError: no such day")
    assert (last["Attempt"], last["PreviousRunId"]) == (1, run_id)
    assert ran(log) == [run_id, f"{run_id}_attempt_1"]


def test_a_run_is_retried_once_however_often_that_is_asked_for(facade: Facade, quick: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    job = facade.job("again", quick)
    first = facade.start(job, log=str(log), fail="x")
    facade.ended(job, first)
    retries = {facade.client.start_job_run(JobName=job, JobRunId=first)["JobRunId"] for _ in range(2)}
    (second,) = retries
    facade.ended(job, second)
    assert ran(log) == [first, second]
    with pytest.raises(NotFound), translated("glue"):
        facade.client.start_job_run(JobName=job, JobRunId="jr_unknown")


def test_a_job_that_runs_is_not_started_beside_itself_and_can_be_stopped(
    facade: Facade, quick: str, tmp_path: Path
) -> None:
    job = facade.job("long", quick, MaxRetries=1)
    log = tmp_path / "log"
    run_id = facade.start(job, log=str(log), until=str(tmp_path / "never"))
    until(lambda: ran(log))
    with pytest.raises(RateLimited) as refused, translated("glue"):
        facade.start(job, log=str(log))
    assert refused.value.code == "ConcurrentRunsExceededException"
    reply = facade.client.batch_stop_job_run(JobName=job, JobRunIds=[run_id, "jr_unknown"])
    assert [one["JobRunId"] for one in reply["SuccessfulSubmissions"]] == [run_id]
    assert [one["ErrorDetail"]["ErrorCode"] for one in reply["Errors"]] == ["EntityNotFoundException"]
    assert facade.ended(job, run_id)["JobRunState"] == "STOPPED"
    assert ran(log) == [run_id]
    assert not marked(run_id)


def test_runs_are_listed_page_by_page_the_latest_first(facade: Facade, quick: str, tmp_path: Path) -> None:
    job = facade.job("listed", str(tmp_path / "absent.py"))
    ids: list[str] = []
    for _ in range(3):
        ids.append(facade.start(job))
        run = facade.ended(job, ids[-1])
        assert (run["JobRunState"], "absent.py" in run["ErrorMessage"]) == ("FAILED", True)
    pages = facade.client.get_paginator("get_job_runs").paginate(JobName=job, PaginationConfig={"PageSize": 2})
    assert [[run["Id"] for run in page["JobRuns"]] for page in pages] == [ids[:0:-1], ids[:1]]


def test_after_its_death_the_facade_ends_what_was_left_and_tries_it_again(
    facade: Facade, quick: str, tmp_path: Path
) -> None:
    job = facade.job("survivor", quick, MaxRetries=1)
    log, gate = tmp_path / "log", tmp_path / "gate"
    run_id = facade.start(job, log=str(log), until=str(gate))
    until(lambda: ran(log))
    survivors = marked(run_id)
    left = subprocess.Popen(["sleep", "300"], env={MARK: mark(facade.settings, "jr_of_an_earlier_facade")})
    facade.group.kill("glue")
    assert survivors
    assert all(process.is_running() for process in survivors)
    facade.group.start_all()
    gate.touch()
    assert facade.run(job, run_id)["ErrorMessage"] == "the run was interrupted when the service stopped"
    assert facade.ended(job, f"{run_id}_attempt_1")["JobRunState"] == "SUCCEEDED"
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in survivors)
    assert left.wait(10) == -signal.SIGKILL
    assert ran(log) == [run_id, f"{run_id}_attempt_1"]


def test_triggers_on_demand_and_on_conditions(facade: Facade, quick: str, tmp_path: Path) -> None:
    first, then = facade.job("first", quick), facade.job("then", quick)
    log = tmp_path / "log"
    facade.client.create_trigger(
        Name="by-hand", Type="ON_DEMAND", Actions=[{"JobName": first, "Arguments": {"--log": str(log)}}]
    )
    facade.client.create_trigger(
        Name="afterwards",
        Type="CONDITIONAL",
        StartOnCreation=True,
        Predicate={"Conditions": [{"LogicalOperator": "EQUALS", "JobName": first, "State": "SUCCEEDED"}]},
        Actions=[{"JobName": then, "Arguments": {"--log": str(log)}}],
    )
    facade.client.start_trigger(Name="by-hand")
    until(lambda: len(ran(log)) == 2, timeout_s=120)
    (run,) = facade.client.get_job_runs(JobName=then)["JobRuns"]
    assert run["TriggerName"] == "afterwards"
    found = facade.client.get_triggers(DependentJobName=then)["Triggers"]
    assert [(one["Name"], one["State"]) for one in found] == [("afterwards", "ACTIVATED")]
    facade.client.stop_trigger(Name="afterwards")
    assert facade.client.get_trigger(Name="afterwards")["Trigger"]["State"] == "DEACTIVATED"
    facade.client.delete_trigger(Name="afterwards")
    with pytest.raises(NotFound), translated("glue"):
        facade.client.get_trigger(Name="afterwards")
    facade.ended(then, run["Id"])


def test_a_wrong_schedule_is_refused(facade: Facade) -> None:
    with pytest.raises(BadInput, match="six fields"), translated("glue"):
        facade.client.create_trigger(
            Name="wrong", Type="SCHEDULED", Schedule="rate(5 minutes)", Actions=[{"JobName": "x"}]
        )


def test_schedules_and_events_fire_once_each(postgres: Settings) -> None:
    """The clock is ours here, so no facade: what it would start is collected."""
    started: list[Run] = []
    noon = utc_now().replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    clock = [noon - timedelta(seconds=1)]
    ensure_defaults(postgres)
    with pool(postgres) as connections, connections.connection() as session:
        session.execute("INSERT INTO glue_jobs SELECT 'clocked', definition FROM glue_jobs WHERE name = %s", (NIGHTLY,))
        for name, rule in (
            ("noon", {"Type": "SCHEDULED", "Schedule": "cron(0 12 * * ? *)"}),
            ("events", {"Type": "EVENT", "EventBatchingCondition": {"BatchSize": 2}}),
        ):
            actions = {"Actions": [{"JobName": "clocked", "Arguments": {"--by": name}}]}
            definition = TriggerDefinition.model_validate({"Name": name, **rule, **actions})
            triggers.create(session, definition, activate=True)
        scheduler = Scheduler(connections, started.append, now=lambda: clock[0])
        scheduler.look()
        assert started == []
        clock[0] = noon + timedelta(minutes=20)
        scheduler.look()
        assert [run.arguments for run in started] == [{"--by": "noon"}]
        session.execute("UPDATE glue_triggers SET fired_at = %s WHERE name = 'noon'", (clock[0],))
        remember(session, [Arrival("b", "k", "1"), Arrival("b", "k", "1")])
        scheduler.look()
        remember(session, [Arrival("b", "k", "2")])
        scheduler.look()
        assert len(started) == 1  # the job is busy: the events wait for it
        session.execute("UPDATE glue_runs SET completed_at = now(), state = 'SUCCEEDED' WHERE job_name = 'clocked'")
        scheduler.look()
        scheduler.look()
        assert [run.arguments for run in started[1:]] == [{"--by": "events"}]
        session.execute("UPDATE glue_runs SET completed_at = now(), state = 'STOPPED' WHERE completed_at IS NULL")
        session.execute("DELETE FROM glue_triggers WHERE name IN ('noon', 'events')")


def test_the_defaults_are_there_once_and_a_stopped_trigger_stays_stopped(postgres: Settings) -> None:
    ensure_defaults(postgres)
    with connect(postgres) as session:
        triggers.set_state(session, NIGHTLY_FLASH, "DEACTIVATED")
    ensure_defaults(postgres)
    (trigger,) = query(postgres, "SELECT state FROM glue_triggers WHERE name = %s", NIGHTLY_FLASH)
    assert trigger["state"] == "DEACTIVATED"
    (job,) = query(postgres, "SELECT definition FROM glue_jobs WHERE name = %s", NIGHTLY)
    assert Path(job["definition"]["Command"]["ScriptLocation"]).name == "job.py"
    with connect(postgres) as session:
        triggers.set_state(session, NIGHTLY_FLASH, "ACTIVATED")


def marked(run_id: str) -> list[psutil.Process]:
    """Return the processes of a run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(MARK, "").endswith(run_id):
                found.append(process)
        except psutil.Error:
            continue
    return found
