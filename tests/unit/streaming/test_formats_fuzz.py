"""No bytes make a parser raise anything but an error of ours."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadInput, TiplineError
from streaming.formats import Draft, Rejected, parse
from streaming.formats.html_text import html_to_text
from tests.unit.streaming.news_samples import (
    ATOM,
    JSON_FEED,
    NEWSML,
    NINJS_1,
    NINJS_2,
    NINJS_3,
    OWN,
    RSS_1,
    RSS_2,
    as_json,
)

JSON_SAMPLES = (OWN, NINJS_1, NINJS_2, NINJS_3, JSON_FEED)
SAMPLES = (*map(as_json, JSON_SAMPLES), RSS_2, RSS_1, ATOM, NEWSML)
CONTENT_TYPES = st.sampled_from([None, "application/json", "application/xml", "text/plain"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


def attempt(body: bytes, content_type: str | None = None) -> None:
    try:
        items = parse(body, content_type, provider="p")
    except TiplineError:
        return
    for item in items:
        if isinstance(item, Draft):
            assert len(item.content_hash) == 64
            item.article_id.encode()
        elif isinstance(item, Rejected):
            assert item.original


@given(st.binary(max_size=300), CONTENT_TYPES)
def test_any_bytes(body: bytes, content_type: str | None) -> None:
    attempt(body, content_type)


@settings(max_examples=300)
@given(st.sampled_from(SAMPLES), st.data())
def test_damaged_documents(sample: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(start, min(len(sample), start + 40)))
    attempt(sample[:start] + data.draw(st.binary(max_size=20)) + sample[end:])


@settings(max_examples=300)
@given(st.sampled_from(JSON_SAMPLES), st.data())
def test_documents_with_any_value_in_a_field(sample: dict[str, Any], data: st.DataObject) -> None:
    field = data.draw(st.sampled_from(sorted(sample)))
    changed = {**sample, field: data.draw(VALUES)}
    attempt(json.dumps(changed).encode())
    inner = sample.get("items") or sample.get("bodies") or sample.get("organisations")
    if isinstance(inner, list) and isinstance(inner[0], dict):
        key = data.draw(st.sampled_from(sorted(inner[0])))
        attempt(json.dumps({**sample, "items": [{**inner[0], key: data.draw(VALUES)}]}).encode())


@given(st.text(alphabet="<>/&;#x0pdiv \"'=!-[]a\x01\n", max_size=200))
def test_any_markup(markup: str) -> None:
    with suppress(BadInput):
        assert "\x00" not in html_to_text(markup)
