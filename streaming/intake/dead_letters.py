"""What could not be understood, as it goes to `raw-news-events.dlq`."""

from __future__ import annotations

import base64
import uuid

from core.clock import utc_now
from core.events import NAMESPACE, DeadLetter
from core.topics import RAW_NEWS
from streaming.formats import Rejected

# The stages whose originals are documents of a provider, not records of a topic.
STAGES = ("intake", "poller")


def dead_letter(stage: str, source: str, content_type: str | None, trace_id: str, rejected: Rejected) -> DeadLetter:
    """Return the dead letter of a refused document or item: `stage` is `intake:SOURCE` or `poller:SOURCE`.

    The id comes from the source and the bytes, so the same document refused again is the same dead letter.
    """
    original = base64.b64encode(rejected.original).decode()
    now = utc_now()
    return DeadLetter(
        dlq_id=uuid.uuid5(NAMESPACE, f"dead-letter|{stage}|{source}|{original}"),
        stage=f"{stage}:{source}",
        topic=RAW_NEWS,
        code=rejected.error.code,
        message=rejected.error.message,
        position=rejected.position,
        content_type=content_type,
        original_base64=original,
        first_failed_at=now,
        last_failed_at=now,
        trace_id=trace_id,
    )
