"""The jobs and triggers that every installation has."""

from __future__ import annotations

from pathlib import Path

import batch
from batch.glue import jobs, triggers
from batch.glue.requests import Action, Concurrency, JobCommand, JobDefinition, TriggerDefinition
from clients.postgres import connect, transaction
from core.errors import Conflict, NotFound
from core.settings import Settings

NIGHTLY = "nightly"
NIGHTLY_FLASH = "nightly-flash"
# Days whose files are not complete by then are run with what is there.
FLASH_AT = "cron(0 2 * * ? *)"
TIMEOUT_MINUTES = 240


def ensure_defaults(settings: Settings) -> None:
    """Add or bring up to date the job `nightly` and the trigger `nightly-flash`; a stopped trigger stays so."""
    script = Path(batch.__file__).with_name("job.py")
    job = JobDefinition(
        Role="platform",
        Command=JobCommand(Name="glueetl", ScriptLocation=str(script)),
        # One attempt more: a killed driver costs nothing but time, since every stage may run again.
        MaxRetries=1,
        Timeout=TIMEOUT_MINUTES,
        ExecutionProperty=Concurrency(MaxConcurrentRuns=1),
    )
    trigger = TriggerDefinition(
        Name=NIGHTLY_FLASH,
        Type="SCHEDULED",
        Schedule=FLASH_AT,
        Actions=[Action(JobName=NIGHTLY, Arguments={"--finality": "flash"})],
    )
    with connect(settings) as session, transaction(session):
        try:
            jobs.update(session, NIGHTLY, job)
        except NotFound:
            jobs.create(session, NIGHTLY, job)
        try:
            triggers.create(session, trigger, activate=True)
        except Conflict:
            triggers.delete(session, NIGHTLY_FLASH)
            triggers.create(session, trigger, activate=True)
