"""One line of a market feed: a tick, or a dead letter that says why not."""

from __future__ import annotations

import base64
import uuid

from pydantic import ValidationError

from core.clock import utc_now
from core.errors import BadInput
from core.events import NAMESPACE, DeadLetter
from core.market import MarketTick
from core.topics import MARKET_TICKS

STAGE = "ticks"


def parse(line: bytes) -> MarketTick:
    """Read a `market.tick.v1` from its JSON; BadInput names the fields at fault, never their values."""
    try:
        return MarketTick.model_validate_json(line)
    except ValidationError as error:
        wrong = sorted({".".join(map(str, one["loc"])) or one["type"] for one in error.errors()})
        raise BadInput(f"not a market.tick.v1: {', '.join(wrong)}", code="bad_tick") from None


def dead_letter(line: bytes, error: BadInput) -> DeadLetter:
    """Return the dead letter of a line; the same bytes are the same letter."""
    original, now = base64.b64encode(line).decode(), utc_now()
    return DeadLetter(
        dlq_id=uuid.uuid5(NAMESPACE, f"dead-letter|{STAGE}|{original}"),
        stage=STAGE,
        topic=MARKET_TICKS,
        code=error.code,
        message=error.message,
        content_type="application/json",
        original_base64=original,
        first_failed_at=now,
        last_failed_at=now,
    )
