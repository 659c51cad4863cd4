"""From Kafka to Postgres: poll, route in one transaction, keep what cannot be used, then commit the offsets.

A batch is repeated until Postgres took it and its dead letters are acknowledged, so no record is ever skipped; what a
crash repeats changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from clients.kafka import Consumer, Producer, Record
from clients.postgres import ConnectionLost, DatabaseUnavailable, Session, UnfitData, connect
from core.clock import utc_now
from core.errors import BadInput, DependencyUnavailable, TiplineError
from core.events import EnrichedArticle, Retraction
from core.logs import get_logger
from core.settings import Settings
from core.topics import ENRICHED_ALERTS, ENRICHED_ALERTS_DLQ, REVIEW_CANDIDATES
from streaming.router.admission import StoryRules
from streaming.router.candidates import Candidate
from streaming.router.patience import Patience
from streaming.router.records import dead_letter, read
from streaming.router.routing import release, route
from streaming.router.store import StoryCache

GROUP = "alert-router"
TOPICS = (ENRICHED_ALERTS, REVIEW_CANDIDATES)
BATCH_RECORDS = 100
POLL_S = 0.2
RELEASE_EVERY_S = 0.2
LAG_EVERY_S = 1.0
FORGET_EVERY_S = 600.0

Parsed = EnrichedArticle | Retraction | Candidate
log = get_logger(__name__)


class AlertConsumer:
    """The router's main loop; `lag` and `healthy` are for the heartbeat."""

    def __init__(self, settings: Settings, stop: Event, clock: Callable[[], datetime] = utc_now) -> None:
        self._settings = settings
        self._stop = stop
        self._clock = clock
        self._rules = StoryRules(settings.story_similarity_from, settings.story_window_s)
        self._cache = StoryCache()
        self._kafka, self._postgres = Patience("kafka", stop), Patience("postgres", stop)
        self._consumer: Consumer | None = None
        self._producer: Producer | None = None
        self._session: Session | None = None
        self._released_at = self._forgot_at = self._measured_at = monotonic()
        self.lag = 0

    @property
    def healthy(self) -> bool:
        """Say whether Kafka and Postgres both answered last time."""
        return self._consumer is not None and not (self._kafka.waiting or self._postgres.waiting)

    def run(self) -> None:
        """Route until `stop` is set; the batch in flight is finished first."""
        while not self._stop.is_set():
            self._look_at_the_clock()
            records = self._poll()
            if records and self._finish(records):
                self._commit(records)
        self.close()

    def close(self) -> None:
        """Close what is open; offsets stay as committed."""
        for part in (self._consumer, self._producer, self._session):
            if part is not None:
                part.close()
        self._consumer = self._producer = self._session = None

    def _poll(self) -> list[Record]:
        try:
            self._consumer = self._consumer or Consumer(self._settings, TOPICS, group=GROUP)
            records = self._consumer.poll(POLL_S, limit=BATCH_RECORDS)
            if monotonic() - self._measured_at >= LAG_EVERY_S:
                self._measured_at, self.lag = monotonic(), self._consumer.lag() + len(records)
        except DependencyUnavailable as error:
            self._kafka.failed(error)
            return []
        self._kafka.worked()
        return records

    def _commit(self, records: list[Record]) -> None:
        if self._consumer is None:
            return
        try:
            self._consumer.commit_through(records)
        except DependencyUnavailable as error:
            # Lost partitions or a broker away: the records come again and change nothing.
            log.warning("offsets_not_committed", error=error.message)

    def _finish(self, records: list[Record]) -> bool:
        """Route a batch however long Postgres and Kafka take; False only when stopped before it was done."""
        parsed: list[tuple[Record, Parsed]] = []
        refused: list[tuple[Record, TiplineError]] = []
        for record in records:
            try:
                parsed.append((record, read(record)))
            except BadInput as error:
                refused.append((record, error))
        routed = self._route(parsed)
        return routed is not None and self._bury(refused + routed)

    def _route(self, parsed: list[tuple[Record, Parsed]]) -> list[tuple[Record, TiplineError]] | None:
        """Apply records; return the refused ones, or None when stopped while Postgres was away."""
        while parsed:
            try:
                refused = route(
                    self._connected(), [p for _, p in parsed], rules=self._rules, cache=self._cache, now=self._clock()
                )
            except (DependencyUnavailable, DatabaseUnavailable, ConnectionLost) as error:
                if self._lost_postgres(error):
                    return None
            except UnfitData as error:
                return self._isolate(parsed, error)
            else:
                self._postgres.worked()
                return [(parsed[index][0], why) for index, why in refused.items()]
        return []

    def _isolate(
        self, parsed: list[tuple[Record, Parsed]], error: Exception
    ) -> list[tuple[Record, TiplineError]] | None:
        """Route the records of a batch that Postgres cannot store one by one, and refuse the one at fault."""
        if len(parsed) == 1:
            reason = f"PostgreSQL cannot store it: {type(error).__name__}"
            return [(parsed[0][0], BadInput(reason, code="unfit_data"))]
        refused: list[tuple[Record, TiplineError]] = []
        for one in parsed:
            routed = self._route([one])
            if routed is None:
                return None
            refused.extend(routed)
        return refused

    def _bury(self, refused: list[tuple[Record, TiplineError]]) -> bool:
        """Send dead letters until each is acknowledged; False when stopped before that."""
        for record, error in refused:
            letter = dead_letter(record, error, self._clock())
            while not self._sent(letter.to_json(), record.key):
                if self._stop.is_set():
                    return False
            log.warning("record_dead_lettered", code=error.code, position=letter.position)
        return True

    def _sent(self, value: bytes, key: bytes | None) -> bool:
        try:
            self._producer = self._producer or Producer(self._settings)
            self._producer.send_and_wait(ENRICHED_ALERTS_DLQ, value, key=key)
        except DependencyUnavailable as error:
            # An idempotent producer may not recover from what failed it.
            if self._producer is not None:
                self._producer.close()
                self._producer = None
            self._kafka.failed(error)
            return False
        self._kafka.worked()
        return True

    def _look_at_the_clock(self) -> None:
        """Release embargoed alerts that are due, and let go of stories that have become old."""
        now = monotonic()
        if now - self._released_at >= RELEASE_EVERY_S:
            self._released_at = now
            try:
                due = release(self._connected(), self._clock())
            except (DependencyUnavailable, DatabaseUnavailable, ConnectionLost) as error:
                self._lost_postgres(error)
                return
            self._postgres.worked()
            if due:
                log.info("embargoes_ended", alerts=due)
        if now - self._forgot_at >= FORGET_EVERY_S:
            self._forgot_at = now
            self._cache.forget_before(self._clock() - timedelta(seconds=self._rules.window_s))

    def _connected(self) -> Session:
        if self._session is None or self._session.closed:
            self._session = connect(self._settings)
        return self._session

    def _lost_postgres(self, error: Exception) -> bool:
        """Drop the connection and wait a little; True when the process is to stop."""
        if self._session is not None:
            self._session.close()
            self._session = None
        self._postgres.failed(error)
        return self._stop.is_set()
