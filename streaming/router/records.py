"""What comes off the topics: parsed records, and dead letters for what cannot be used."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import datetime

from pydantic import ValidationError

from clients.kafka import Record
from core.errors import BadInput, TiplineError
from core.events import NAMESPACE, DeadLetter, EnrichedArticle, Retraction
from core.topics import REVIEW_CANDIDATES
from streaming.router.candidates import Candidate
from streaming.router.signatures import decode

STAGE = "router"


def read(record: Record) -> EnrichedArticle | Retraction | Candidate:
    """Parse a record by its topic; BadInput when it holds something else."""
    parsed = parse(record.value)
    if record.topic != REVIEW_CANDIDATES:
        return parsed
    if isinstance(parsed, Retraction):
        raise BadInput("a retraction is no candidate", code="unparseable_record")
    return Candidate(parsed)


def parse(value: bytes) -> EnrichedArticle | Retraction:
    """Parse one record's value; BadInput when it is neither an enriched article nor a retraction."""
    try:
        kind = json.loads(value).get("kind", "enriched")
        if kind == "retraction":
            return Retraction.model_validate_json(value)
        enriched = EnrichedArticle.model_validate_json(value)
    except ValidationError as error:
        # pydantic's message quotes the input, which may hold a client's name.
        where = ", ".join(sorted({".".join(map(str, problem["loc"])) or problem["type"] for problem in error.errors()}))
        raise BadInput(f"not an enriched.v1 record: {where}", code="unparseable_record") from None
    except (ValueError, AttributeError, RecursionError):
        raise BadInput("not a JSON object", code="unparseable_record") from None
    decode(enriched.signature)
    return enriched


def dead_letter(record: Record, error: TiplineError, now: datetime) -> DeadLetter:
    """Keep a record that cannot be used: its bytes, position and reason; the same position gives the same id."""
    position = f"{record.topic}/{record.partition}/{record.offset}"
    return DeadLetter(
        dlq_id=uuid.uuid5(NAMESPACE, f"dead-letter|{position}"),
        stage=STAGE,
        topic=record.topic,
        key=record.key.decode(errors="replace") if record.key is not None else None,
        code=error.code,
        message=error.message,
        position=position,
        content_type="application/json",
        original_base64=base64.b64encode(record.value).decode(),
        first_failed_at=now,
        last_failed_at=now,
    )
