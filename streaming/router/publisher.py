"""From Postgres to Redis: the one publisher of all RMs' feeds.

Every router has one; the one that holds the lock publishes. It is woken by NOTIFY and looks every second besides. What
is published is known in Postgres (`rm.published_seq`); when Redis does not have it any more, the feed is built anew
from `rm_feed` under a new epoch.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from math import inf
from threading import Event
from time import monotonic
from uuid import uuid4

from clients import redis
from clients.postgres import ConnectionLost, DatabaseUnavailable, Session, connect
from core.errors import DependencyUnavailable
from core.logs import get_logger
from core.settings import Settings
from streaming.router.feed import Feeds, Frame
from streaming.router.patience import Patience

PUBLISHER_LOCK = 7214073
CHANNEL = "rm_feed"
IDLE_S = 1.0
VERIFY_EVERY_S = 5.0
# At once, so that frames do not wait until the feeds of thousands are looked at.
VERIFY_FEEDS = 100
TRIM_EVERY_S = 3600.0
BATCH_FRAMES = 500

log = get_logger(__name__)


@dataclass(slots=True)
class Connections:
    """A leader's connections: `listener` holds the lock and hears notifications, `session` runs queries."""

    listener: Session
    session: Session

    def close(self) -> None:
        """Close both; the lock goes with its connection."""
        self.listener.close()
        self.session.close()


