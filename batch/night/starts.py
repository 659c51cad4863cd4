"""The runs that the watcher started: asked of Glue, remembered in PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from batch.glue.defaults import NIGHTLY
from batch.night.plan import Failures, Start
from clients.aws import translated
from clients.postgres import Session
from core.logs import get_logger

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

ENDED = frozenset({"SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR"})
log = get_logger(__name__)


class Starts:
    """Starts the nightly job and learns how its runs end."""

    def __init__(self, client: GlueClient) -> None:
        self._client = client

    def start(self, session: Session, start: Start) -> str:
        """Start a run and remember it; RateLimited while another run of the job is under way."""
        with translated("glue"):
            run_id = self._client.start_job_run(JobName=NIGHTLY, Arguments=start.arguments)["JobRunId"]
        session.execute(
            "INSERT INTO night_runs (job_run_id, inputs_hash, from_date, to_date) VALUES (%s, %s, %s, %s)",
            (run_id, start.inputs_hash, start.days[0].as_of_date, start.days[-1].as_of_date),
        )
        log.info("night_started", run=run_id, days=len(start.days), first=start.arguments["--date"])
        return run_id

    def under_way(self, session: Session) -> bool:
        """Note the end of the runs that have ended, and return whether one goes on."""
        rows = session.execute("SELECT job_run_id FROM night_runs WHERE ended_at IS NULL").fetchall()
        going_on = [row["job_run_id"] for row in rows if not self._settle(session, row["job_run_id"])]
        return bool(going_on)

    def failures(self, session: Session, inputs_hash: str) -> Failures:
        """Return how often runs over exactly these files failed."""
        row = session.execute(
            "SELECT count(*) AS failures, max(ended_at) AS last FROM night_runs"
            " WHERE inputs_hash = %s AND succeeded IS FALSE",
            (inputs_hash,),
        ).fetchone()
        return Failures(row["failures"], row["last"]) if row else Failures(0, None)

    def _settle(self, session: Session, run_id: str) -> bool:
        """Return whether a run has ended for good: one that its job tries again goes on as the next attempt."""
        state, reason = self._state(run_id)
        if state not in ENDED:
            return False
        session.execute(
            "UPDATE night_runs SET ended_at = now(), succeeded = %s, reason = %s WHERE job_run_id = %s",
            (state == "SUCCEEDED", reason, run_id),
        )
        level = log.info if state == "SUCCEEDED" else log.warning
        level("night_ended", run=run_id, state=state, reason=reason)
        return True

    def _state(self, run_id: str) -> tuple[str, str | None]:
        """Return the state of the last attempt at a run, and why it ended so."""
        with translated("glue"):
            pages = self._client.get_paginator("get_job_runs").paginate(
                JobName=NIGHTLY, PaginationConfig={"MaxItems": 50}
            )
            attempts = [run for page in pages for run in page["JobRuns"] if run["Id"].startswith(run_id)]
        if not attempts:
            return "FAILED", "Glue does not know the run"
        last = max(attempts, key=lambda run: run["Attempt"])
        return last["JobRunState"], last.get("ErrorMessage")
