"""The clock of the triggers: fires those that are due by schedule or by events, and at most once for each reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from batch.glue import triggers
from batch.glue.runs import Run
from batch.glue.triggers import Trigger
from clients.postgres import Pool, Session, transaction_of
from core.clock import utc_now
from core.errors import DependencyUnavailable, TiplineError
from core.logs import get_logger

# Schedules are of minutes, batches of events wait for minutes: looking oftener would cost and change nothing.
LOOK_EVERY_S = 15.0

log = get_logger(__name__)


class Scheduler:
    """Looks at the triggers now and then, and starts the runs of those that fire."""

    def __init__(self, pool: Pool, start: Callable[[Run], None], *, now: Callable[[], datetime] = utc_now) -> None:
        self._pool, self._start, self._now = pool, start, now
        self._stop = threading.Event()

    def run(self) -> None:
        """Go on until `stop`; no failure ends it."""
        while not self._stop.wait(LOOK_EVERY_S):
            try:
                self.look()
            except DependencyUnavailable:
                continue
            except Exception:
                log.exception("triggers_not_looked_at")

    def stop(self) -> None:
        """Make `run` return."""
        self._stop.set()

    def look(self) -> None:
        """Fire what is due; what cannot start now, since its job is busy, is tried again at the next look."""
        with transaction_of(self._pool) as session:
            due = [
                trigger for trigger in triggers.active(session, "SCHEDULED") if triggers.is_due(trigger, self._now())
            ]
            begun = [run for trigger in due for run in fire(session, trigger)]
            for trigger in triggers.active(session, "EVENT"):
                events, age_s, last = triggers.waiting_events(session, trigger)
                if triggers.enough_events(trigger.definition.EventBatchingCondition, events, age_s):
                    begun += fire(session, trigger, event_id=last)
        for run in begun:
            self._start(run)


def fire(session: Session, trigger: Trigger, *, event_id: int | None = None) -> list[Run]:
    """Begin the runs of a trigger, all or none: none is logged, and the trigger stays as it was."""
    try:
        with session.transaction():
            return triggers.fire(session, trigger, event_id=event_id)
    except TiplineError as error:
        log.warning("trigger_not_fired", trigger=trigger.name, error=error.message)
        return []


def fire_conditional(session: Session, job_name: str) -> list[Run]:
    """Begin what the CONDITIONAL triggers start now that a run of this job has ended; any run of it counts for them."""
    begun: list[Run] = []
    for trigger in triggers.active(session, "CONDITIONAL"):
        rule = trigger.definition.Predicate
        watched = {condition.JobName for condition in rule.Conditions} if rule else set()
        if job_name in watched and triggers.conditions_met(rule, triggers.endings(session, trigger)):
            begun += fire(session, trigger)
    return begun
