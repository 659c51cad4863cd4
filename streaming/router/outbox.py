"""From the outbox to Kafka: each record in order, marked as published only after its acknowledgement."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from threading import Event
from time import monotonic

from clients.kafka import Producer
from clients.postgres import ConnectionLost, DatabaseUnavailable, Session, connect
from core.errors import DependencyUnavailable
from core.settings import Settings
from streaming.router.patience import Patience

RELAY_LOCK = 7214074
IDLE_S = 0.5
BATCH_RECORDS = 500
KEEP_PUBLISHED_S = 24 * 3600
# Looking for old records reads the whole table.
FORGET_EVERY_S = 600.0


class OutboxRelay:
    """Relays the outbox while it holds the lock; `healthy` is for the heartbeat."""

    def __init__(self, settings: Settings, stop: Event) -> None:
        self._settings = settings
        self._stop = stop
        self._patience = Patience("outbox", stop)
        self._producer: Producer | None = None
        self._forgot_at = -inf

    @property
    def healthy(self) -> bool:
        """Say whether Postgres and Kafka took everything last time."""
        return not self._patience.waiting

    def run(self) -> None:
        """Relay until `stop` is set."""
        while not self._stop.is_set():
            try:
                with connect(self._settings) as session:
                    self._relay_all(session)
            except (DependencyUnavailable, DatabaseUnavailable, ConnectionLost) as error:
                # An idempotent producer may not recover from what failed it.
                self._drop_producer()
                self._patience.failed(error)
        self._drop_producer()

    def _drop_producer(self) -> None:
        if self._producer is not None:
            self._producer.close()
            self._producer = None

    def _relay_all(self, session: Session) -> None:
        while not self._stop.is_set():
            relayed = self._relay(session)
            self._forget(session)
            self._patience.worked()
            if relayed < BATCH_RECORDS:
                self._stop.wait(IDLE_S)

    def _relay(self, session: Session) -> int:
        """Publish what waits and return how much it was; DependencyUnavailable when not all of it was acknowledged."""
        with session.transaction():
            # One relay at a time, or two would publish the same records and mix their order.
            session.execute("SELECT pg_advisory_xact_lock(%s)", (RELAY_LOCK,))
            rows = session.execute(
                "SELECT outbox_id, topic, key, value::text AS value FROM outbox WHERE published_at IS NULL"
                " ORDER BY outbox_id LIMIT %s",
                (BATCH_RECORDS,),
            ).fetchall()
            if not rows:
                return 0
            acknowledged = self._send([(row["topic"], row["key"], row["value"]) for row in rows])
            session.execute(
                "UPDATE outbox SET published_at = now() WHERE outbox_id = ANY(%s)",
                ([row["outbox_id"] for row in rows[:acknowledged]],),
            )
        if acknowledged < len(rows):
            raise DependencyUnavailable(f"Kafka took {acknowledged} of {len(rows)} outbox records")
        return len(rows)

    def _forget(self, session: Session) -> None:
        if monotonic() - self._forgot_at < FORGET_EVERY_S:
            return
        session.execute(
            "DELETE FROM outbox WHERE published_at < now() - make_interval(secs => %s)", (KEEP_PUBLISHED_S,)
        )
        self._forgot_at = monotonic()

    def _send(self, records: list[tuple[str, str, str]]) -> int:
        """Send `(topic, key, value)` records in order; return how many were acknowledged before the first failure.

        What came after a failure is sent again, behind it.
        """
        failed = [True] * len(records)
        self._producer = self._producer or Producer(self._settings)

        def noting(place: int) -> Callable[[BaseException | None], None]:
            def note(error: BaseException | None) -> None:
                failed[place] = error is not None

            return note

        for place, (topic, key, value) in enumerate(records):
            self._producer.send(topic, value.encode(), key=key.encode(), on_done=noting(place))
        self._producer.flush()
        return failed.index(True) if True in failed else len(records)
