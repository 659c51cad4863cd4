"""InvokeEndpointAsync by boto3 over real PostgreSQL and S3: results, failures, and jobs that outlive their workers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from clients.aws import session
from clients.s3 import Store
from core.errors import NotFound, Overloaded
from core.settings import Settings, as_environment, load_settings
from ops.secrets import SECRET_FIELDS
from serve.async_job import Job
from serve.async_queue import AsyncQueue
from serve.async_worker import AsyncWorker
from serve.ingress import Asynchronous
from tests.integration.router_process import ROOT, until
from tests.integration.runtime_face import Models, running_face

if TYPE_CHECKING:
    from mypy_boto3_sagemaker_runtime import SageMakerRuntimeClient


@dataclass
class Face:
    """A client of the endpoint, the bucket, and a worker that works when it is told to."""

    settings: Settings
    client: SageMakerRuntimeClient
    store: Store
    worker: AsyncWorker

    def ask(self, *records: str, **changes: Any) -> Any:
        """Put an input into the bucket and ask for its invocation."""
        key = f"inputs/{'-'.join(records)}"
        self.store.put(self.settings.async_bucket, key, json.dumps({"instances": records}).encode())
        location = f"s3://{self.settings.async_bucket}/{key}"
        named = {"EndpointName": "embedder", "InputLocation": location, **changes}
        return self.client.invoke_endpoint_async(**{name: one for name, one in named.items() if one is not None})

    def read(self, location: str) -> Any:
        """Return the JSON at a location, None where there is nothing."""
        key = location.removeprefix(f"s3://{self.settings.async_bucket}/")
        try:
            with self.store.open(self.settings.async_bucket, key) as stream:
                return json.load(stream)
        except NotFound:
            return None


@pytest.fixture(scope="module")
def face(postgres: Settings, s3_server: Settings) -> Iterator[Face]:
    # As the process logs in: what its database role may do is part of what is tested.
    settings = load_settings("serve", **s3_server.model_dump(exclude_unset=True, exclude=set(SECRET_FIELDS)))
    store, models = Store(settings), Models()
    store.ensure_bucket(settings.async_bucket)
    client = session(settings).client("sagemaker-runtime", endpoint_url=settings.endpoint_url)
    worker = AsyncWorker(settings, AsyncQueue(settings), store, models.invoke)
    with running_face(settings, models, Asynchronous(AsyncQueue(settings), settings.async_bucket)):
        yield Face(settings, client, store, worker)
    worker.stop()


def test_the_result_comes_where_the_reply_said(face: Face) -> None:
    accepted = face.ask("a", "b", InferenceId="i-1", CustomAttributes="trace=7", ContentType="application/json")
    assert (accepted["ResponseMetadata"]["HTTPStatusCode"], accepted["InferenceId"]) == (202, "i-1")
    assert face.read(accepted["OutputLocation"]) is None
    face.worker.start()
    until(lambda: face.read(accepted["OutputLocation"]) is not None, timeout_s=20)
    face.worker.stop()
    assert face.read(accepted["OutputLocation"]) == {"predictions": ["a", "b"]}
    assert face.read(accepted["FailureLocation"]) is None
    assert not face.worker.step()


def test_a_small_input_comes_with_the_call_and_the_output_has_the_name_that_was_asked_for(face: Face) -> None:
    inline = {"InputLocation": None, "Body": b'"one"\n', "ContentType": "application/jsonlines"}
    accepted = face.ask("unused", **inline, S3OutputPathExtension="2026/a", Filename="day.json")
    assert accepted["OutputLocation"] == f"s3://{face.settings.async_bucket}/embedder/outputs/2026/a/day.json"
    assert accepted["InferenceId"]
    assert face.worker.step()
    assert face.read(accepted["OutputLocation"]) == "one"


def test_a_job_that_cannot_be_done_leaves_the_reason(face: Face) -> None:
    broken = face.ask("model")
    missing = face.ask("x", InputLocation=f"s3://{face.settings.async_bucket}/inputs/nothing")
    assert face.worker.step()
    assert face.worker.step()
    reason = face.read(broken["FailureLocation"])
    assert (reason["Message"], reason["OriginalStatusCode"]) == ("the model broke", 500)
    assert "s3" in face.read(missing["FailureLocation"])["Message"]
    assert face.read(broken["OutputLocation"]) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"InputLocation": "s3://data-lake-bronze/positions/x.csv"},
        {"Body": b"{}"},
        {"InputLocation": None},
        {"RequestTTLSeconds": 21_601},
        {"InvocationTimeoutSeconds": 3601},
        {"Filename": "a.b.c"},
        {"Accept": "image/png"},
        {"InputLocation": None, "Body": b"x" * 128_001},
        {"EndpointName": "nobody"},
    ],
)
def test_what_is_asked_for_wrongly_is_not_accepted(face: Face, wrong: dict[str, Any]) -> None:
    with pytest.raises(face.client.exceptions.ValidationError):
        face.ask("a", **wrong)
    assert not face.worker.step()


def job(target: str = "embedder", **changes: Any) -> Job:
    return replace(Job.of_request({}, target, target, b"{}", "bucket"), **changes)


def test_a_job_that_waited_too_long_fails(face: Face) -> None:
    late = job(ttl_s=0)
    AsyncQueue(face.settings).add(late, b'{"instances":["a"]}')
    assert face.worker.step()
    reason = face.read(f"s3://{face.settings.async_bucket}/{late.failure_key}")
    assert reason["Message"] == "the request waited longer than 0 s"


# Claims a job as a front door does, says which, and goes on with it until it is killed.
HOLDER = """
import sys
from core.settings import load_settings
from serve.async_queue import AsyncQueue
with AsyncQueue(load_settings("serve")).claimed() as held:
    print(held.job.invocation_id, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def queue(face: Face) -> Iterator[AsyncQueue]:
    with closing(AsyncQueue(face.settings)) as queue:
        yield queue


def taken(queue: AsyncQueue) -> Job | None:
    """Take the job that is due longest out of the queue."""
    with queue.claimed() as held:
        return held.job if held else None


def test_a_worker_killed_with_kill_9_gives_its_job_back(face: Face, queue: AsyncQueue) -> None:
    kept = job()
    queue.add(kept, b'{"instances":["a"]}')
    command = [sys.executable, "-c", HOLDER]
    environment = {**os.environ, **as_environment(face.settings)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().decode().strip() == kept.invocation_id
        assert taken(queue) is None
        holder.kill()
    assert until(lambda: taken(queue), timeout_s=20) == kept


def test_what_a_busy_model_refuses_waits_and_holds_up_no_other(face: Face, queue: AsyncQueue) -> None:
    busy, other = face.ask("overload"), face.ask("a")
    with pytest.raises(Overloaded):
        face.worker.step()
    assert face.worker.step()
    assert face.read(other["OutputLocation"]) == {"predictions": ["a"]}
    assert taken(queue) is None
    again = until(lambda: taken(queue), timeout_s=20)
    assert again is not None
    assert again.inference_id == busy["InferenceId"]
    assert face.read(busy["FailureLocation"]) is None


def test_a_bug_of_ours_fails_the_job_instead_of_coming_back_for_ever(face: Face) -> None:
    accepted = face.ask("bug")
    assert face.worker.step()
    assert face.read(accepted["FailureLocation"])["Message"] == "internal failure"
