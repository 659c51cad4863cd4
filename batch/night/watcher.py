"""The watcher's loop: events and sweeps in, runs of the nightly job out."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from batch.inputs import Day, by_day, due_final, last_made
from batch.landing.files import sync_landed
from batch.night.events import open_queue, read_arrivals, remember
from batch.night.plan import Quiet, Start, start_of
from batch.night.starts import Starts
from clients.postgres import DatabaseError, Session, connect
from clients.s3 import Store
from clients.sqs import Message, Queue
from core.clock import utc_now
from core.errors import RateLimited, TiplineError
from core.logs import get_logger
from core.settings import Settings

# Long polls: shorter than the supervisor takes for a sign of life, and longer would save nothing.
POLL_S = 10
POLL_DURING_A_RUN_S = 3
# Events that are taken in together before bronze is asked about their days.
DRAIN = 500
TRY_AGAIN_S = 2.0

Beat = Callable[..., None]
log = get_logger(__name__)


@dataclass
class Watcher:
    """Knows what lies in bronze, by day, and starts one run at a time for what is complete and new."""

    settings: Settings
    store: Store
    starts: Starts
    beat: Beat
    now: Callable[[], datetime] = utc_now
    days: dict[date, Day] = field(default_factory=dict)
    _quiet: Quiet = field(init=False)
    _swept_at: datetime | None = None
    # Whether there may be something to start; what is known to be done is not looked up again and again.
    _open: bool = True
    # False until what lay in bronze when we came has its figures, or will not get any: so long a morning is not ready.
    _caught_up: bool = False
    _given_up: str | None = None

    def __post_init__(self) -> None:
        self._quiet = Quiet(self.settings.night_quiet_s)

    def run(self, stop: threading.Event) -> None:
        """Watch until told to stop; what is away is waited for, and found again by the sweep that follows."""
        while not stop.is_set():
            try:
                with connect(self.settings) as session:
                    queue = open_queue(self.settings)
                    self._swept_at = None
                    while not stop.is_set():
                        self.step(session, queue)
            except TiplineError as error:
                self._wait(stop, error.code)
            except DatabaseError:
                self._wait(stop, "postgres_unavailable")

    def step(self, session: Session, queue: Queue) -> None:
        """Take in what is new, wait for more for a while, and start a run where one is due."""
        if self._swept_at is None or self.now() - self._swept_at >= timedelta(seconds=self.settings.night_sweep_s):
            self._take_in(session, None)
            self._swept_at = self.now()
        running = self._consider(session)
        self.beat(ready=self._caught_up, days=len(self.days), running=running, given_up=self._given_up is not None)
        messages = self._drain(queue, self._patience_s(running=running))
        if messages:
            arrivals = [arrival for message in messages for arrival in read_arrivals(message)]
            remember(session, arrivals)
            self._take_in(session, {day for arrival in arrivals if (day := arrival.as_of_date) is not None})
            queue.delete(messages)

    def _take_in(self, session: Session, dates: Collection[date] | None) -> None:
        """Look at what lies in bronze for these days, or for all."""
        if dates is not None and not dates:
            return
        found = by_day(sync_landed(session, self.store, self.settings, dates))
        known = self.days if dates is None else {day: self.days[day] for day in dates if day in self.days}
        if _contents(found) != _contents(known):
            self._quiet.arrived(self.now())
            self._open = True
        kept = {} if dates is None else {day: files for day, files in self.days.items() if day not in dates}
        self.days = kept | found

    def _consider(self, session: Session) -> bool:
        """Start a run if one is due; return whether one is under way."""
        if self.starts.under_way(session):
            self._open = True
            return True
        if not self._open or not self._quiet.over(self.now()):
            return False
        start = start_of(due_final(self.days, last_made(session)))
        if start is None:
            self._open, self._given_up, self._caught_up = False, None, True
            self._quiet.reset()
            return False
        return self._start(session, start)

    def _start(self, session: Session, start: Start) -> bool:
        failures = self.starts.failures(session, start.inputs_hash)
        if not failures.allow(self.now()):
            self._caught_up = True
            if failures.given_up and self._given_up != start.inputs_hash:
                self._given_up = start.inputs_hash
                log.error("night_given_up", attempts=failures.count, first=start.arguments["--date"])
            return False
        try:
            self.starts.start(session, start)
        except RateLimited:
            # Somebody else's run of the job: this one's turn comes.
            return True
        self._quiet.reset()
        return True

    def _drain(self, queue: Queue, wait_s: int) -> list[Message]:
        """Return what the queue holds, after a long poll for the first of it."""
        messages = received = queue.receive(wait_s)
        while received and len(messages) < DRAIN:
            received = queue.receive(0)
            messages = messages + received
        return messages

    def _patience_s(self, *, running: bool) -> int:
        if running:
            return POLL_DURING_A_RUN_S
        remaining_s = self._quiet.remaining_s(self.now())
        return min(POLL_S, math.ceil(remaining_s)) if remaining_s > 0 else POLL_S

    def _wait(self, stop: threading.Event, code: str) -> None:
        log.warning("night_waits", error=code)
        self.beat(ready=False, error=code)
        stop.wait(TRY_AGAIN_S)


def _contents(days: dict[date, Day]) -> set[tuple[str, str | None, bool]]:
    """Return what distinguishes files for us; that one was loaded is no news."""
    return {
        (file.file_id, file.manifest_version, file.status == "waiting") for day in days.values() for file in day.files
    }
