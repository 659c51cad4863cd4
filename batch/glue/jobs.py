"""Job definitions in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from batch.glue.requests import JobDefinition
from batch.glue.wire import to_seconds
from clients.postgres import Jsonb, Row, Session
from core.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class Job:
    """A job; `written` is its definition in the caller's words."""

    name: str
    definition: JobDefinition
    written: dict[str, Any]
    created_at: datetime
    modified_at: datetime

    def described(self) -> dict[str, Any]:
        """Return the job as GetJob shows it."""
        effective = {
            "MaxRetries": self.definition.MaxRetries,
            "Timeout": self.definition.Timeout,
            "ExecutionProperty": self.definition.ExecutionProperty.model_dump(),
        }
        times = {"CreatedOn": to_seconds(self.created_at), "LastModifiedOn": to_seconds(self.modified_at)}
        return {"Name": self.name, **effective, **self.written, **times}


def create(session: Session, name: str, definition: JobDefinition) -> None:
    """Add a job; the same once more changes nothing, another of this name is a Conflict."""
    added = session.execute(
        "INSERT INTO glue_jobs (name, definition) VALUES (%s, %s) ON CONFLICT DO NOTHING",
        (name, Jsonb(definition.stored())),
    )
    if added.rowcount == 0 and get(session, name).written != definition.stored():
        raise Conflict(
            f"job {name} was submitted before with another configuration", code="IdempotentParameterMismatchException"
        )


def update(session: Session, name: str, definition: JobDefinition) -> None:
    """Replace a definition; NotFound when there is no such job."""
    changed = session.execute(
        "UPDATE glue_jobs SET definition = %s, modified_at = now() WHERE name = %s", (Jsonb(definition.stored()), name)
    )
    if changed.rowcount == 0:
        raise _missing(name)


def get(session: Session, name: str, *, lock: bool = False) -> Job:
    """Return a job; `lock` keeps other starts of it waiting until the transaction ends."""
    query = b"SELECT * FROM glue_jobs WHERE name = %s"
    row = session.execute(query + b" FOR UPDATE" if lock else query, (name,)).fetchone()
    if row is None:
        raise _missing(name)
    return _job(row)


def page(session: Session, offset: int, limit: int) -> list[Job]:
    """Return jobs in the order of their names."""
    rows = session.execute("SELECT * FROM glue_jobs ORDER BY name OFFSET %s LIMIT %s", (offset, limit))
    return [_job(row) for row in rows]


def delete(session: Session, name: str) -> None:
    """Remove a job; its runs stay. As in AWS, one that is not there is no error."""
    session.execute("DELETE FROM glue_jobs WHERE name = %s", (name,))


def _missing(name: str) -> NotFound:
    return NotFound(f"job {name} does not exist")


def _job(row: Row) -> Job:
    definition = JobDefinition.model_validate(row["definition"])
    return Job(row["name"], definition, row["definition"], row["created_at"], row["modified_at"])
