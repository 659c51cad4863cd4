"""The history's filters as SQL: only what was asked for is in the statement, so that each finds its index."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from api.alert_models import AlertFilter
from api.policy import VISIBLE
from core.clock import parse_rfc3339
from core.errors import BadInput

# For queries over `alerts a`; the values travel as parameters.
_CONDITIONS = {
    "client": "a.client_id = %(client)s",
    "topic": "a.topic = ANY(%(topic)s)",
    "severity": "a.severity = ANY(%(severity)s)",
    "state": "a.state = ANY(%(state)s)",
    "muted": "is_muted(%(rm_id)s, a) = %(muted)s",
    "q": "a.alert_id IN (SELECT alerts_with_words(%(q)s))",
    "since": "a.created_at >= %(since)s",
    "until": "a.created_at < %(until)s",
    "cursor": "(a.created_at, a.alert_id) < (%(cursor_at)s, %(cursor_id)s::uuid)",
}
NEWEST_FIRST = "ORDER BY a.created_at DESC, a.alert_id DESC LIMIT %(limit)s"


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after an alert in the list's order; opaque to callers."""

    created_at: datetime
    alert_id: UUID

    def encode(self) -> str:
        """Return the text that `parse_cursor` reads."""
        # Microseconds matter here: two alerts of one millisecond must not be skipped.
        plain = f"{self.created_at.isoformat()}|{self.alert_id}"
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")


def parse_cursor(text: str) -> Cursor:
    """Return the place a cursor names; BadInput when it is not one of ours."""
    try:
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
        at, _, alert_id = plain.partition("|")
        return Cursor(parse_rfc3339(at), UUID(alert_id))
    except (ValueError, binascii.Error, OverflowError):
        raise BadInput("this is not a cursor that we gave out", code="bad_cursor") from None


def where(asked: AlertFilter, rm_id: str) -> tuple[str, dict[str, Any]]:
    """Return the condition over `alerts a` and its parameters; BadInput when the cursor is none of ours."""
    given = {name: value for name, value in asked if name in _CONDITIONS and value not in (None, [])}
    parameters: dict[str, Any] = {"rm_id": rm_id, **given}
    if asked.cursor:
        place = parse_cursor(asked.cursor)
        parameters |= {"cursor_at": place.created_at, "cursor_id": place.alert_id}
    return " AND ".join([VISIBLE, *(_CONDITIONS[name] for name in given)]), parameters
