"""What a run of the batch does, kept in `batch_runs` while it does it, and what came of each day in `batch_days`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from uuid import uuid4

from batch.inputs import Day, combined_hash
from clients.postgres import Jsonb, Session, transaction

Kind = Literal["nightly", "backfill", "restatement"]
Finality = Literal["flash", "final"]


class RunRecord:
    """One row of `batch_runs`; the caller holds the right to write, so that any other running one was cut off."""

    def __init__(self, session: Session, days: Sequence[Day], kind: Kind, finality: Finality, job: str | None) -> None:
        self.run_id = str(uuid4())
        self.finality: Finality = finality
        self._session = session
        with transaction(session):
            session.execute(
                "UPDATE batch_runs SET status = 'failed', error = 'it was cut off', ended_at = now()"
                " WHERE status = 'running'"
            )
            session.execute(
                "INSERT INTO batch_runs"
                " (run_id, kind, status, finality, from_date, to_date, inputs_hash, job_run_id)"
                " VALUES (%s, %s, 'running', %s, %s, %s, %s, %s)",
                (self.run_id, kind, finality, days[0].as_of_date, days[-1].as_of_date, combined_hash(days), job),
            )

    def stage(self, name: str) -> None:
        """Say what is being done now."""
        self._session.execute("UPDATE batch_runs SET stage = %s WHERE run_id = %s", (name, self.run_id))

    def add(self, snapshots: Mapping[str, int], counts: Mapping[str, Any]) -> None:
        """Note which snapshots were written and how many rows."""
        self._session.execute(
            "UPDATE batch_runs SET snapshots = snapshots || %s, counts = counts || %s WHERE run_id = %s",
            (Jsonb(dict(snapshots)), Jsonb(dict(counts)), self.run_id),
        )

    def succeed(self, days: Iterable[Day]) -> None:
        """End the run well: these days' figures are those of their files."""
        with transaction(self._session):
            self._end("succeeded", None)
            self._note_done(days)

    def refuse(self, done: Iterable[Day], reasons: Mapping[Day, str]) -> None:
        """End a run that had to refuse some days: their figures stay as they were, the other days are done."""
        with transaction(self._session):
            self._end("failed", "; ".join(reasons.values()))
            self._note_done(done)
            for day, reason in reasons.items():
                self._session.execute(
                    "INSERT INTO batch_days (as_of_date, status, reason, run_id) VALUES (%s, 'failed', %s, %s)"
                    " ON CONFLICT (as_of_date) DO UPDATE SET status = 'failed', reason = EXCLUDED.reason",
                    (day.as_of_date, reason, self.run_id),
                )

    def fail(self, error: str) -> None:
        """End a run that broke off; its days are as they were."""
        self._end("failed", error)

    def _end(self, status: str, error: str | None) -> None:
        self._session.execute(
            "UPDATE batch_runs SET status = %s, error = %s, ended_at = now() WHERE run_id = %s",
            (status, error, self.run_id),
        )

    def _note_done(self, days: Iterable[Day]) -> None:
        for day in days:
            self._session.execute(
                "INSERT INTO batch_days (as_of_date, inputs_hash, finality, status, run_id)"
                " VALUES (%s, %s, %s, 'done', %s) ON CONFLICT (as_of_date) DO UPDATE SET"
                " inputs_hash = EXCLUDED.inputs_hash, finality = EXCLUDED.finality, status = 'done', reason = NULL,"
                " run_id = EXCLUDED.run_id, made_at = now()",
                (day.as_of_date, day.inputs_hash, self.finality, self.run_id),
            )
