"""Results that were kept long enough are deleted, as a lifecycle rule of the bucket does in AWS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from clients.s3 import Store
from core.clock import utc_now
from core.errors import TiplineError
from core.logs import get_logger
from core.settings import Settings

LOOK_EVERY_S = 3600.0

log = get_logger(__name__)


class Expiry:
    """Looks through the bucket of results now and then; what went to other buckets is its owner's to delete."""

    def __init__(self, settings: Settings, store: Store, *, now: Callable[[], datetime] = utc_now) -> None:
        self._bucket, self._keep = settings.sql_results_bucket, timedelta(days=settings.sql_results_keep_days)
        self._store, self._now = store, now
        self._stop = threading.Event()

    def run(self) -> None:
        """Go on until `stop`; no failure ends it."""
        while True:
            try:
                deleted = self.delete_old()
                if deleted:
                    log.info("results_deleted", results=deleted)
            except TiplineError as error:
                log.warning("results_not_deleted", error=error.code)
            if self._stop.wait(LOOK_EVERY_S):
                return

    def stop(self) -> None:
        """Make `run` return."""
        self._stop.set()

    def delete_old(self) -> int:
        """Delete what is older than results are kept, and return how many that were."""
        until = self._now() - self._keep
        old = [one for one in self._store.newest(self._bucket, "") if one.modified_at < until]
        for one in old:
            self._store.delete(one.bucket, one.key)
        return len(old)