class Publisher:
    """Copies new rows of `rm_feed` to Redis while it leads; `healthy` and `leading` are for the heartbeat."""

    def __init__(self, settings: Settings, stop: Event) -> None:
        self._settings = settings
        self._stop = stop
        self._feeds = Feeds(redis.connect(settings))
        self._postgres, self._redis = Patience("postgres", stop), Patience("redis", stop)
        self._verified_at = self._trimmed_at = -inf
        # The RM that the present round of verifying has come to; empty between rounds.
        self._verified_to = ""
        self.leading = False

    @property
    def healthy(self) -> bool:
        """Say whether Postgres and Redis answered last time."""
        return not (self._postgres.waiting or self._redis.waiting)

    def run(self) -> None:
        """Publish, or stand by for the router that does, until `stop` is set."""
        while not self._stop.is_set():
            try:
                connections = self._stand()
                self._postgres.worked()
                if connections is None:
                    self._stop.wait(IDLE_S)
                    continue
                try:
                    self._lead(connections)
                finally:
                    connections.close()
            except (DependencyUnavailable, DatabaseUnavailable, ConnectionLost) as error:
                self._postgres.failed(error)
            finally:
                self.leading = False

    def _stand(self) -> Connections | None:
        """Take the lead; None when another router has it."""
        listener = connect(self._settings)
        row = listener.execute("SELECT pg_try_advisory_lock(%s) AS won", (PUBLISHER_LOCK,)).fetchone()
        if row is None or not row["won"]:
            listener.close()
            return None
        listener.execute(f"LISTEN {CHANNEL}".encode())
        session = connect(self._settings)
        # Publishing again is harmless, so its bookkeeping need not wait for the disk.
        session.execute("SET synchronous_commit = off")
        return Connections(listener, session)

    def _lead(self, connections: Connections) -> None:
        self.leading, self._verified_at, self._verified_to = True, -inf, ""
        log.info("publisher_leads")
        while not self._stop.is_set():
            try:
                self._verify(connections.session)
                while self._publish(connections.session):
                    pass
                self._trim(connections.session)
            except redis.RedisError as error:
                self._verified_at, self._verified_to = -inf, ""
                self._redis.failed(error)
                continue
            self._redis.worked()
            idle_s = 0.0 if self._verified_to else IDLE_S
            for _ in connections.listener.notifies(timeout=idle_s, stop_after=1):
                pass

    def _publish(self, session: Session) -> bool:
        """Copy what is new, in order; True when there may be more."""
        rows = session.execute(
            "SELECT rm.rm_id, rm.feed_epoch::text AS epoch, rm.published_seq, f.seq, f.frame::text AS frame"
            " FROM rm JOIN rm_feed f ON f.rm_id = rm.rm_id AND f.seq > rm.published_seq"
            " WHERE rm.last_seq > rm.published_seq ORDER BY rm.rm_id, f.seq LIMIT %s",
            (BATCH_FRAMES,),
        ).fetchall()
        for (rm_id, epoch, published), group in groupby(rows, lambda r: (r["rm_id"], r["epoch"], r["published_seq"])):
            frames = [Frame(row["seq"], row["frame"]) for row in group]
            if self._feeds.append(rm_id, epoch, published, frames):
                self._note_published(session, rm_id, frames[-1].seq)
            else:
                self._rebuild(session, rm_id)
        return len(rows) == BATCH_FRAMES

    def _verify(self, session: Session) -> None:
        """Rebuild the feeds of which Redis lost something, before anybody misses it."""
        if not self._verified_to and monotonic() - self._verified_at < VERIFY_EVERY_S:
            return
        rows = session.execute(
            "SELECT rm_id, feed_epoch::text AS epoch, published_seq FROM rm WHERE rm_id > %s ORDER BY rm_id LIMIT %s",
            (self._verified_to, VERIFY_FEEDS),
        )
        expected = [(row["rm_id"], row["epoch"], row["published_seq"]) for row in rows.fetchall()]
        for (rm_id, _, _), intact in zip(expected, self._feeds.intact(expected), strict=True):
            if not intact:
                self._rebuild(session, rm_id)
        self._verified_to = expected[-1][0] if len(expected) == VERIFY_FEEDS else ""
        self._verified_at = monotonic()

    def _rebuild(self, session: Session, rm_id: str) -> None:
        """Build an RM's feed anew from Postgres, under a new epoch."""
        self._feeds.start_over(rm_id)
        row = session.execute("SELECT published_seq FROM rm WHERE rm_id = %s", (rm_id,)).fetchone()
        head, frames = (row["published_seq"] if row else 0), 0
        with session.transaction(), session.cursor(name="feed") as cursor:
            cursor.execute(
                "SELECT seq, frame::text AS frame FROM rm_feed WHERE rm_id = %s"
                " AND created_at > now() - make_interval(secs => %s) ORDER BY seq",
                (rm_id, self._settings.feed_retention_s),
            )
            while rows := cursor.fetchmany(BATCH_FRAMES):
                self._feeds.add_to_draft(rm_id, [Frame(row["seq"], row["frame"]) for row in rows])
                head, frames = max(head, rows[-1]["seq"]), frames + len(rows)
        epoch = str(uuid4())
        # Postgres first: should Redis fail in between, the epochs differ, and the feed is built again.
        session.execute(
            "UPDATE rm SET feed_epoch = %s, published_seq = greatest(published_seq, %s) WHERE rm_id = %s",
            (epoch, head, rm_id),
        )
        self._feeds.replace_by_draft(rm_id, epoch, head, empty=frames == 0)
        log.info("feed_rebuilt", rm_id=rm_id, frames=frames)

    def _note_published(self, session: Session, rm_id: str, seq: int) -> None:
        session.execute("UPDATE rm SET published_seq = %s WHERE rm_id = %s AND published_seq < %s", (seq, rm_id, seq))

    def _trim(self, session: Session) -> None:
        """Drop frames older than the retention, in Postgres and Redis."""
        if monotonic() - self._trimmed_at < TRIM_EVERY_S:
            return
        session.execute(
            "DELETE FROM rm_feed WHERE created_at < now() - make_interval(secs => %s)",
            (self._settings.feed_retention_s,),
        )
        oldest = session.execute(
            "SELECT rm_id, coalesce(min(seq), published_seq + 1) AS seq FROM rm LEFT JOIN rm_feed USING (rm_id)"
            " WHERE published_seq > 0 GROUP BY rm_id"
        )
        for row in oldest.fetchall():
            self._feeds.trim(row["rm_id"], row["seq"])
        self._trimmed_at = monotonic()
