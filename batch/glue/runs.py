"""Runs of jobs in PostgreSQL: begun, moved from state to state, ended, tried again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batch.glue import jobs
from batch.glue.jobs import Job
from batch.glue.wire import to_seconds
from clients.postgres import Jsonb, Row, Session
from core.clock import utc_now
from core.errors import NotFound, RateLimited


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt at a job."""

    run_id: str
    job_name: str
    trigger_name: str | None
    previous_run_id: str | None
    attempt: int
    arguments: dict[str, str]
    timeout_minutes: int
    state: str
    error: str | None
    started_at: datetime
    modified_at: datetime
    completed_at: datetime | None

    def described(self) -> dict[str, Any]:
        """Return the run as GetJobRun shows it."""
        until = self.completed_at or utc_now()
        found = {
            "Id": self.run_id,
            "Attempt": self.attempt,
            "PreviousRunId": self.previous_run_id,
            "TriggerName": self.trigger_name,
            "JobName": self.job_name,
            "StartedOn": to_seconds(self.started_at),
            "LastModifiedOn": to_seconds(self.modified_at),
            "CompletedOn": to_seconds(self.completed_at) if self.completed_at else None,
            "JobRunState": self.state,
            "Arguments": self.arguments,
            "ErrorMessage": self.error,
            "PredecessorRuns": [],
            "ExecutionTime": int((until - self.started_at).total_seconds()),
            "Timeout": self.timeout_minutes,
            "LogGroupName": "/aws-glue/jobs",
        }
        return {name: value for name, value in found.items() if value is not None}


def begin(
    session: Session,
    job_name: str,
    arguments: Mapping[str, str],
    *,
    timeout_minutes: int | None = None,
    trigger_name: str | None = None,
) -> Run:
    """Add a run, with the job's default arguments under its own; RateLimited when the job runs often enough already."""
    job = jobs.get(session, job_name, lock=True)
    _check_concurrency(session, job)
    row = session.execute(
        "INSERT INTO glue_runs (run_id, job_name, trigger_name, arguments, timeout_minutes)"
        " VALUES (%s, %s, %s, %s, %s) RETURNING *",
        (
            f"jr_{secrets.token_hex(32)}",
            job_name,
            trigger_name,
            Jsonb(job.definition.DefaultArguments | dict(arguments)),
            timeout_minutes or job.definition.Timeout,
        ),
    ).fetchone()
    return _run(row)


def begin_again(session: Session, job_name: str, run_id: str) -> tuple[Run, bool]:
    """Return the run that retries another, and whether it is new: each is retried once, one that succeeded never."""
    job = jobs.get(session, job_name, lock=True)
    former = get(session, job_name, run_id)
    row = session.execute("SELECT * FROM glue_runs WHERE previous_run_id = %s", (run_id,)).fetchone()
    if row is not None:
        return _run(row), False
    if former.completed_at is None or former.state == "SUCCEEDED":
        return former, False
    _check_concurrency(session, job)
    return _retry(session, former), True


def end(session: Session, run: Run, state: str, error: str | None) -> Run | None:
    """Put a run into its last state; return the run that is to retry it, when it failed and its job allows more."""
    try:
        job = jobs.get(session, run.job_name, lock=True)
    except NotFound:
        job = None
    session.execute(
        "UPDATE glue_runs SET state = CASE WHEN state = 'STOPPING' THEN 'STOPPED' ELSE %s END, error = %s,"
        " modified_at = now(), completed_at = now() WHERE run_id = %s AND completed_at IS NULL",
        (state, error, run.run_id),
    )
    ended = get(session, run.job_name, run.run_id)
    if ended.state == "FAILED" and job is not None and ended.attempt < job.definition.MaxRetries:
        return _retry(session, ended)
    return None


def mark(session: Session, run_id: str, state: str, *, unless: str | None = None) -> bool:
    """Move an active run to another state, unless it is in one already; return whether it moved."""
    moved = session.execute(
        "UPDATE glue_runs SET state = %s, modified_at = now()"
        " WHERE run_id = %s AND completed_at IS NULL AND state IS DISTINCT FROM %s",
        (state, run_id, unless),
    )
    return moved.rowcount == 1


def get(session: Session, job_name: str, run_id: str) -> Run:
    """Return a run of a job; NotFound when there is none."""
    row = session.execute("SELECT * FROM glue_runs WHERE job_name = %s AND run_id = %s", (job_name, run_id)).fetchone()
    if row is None:
        raise NotFound(f"job run {run_id} of {job_name} does not exist")
    return _run(row)


def page(session: Session, job_name: str, offset: int, limit: int) -> list[Run]:
    """Return a job's runs, the latest first."""
    rows = session.execute(
        "SELECT * FROM glue_runs WHERE job_name = %s ORDER BY started_at DESC, run_id OFFSET %s LIMIT %s",
        (job_name, offset, limit),
    )
    return [_run(row) for row in rows]


def active(session: Session) -> list[Run]:
    """Return the runs that have not ended."""
    return [_run(row) for row in session.execute("SELECT * FROM glue_runs WHERE completed_at IS NULL")]


def _retry(session: Session, former: Run) -> Run:
    attempt = former.attempt + 1
    base = former.run_id.partition("_attempt_")[0]
    row = session.execute(
        "INSERT INTO glue_runs (run_id, job_name, trigger_name, previous_run_id, attempt, arguments, timeout_minutes)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING *",
        (
            f"{base}_attempt_{attempt}",
            former.job_name,
            former.trigger_name,
            former.run_id,
            attempt,
            Jsonb(former.arguments),
            former.timeout_minutes,
        ),
    ).fetchone()
    return _run(row)


def _check_concurrency(session: Session, job: Job) -> None:
    row = session.execute(
        "SELECT count(*) AS runs FROM glue_runs WHERE job_name = %s AND completed_at IS NULL", (job.name,)
    ).fetchone()
    limit = job.definition.ExecutionProperty.MaxConcurrentRuns
    if row is not None and row["runs"] >= limit:
        raise RateLimited(f"job {job.name} runs {limit} times already", code="ConcurrentRunsExceededException")


def _run(row: Row | None) -> Run:
    assert row is not None  # noqa: S101 - an INSERT ... RETURNING gives its row
    return Run(**row)
