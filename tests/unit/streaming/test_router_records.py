"""What cannot be used is refused with a reason and kept with its bytes."""

import base64
import json

import pytest

from clients.kafka import Record
from core.errors import BadInput
from core.events import EnrichedArticle, Retraction
from streaming.router.records import dead_letter, parse
from tests.router_samples import NOW, enriched, retraction


def test_both_kinds_parse_back() -> None:
    assert parse(enriched().to_json()) == EnrichedArticle.model_validate_json(enriched().to_json())
    assert parse(retraction().to_json()) == Retraction.model_validate_json(retraction().to_json())


def test_unknown_fields_are_ignored() -> None:
    assert isinstance(parse(json.dumps({**json.loads(retraction().to_json()), "later": 1}).encode()), Retraction)


@pytest.mark.parametrize("value", [b"", b"\xff\xfe", b"[]", b"null", b"{", b'{"kind":"other"}', b"[" * 100_000, b"{}"])
def test_what_is_no_record_is_refused(value: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        parse(value)
    assert refused.value.code == "unparseable_record"


@pytest.mark.parametrize("signature", ["", "AA==", "not base64!", "AAAAAA==", "AHwAfA==", "AH4AfA=="])
def test_a_signature_without_direction_is_refused(signature: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse(enriched(vector="x").model_copy(update={"signature": signature}).to_json())
    assert refused.value.code == "bad_signature_vector"


def test_a_reason_never_quotes_the_record() -> None:
    broken = json.loads(enriched(headline="Amit Saxena").to_json()) | {"relevance": "Amit Saxena"}
    with pytest.raises(BadInput) as refused:
        parse(json.dumps(broken).encode())
    assert "relevance" in refused.value.message
    assert "Saxena" not in refused.value.message


def test_a_dead_letter_holds_bytes_and_position_and_is_the_same_when_repeated() -> None:
    record = Record("enriched-alerts", 3, 42, 0, b"C-1", b"\x00broken")
    letter = dead_letter(record, BadInput("no", code="unparseable_record"), NOW)
    assert base64.b64decode(letter.original_base64) == b"\x00broken"
    assert (letter.position, letter.key, letter.code) == ("enriched-alerts/3/42", "C-1", "unparseable_record")
    assert dead_letter(record, BadInput("no"), NOW).dlq_id == letter.dlq_id
