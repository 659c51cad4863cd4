from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from api import frames

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.parametrize("stored", ['{"type":"state"}', '{"type": "alert", "alert": {"seq": 1}}', ' {"type":"x"}'])
def test_a_frame_is_sent_as_stored_with_number_and_time_in_front(stored: str) -> None:
    sent = frames.stamped(stored, 7, NOON)
    assert json.loads(sent) == {"seq": 7, "sent_at": "2026-01-31T12:00:00.000Z", **json.loads(stored)}
    assert sent.endswith(stored.strip()[1:])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('{"type":"subscribe","topics":["alerts"],"last_seq":null}', frames.Subscribe),
        ('{"type":"subscribe","last_seq":5,"epoch":"e","unknown":1}', frames.Subscribe),
        ('{"type":"subscribe","topics":["tick:EURUSD","tick:CH0000000001"]}', frames.Subscribe),
        ('{"type":"unsubscribe","topics":["tick:EURUSD"]}', frames.Unsubscribe),
        ('{"type":"ack","seq":5}', frames.Ack),
        ('{"type":"ping"}', frames.Ping),
        ('{"type":"pong"}', frames.Pong),
    ],
)
def test_what_a_page_may_say(text: str, kind: type[object]) -> None:
    assert isinstance(frames.parse_client_frame.validate_json(text), kind)


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "[]", "{}", '{"type":"alert"}', '{"type":"ack"}', '{"type":"ack","seq":-1}',
        '{"type":"ack","seq":1e99}', '{"type":"subscribe","last_seq":"x"}', '{"type":"subscribe","topics":["all"]}',
        '{"type":"subscribe","topics":["tick:"]}', '{"type":"subscribe","topics":["tick:A B"]}',
        '{"type":"unsubscribe","topics":["alerts"]}', '{"type":"unsubscribe"}',
        json.dumps({"type": "subscribe", "topics": [f"tick:{n}" for n in range(202)]}),
    ],
)  # fmt: skip
def test_what_a_page_may_not_say(text: str) -> None:
    with pytest.raises(ValidationError):
        frames.parse_client_frame.validate_json(text)


@given(st.text())
def test_any_text_is_a_frame_or_refused(text: str) -> None:
    try:
        frames.parse_client_frame.validate_json(text)
    except ValidationError:
        return
    assert json.loads(text)["type"] in {"subscribe", "unsubscribe", "ack", "ping", "pong"}


def test_instruments_are_named_by_topics_each_once() -> None:
    assert frames.instruments_of(("tick:B", "alerts", "tick:A", "tick:B")) == ["B", "A"]


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 70_000])
def test_a_frame_is_written_as_a_client_reads_it(size: int) -> None:
    payload = b"x" * size
    reader = StreamReader()
    reader.feed_data(frames.text_frame(payload))
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as finished:
        next(parsing)
    assert finished.value.value == Frame(Opcode.TEXT, payload, fin=True)
