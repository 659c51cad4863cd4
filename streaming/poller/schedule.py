"""When to read a feed next: its interval with jitter, longer after failures, and never before its server allows."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

# Feeds of one interval would otherwise all be asked at once, for ever.
JITTER = 0.1
MAX_BACKOFF_S = 3600.0


def next_poll_at(
    now: datetime, interval_s: float, *, failures: int = 0, retry_after_s: float | None = None, dice: random.Random
) -> datetime:
    """Return when to read a feed again.

    Args:
        now: when it was read.
        interval_s: how often it is read while all is well.
        failures: in a row, this one included; each doubles the wait, up to an hour.
        retry_after_s: what its server asked for.
        dice: where the jitter comes from.
    """
    wait_s = min(interval_s * 2.0 ** min(failures, 20), max(MAX_BACKOFF_S, interval_s))
    wait_s = max(wait_s, retry_after_s or 0.0) * (1 + dice.uniform(0, JITTER))
    return now + timedelta(seconds=wait_s)
