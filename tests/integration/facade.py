"""The Glue facade under test as a real process, called by boto3."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clients.aws import glue
from core.settings import Settings, as_environment
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, http_probe
from tests.integration.router_process import until

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

ROOT = Path(__file__).parents[2]
ENDED = {"SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED"}


class Facade:
    """A running facade, and what tests ask of it."""

    def __init__(self, settings: Settings, group: ProcessGroup) -> None:
        self.settings, self.group = settings, group
        self.client: GlueClient = glue(settings)

    def job(self, name: str, script: str, *, kind: str = "pythonshell", **changes: Any) -> str:
        """Add a job and return its name."""
        definition: dict[str, Any] = {"Role": "platform", "Command": {"Name": kind, "ScriptLocation": script}}
        self.client.create_job(Name=name, **(definition | changes))
        return name

    def start(self, job: str, **arguments: str) -> str:
        named = {f"--{name}": value for name, value in arguments.items()}
        return self.client.start_job_run(JobName=job, Arguments=named)["JobRunId"]

    def run(self, job: str, run_id: str) -> Any:
        return self.client.get_job_run(JobName=job, RunId=run_id)["JobRun"]

    def ended(self, job: str, run_id: str) -> Any:
        """Return a run once it has ended."""
        until(lambda: self.run(job, run_id)["JobRunState"] in ENDED, timeout_s=120)
        return self.run(job, run_id)


@contextmanager
def running_facade(settings: Settings, name: str = "glue") -> Iterator[Facade]:
    """Run a facade until the block ends; two at once need names and ports of their own."""
    service = Service(
        name,
        (sys.executable, "-m", "ops.facade"),
        http_probe(f"http://127.0.0.1:{settings.facade_port}/readyz"),
        env=as_environment(settings),
        cwd=ROOT,
        start_timeout_s=60,
    )
    group = ProcessGroup([service], settings.data_dir)
    try:
        group.start_all()
        yield Facade(settings, group)
    finally:
        group.stop_all()
