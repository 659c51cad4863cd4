"""Triggers in PostgreSQL: what starts jobs by the clock, after other jobs, after events, or when asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from batch.glue import runs
from batch.glue.cron import parse_schedule
from batch.glue.requests import EventBatching, FiringRule, TriggerDefinition
from batch.glue.runs import Run
from clients.postgres import Jsonb, Row, Session
from core.errors import BadInput, Conflict, NotFound

# A firing that was missed, since nobody ran or the job was busy, is made up for within this time.
CATCH_UP = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger; `written` is its definition in the caller's words."""

    name: str
    definition: TriggerDefinition
    written: dict[str, Any]
    state: str
    fired_at: datetime
    event_id: int

    def described(self) -> dict[str, Any]:
        """Return the trigger as GetTrigger shows it."""
        return {**self.written, "Name": self.name, "State": self.state}


def create(session: Session, definition: TriggerDefinition, *, activate: bool) -> None:
    """Add a trigger; the same once more changes nothing, another of this name is a Conflict."""
    if definition.Schedule is not None:
        parse_schedule(definition.Schedule)
    if activate and definition.Type == "ON_DEMAND":
        raise BadInput("an ON_DEMAND trigger is started by StartTrigger only")
    written = definition.stored()
    added = session.execute(
        "INSERT INTO glue_triggers (name, definition, state, event_id)"
        " VALUES (%s, %s, %s, (SELECT coalesce(max(event_id), 0) FROM bronze_events)) ON CONFLICT DO NOTHING",
        (definition.Name, Jsonb(written), "ACTIVATED" if activate else "CREATED"),
    )
    if added.rowcount == 0 and get(session, definition.Name).written != written:
        raise Conflict(
            f"trigger {definition.Name} was submitted before with another configuration",
            code="IdempotentParameterMismatchException",
        )


def get(session: Session, name: str, *, lock: bool = False) -> Trigger:
    """Return a trigger; NotFound when there is none."""
    query = b"SELECT * FROM glue_triggers WHERE name = %s"
    row = session.execute(query + b" FOR UPDATE" if lock else query, (name,)).fetchone()
    if row is None:
        raise NotFound(f"trigger {name} does not exist")
    return _trigger(row)


def page(session: Session, offset: int, limit: int, *, starts: str | None = None) -> list[Trigger]:
    """Return triggers in the order of their names, all or those that start this job."""
    rows = session.execute(
        "SELECT * FROM glue_triggers WHERE definition @> %s ORDER BY name OFFSET %s LIMIT %s",
        (Jsonb({"Actions": [{"JobName": starts}]} if starts else {}), offset, limit),
    )
    return [_trigger(row) for row in rows]


def active(session: Session, kind: str) -> list[Trigger]:
    """Return the activated triggers of a type, held until the transaction ends."""
    rows = session.execute(
        "SELECT * FROM glue_triggers WHERE state = 'ACTIVATED' AND definition ->> 'Type' = %s ORDER BY name FOR UPDATE",
        (kind,),
    )
    return [_trigger(row) for row in rows]


def set_state(session: Session, name: str, state: str) -> None:
    """Activate or deactivate a trigger; what happened before does not count for one that is activated."""
    session.execute(
        "UPDATE glue_triggers SET state = %(state)s, fired_at = now(),"
        " event_id = (SELECT coalesce(max(event_id), 0) FROM bronze_events)"
        " WHERE name = %(name)s AND state <> %(state)s",
        {"state": state, "name": name},
    )


def delete(session: Session, name: str) -> None:
    """Remove a trigger; as in AWS, one that is not there is no error."""
    session.execute("DELETE FROM glue_triggers WHERE name = %s", (name,))


def fire(session: Session, trigger: Trigger, *, event_id: int | None = None) -> list[Run]:
    """Begin a run for each action; RateLimited or NotFound when one of them cannot begin."""
    begun = [
        runs.begin(
            session,
            action.JobName,
            action.Arguments,
            timeout_minutes=action.Timeout,
            trigger_name=trigger.name,
        )
        for action in trigger.definition.Actions
    ]
    session.execute(
        "UPDATE glue_triggers SET fired_at = now(), event_id = greatest(event_id, %s) WHERE name = %s",
        (event_id or 0, trigger.name),
    )
    return begun


def is_due(trigger: Trigger, now: datetime) -> bool:
    """Return whether a SCHEDULED trigger has a minute to fire for, one it missed within the hour included."""
    schedule = trigger.definition.Schedule
    since = max(trigger.fired_at, now - CATCH_UP)
    return schedule is not None and parse_schedule(schedule).latest(since, now) is not None


def waiting_events(session: Session, trigger: Trigger) -> tuple[int, float, int]:
    """Return how many events an EVENT trigger has not answered, the age of the first in seconds, the last one's id."""
    row = session.execute(
        "SELECT count(*) AS events, coalesce(extract(epoch FROM now() - min(at)), 0)::float AS age_s,"
        " coalesce(max(event_id), 0) AS last FROM bronze_events WHERE event_id > %s",
        (trigger.event_id,),
    ).fetchone()
    return (row["events"], row["age_s"], row["last"]) if row else (0, 0.0, 0)


def enough_events(batching: EventBatching | None, events: int, age_s: float) -> bool:
    """Return whether events make an EVENT trigger fire: a full batch, or a first one that has waited long enough."""
    rule = batching or EventBatching(BatchSize=1)
    return events >= rule.BatchSize or (events > 0 and age_s >= rule.BatchWindow)


def endings(session: Session, trigger: Trigger) -> dict[str, str]:
    """Return how each job last ended since the trigger fired; attempts that were tried again are left out."""
    rows = session.execute(
        "SELECT DISTINCT ON (job_name) job_name, state FROM glue_runs AS run WHERE completed_at > %s"
        " AND NOT EXISTS (SELECT FROM glue_runs AS next WHERE next.previous_run_id = run.run_id)"
        " ORDER BY job_name, completed_at DESC",
        (trigger.fired_at,),
    )
    return {row["job_name"]: row["state"] for row in rows}


def conditions_met(rule: FiringRule | None, ended: Mapping[str, str]) -> bool:
    """Return whether the jobs ended as a CONDITIONAL trigger asks for: all of them, or any."""
    if rule is None:
        return False
    met = (ended.get(condition.JobName) == condition.State for condition in rule.Conditions)
    return any(met) if rule.Logical == "ANY" else all(met)


def _trigger(row: Row) -> Trigger:
    definition = TriggerDefinition.model_validate(row["definition"])
    return Trigger(row["name"], definition, row["definition"], row["state"], row["fired_at"], row["event_id"])
