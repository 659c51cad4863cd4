"""Every Kafka record becomes rows that Iceberg takes, and none of them says in the open which client it is about."""

from __future__ import annotations

import json
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.warm.records import ERASED, Draft, open_record, sealed_rows
from batch.warm.sink import Feed, feeds
from clients.kafka import Record
from core.errors import NotFound
from core.events import Decision, Versions
from core.sealing import DataKey, client_token, new_key
from tests.router_samples import NOW, article, enriched, retraction

ARTICLES, ALERTS, DECISIONS = feeds()
KEYS: dict[str, DataKey | None] = {}


def token(client_id: str | None) -> str:
    found = client_token(client_id, b"key") if client_id is not None else "unattributed"
    KEYS.setdefault(found, DataKey(found, new_key()))
    return found


def record(value: bytes, key: bytes | None = None, **fields: object) -> Record:
    return Record("topic", 2, 7, int(NOW.timestamp() * 1000), key, value, **fields)  # type: ignore[arg-type]


def rows_of(feed: Feed, one: Record) -> list[dict[str, object]]:
    """Return the rows as the table would give them back."""
    drafts = feed.drafts(one)
    for draft in drafts:
        token(draft.client_id)
    rows = sealed_rows(drafts, feed.table.name, KEYS, token)
    stored: list[dict[str, object]] = pa.Table.from_pylist(rows, schema=feed.table.schema).to_pylist()
    return stored


def decision(client_id: str | None = "C-1") -> Decision:
    return Decision(
        article_id="a1", revision=1, client_id=client_id, decision="match", identity=0.9, aboutness=0.8, relevance=0.7,
        why="named in full", versions=Versions(registry="1", resolver="r1"), trace_id="t", decided_at=NOW,
    )  # fmt: skip


def test_an_article_is_a_row_of_its_fields() -> None:
    piece = article(people=({"name": "A", "uri": None},))
    (row,) = rows_of(ARTICLES, record(piece.to_json()))
    assert (row["article_id"], row["headline"], row["received_at"]) == ("a1", piece.headline, piece.received_at)
    assert row["people"] == [{"name": "A", "uri": None}]
    assert (row["received_date"], row["kafka_partition"], row["kafka_offset"]) == (date(2026, 3, 1), 2, 7)
    assert row["malformed"] is None
    assert row["raw"] is None


def test_an_article_that_is_tried_again_is_no_second_row() -> None:
    assert rows_of(ARTICLES, record(article().to_json(), headers={"attempts": b"1"})) == []


@pytest.mark.parametrize("feed", [ARTICLES, ALERTS, DECISIONS], ids=lambda feed: feed.topic)
@pytest.mark.parametrize("value", [b"", b"\xff\xfe", b"[]", b"null", b"{", b"{}", b"[" * 100_000, b'{"kind":"x"}'])
def test_what_cannot_be_read_is_kept_with_its_reason(feed: Feed, value: bytes) -> None:
    (row,) = rows_of(feed, record(value, key=b"C-1"))
    assert row["malformed"]
    if feed is ARTICLES:
        assert row["raw"] == value
        return
    owner = token("C-1" if feed is ALERTS else None)
    assert row["client_token"] == owner
    assert open_record(feed.table.name, row, KEYS[owner]) == value


def test_a_reason_never_quotes_the_record() -> None:
    broken = json.loads(enriched(headline="Amit Saxena").to_json()) | {"relevance": "Amit Saxena"}
    (row,) = rows_of(ALERTS, record(json.dumps(broken).encode(), key=b"C-1"))
    assert "relevance" in str(row["malformed"])
    assert "Saxena" not in str(row["malformed"])


def test_an_alert_is_sealed_but_for_what_it_is_counted_by() -> None:
    value = enriched(client_id="UHNW-102", article_id="article-9", headline="Amit Saxena resigns").to_json()
    (row,) = rows_of(ALERTS, record(value, key=b"UHNW-102"))
    shown = repr(row)
    assert not any(word in shown for word in ("UHNW", "Saxena", "article-9", "named in full", "One sentence"))
    assert (row["client_token"], row["severity"], row["score"]) == (token("UHNW-102"), "important", 0.97)
    assert open_record("silver.alerts", row, KEYS[token("UHNW-102")]) == value


def test_a_decision_is_sealed_for_its_client_or_for_nobody() -> None:
    for client in ("C-1", None):
        value = decision(client).to_json()
        (row,) = rows_of(DECISIONS, record(value))
        assert (row["client_token"], row["identity"], row["decided_at"]) == (token(client), 0.9, NOW)
        assert open_record("silver.decisions", row, KEYS[token(client)]) == value


def test_a_retraction_tells_each_client_of_itself_alone() -> None:
    rows = rows_of(ALERTS, record(retraction(matched=("C-1", "C-2", "C-1")).to_json(), key=b"a1"))
    assert {row["client_token"] for row in rows} == {token("C-1"), token("C-2")}
    assert len(rows) == 2
    for row, client in zip(rows, ("C-1", "C-2"), strict=True):
        opened = json.loads(open_record("silver.alerts", row, KEYS[token(client)]))
        assert opened["matched_client_ids"] == [client]


def test_a_retraction_of_nobody_is_kept_for_nobody() -> None:
    value = retraction().to_json()
    (row,) = rows_of(ALERTS, record(value, key=b"a1"))
    assert open_record("silver.alerts", row, KEYS[token(None)]) == value


def test_what_comes_late_of_an_erased_client_is_not_kept() -> None:
    drafts = [Draft({"kafka_offset": 1}, "C-9", b"secret")]
    (row,) = sealed_rows(drafts, "silver.alerts", {token("C-9"): None}, token)
    assert (row["malformed"], row.get("record")) == (ERASED, None)
    with pytest.raises(NotFound):
        open_record("silver.alerts", row | {"record": None}, None)


@settings(max_examples=60)
@given(st.binary(max_size=200), st.integers(min_value=-(2**63), max_value=2**63 - 1), st.binary(max_size=8) | st.none())
def test_no_record_stops_the_rest(value: bytes, timestamp_ms: int, key: bytes | None) -> None:
    for feed in (ARTICLES, ALERTS, DECISIONS):
        (row,) = rows_of(feed, Record(feed.topic, 0, 1, timestamp_ms, key, value))
        assert row["malformed"]


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(json.loads(article().to_json()))), st.none() | st.text() | st.floats()))
def test_an_odd_article_is_a_row_too(changes: dict[str, object]) -> None:
    value = json.dumps(json.loads(article().to_json()) | changes).encode()
    (row,) = rows_of(ARTICLES, record(value))
    assert row["raw"] == (value if row["malformed"] else None)
