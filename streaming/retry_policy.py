"""What becomes of a record that could not be enriched; the Spark plan and the retry mover read this one table."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from clients.kafka import Record
from core.clock import parse_rfc3339, rfc3339
from core.settings import Settings

# Headers of a record in the retry topic, and of the same record put back into the source topic.
ATTEMPTS = "attempts"  # failed tries so far
STRIKES = "strikes"  # those of them that point at the record itself
ERROR = "error"  # "code: message" of the last one
FIRST_FAILED_AT = "first_failed_at"
RETRY_HEADERS = (ATTEMPTS, STRIKES, ERROR, FIRST_FAILED_AT)

# The endpoint refuses the record for what it is: trying again cannot help.
FATAL_CODES = frozenset(
    {"bad_input", "bad_article", "bad_record", "bad_json", "payload_too_large", "unsupported_format"}
)  # fmt: skip
# The endpoint is away, full or refuses us: says nothing about the record, so it is tried again without end.
OUTAGE_CODES = frozenset(
    {"unreachable", "timeout", "overloaded", "denied", "rate_limited", "dependency_unavailable", "registry_not_loaded"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """What a record's headers say about its failed tries."""

    attempts: int
    strikes: int
    code: str
    message: str
    first_failed_at: datetime | None

    @property
    def headers(self) -> dict[str, bytes]:
        """The headers that make the next failure count on from this one."""
        counts = {ATTEMPTS: str(self.attempts).encode(), STRIKES: str(self.strikes).encode()}
        if self.first_failed_at is None:
            return counts
        return counts | {FIRST_FAILED_AT: rfc3339(self.first_failed_at).encode()}


def read_failure(record: Record) -> Failure:
    """Read the headers; what is missing or malformed counts as a first failure, since headers may be anyone's."""
    code, _, message = _text(record, ERROR).partition(": ")
    try:
        first: datetime | None = parse_rfc3339(_text(record, FIRST_FAILED_AT))
    except ValueError:
        first = None
    return Failure(_count(record, ATTEMPTS, 1), _count(record, STRIKES, 0), code or "unknown", message, first)


def is_dead(failure: Failure, settings: Settings) -> bool:
    """Say whether the record has failed on its own account more often than allowed."""
    return failure.strikes > settings.retry_limit


def backoff_s(failure: Failure, settings: Settings, *, jitter: random.Random) -> float:
    """Return how long after its last failure a record rests: exponential, capped, between half and all of it."""
    doublings = min(failure.attempts - 1, 32)
    longest_s = min(settings.retry_backoff_initial_s * 2.0**doublings, settings.retry_backoff_max_s)
    return longest_s * jitter.uniform(0.5, 1.0)


def _text(record: Record, header: str) -> str:
    return record.headers.get(header, b"").decode(errors="replace")


def _count(record: Record, header: str, default: int) -> int:
    text = _text(record, header)
    return max(default, int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else default
