"""The jobs and triggers that every installation has."""

from __future__ import annotations

from pathlib import Path

import batch
from batch.glue import jobs, triggers
from batch.glue.requests import Action, Concurrency, JobCommand, JobDefinition, TriggerDefinition
from clients.postgres import Session, connect, transaction
from core.errors import Conflict, NotFound
from core.settings import Settings

NIGHTLY, MAINTENANCE = "nightly", "maintenance"
NIGHTLY_FLASH, NIGHTLY_MAINTENANCE = "nightly-flash", "nightly-maintenance"
_SCRIPTS = {NIGHTLY: "job.py", MAINTENANCE: "maintenance.py"}
# (name, when in UTC, which job, with which arguments)
_TRIGGERS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    # Days whose files are not complete by then are run with what is there.
    (NIGHTLY_FLASH, "cron(0 2 * * ? *)", NIGHTLY, {"--finality": "flash"}),
    # Between the night and the morning, when nobody reads and little is written.
    (NIGHTLY_MAINTENANCE, "cron(0 4 * * ? *)", MAINTENANCE, {}),
)
TIMEOUT_MINUTES = 240


def ensure_defaults(settings: Settings) -> None:
    """Add our jobs and triggers or bring them up to date; a stopped trigger stays so."""
    with connect(settings) as session, transaction(session):
        for name, script in _SCRIPTS.items():
            _ensure_job(session, name, Path(batch.__file__).with_name(script))
        for name, schedule, job_name, arguments in _TRIGGERS:
            action = Action(JobName=job_name, Arguments=arguments)
            _ensure_trigger(
                session, TriggerDefinition(Name=name, Type="SCHEDULED", Schedule=schedule, Actions=[action])
            )


def _ensure_job(session: Session, name: str, script: Path) -> None:
    job = JobDefinition(
        Role="platform",
        Command=JobCommand(Name="glueetl", ScriptLocation=str(script)),
        # One attempt more: a killed driver costs nothing but time, since every stage may run again.
        MaxRetries=1,
        Timeout=TIMEOUT_MINUTES,
        ExecutionProperty=Concurrency(MaxConcurrentRuns=1),
    )
    try:
        jobs.update(session, name, job)
    except NotFound:
        jobs.create(session, name, job)


def _ensure_trigger(session: Session, trigger: TriggerDefinition) -> None:
    try:
        triggers.create(session, trigger, activate=True)
    except Conflict:
        triggers.delete(session, trigger.Name)
        triggers.create(session, trigger, activate=True)
