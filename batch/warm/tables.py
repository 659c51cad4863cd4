"""The warm tier's tables.

`received_date` is the UTC date of the record's Kafka timestamp, so a record read twice would fall on the same day. A
record that cannot be read is a row too: `malformed` says why, and it has its bytes and nothing else.

What an alert or a decision tells about a client is sealed whole: an article's id or headline beside the client's token
would already say who the token is. `record` is the JSON as it came, deflated, sealed under the client's key; the open
columns are for counting and joining only.
"""

from __future__ import annotations

import pyarrow as pa

from batch.tables import LakeTable, silver_bucket

_MOMENT = pa.timestamp("us", "UTC")
_TAGS = pa.list_(pa.struct([("name", pa.string()), ("uri", pa.string())]))
# Where in Kafka the record was: a row's identity.
_SOURCE = [
    ("malformed", pa.string()), ("kafka_partition", pa.int32()), ("kafka_offset", pa.int64()), ("kafka_at", _MOMENT),
]  # fmt: skip

# Articles are public: nothing in them is sealed. `raw` has the bytes of a malformed record.
NEWS_ARTICLES = [
    ("received_date", pa.date32()), ("article_id", pa.string()), ("provider", pa.string()), ("revision", pa.int64()),
    ("action", pa.string()), ("published_at", _MOMENT), ("received_at", _MOMENT), ("headline", pa.string()),
    ("body", pa.string()), ("language", pa.string()), ("url", pa.string()), ("publisher", pa.string()),
    ("people", _TAGS), ("organisations", _TAGS), ("instruments", _TAGS), ("topics", _TAGS), ("embargo_until", _MOMENT),
    ("content_hash", pa.string()), ("trace_id", pa.string()), ("raw", pa.binary()), *_SOURCE,
]  # fmt: skip
# `kind` is enriched or retraction; a retraction has one row for each client whose alerts it leaves standing.
ALERTS = [
    ("received_date", pa.date32()), ("client_token", pa.string()), ("kind", pa.string()), ("severity", pa.string()),
    ("topic", pa.string()), ("relevance", pa.float64()), ("score", pa.float64()), ("resolver", pa.string()),
    ("record", pa.binary()), *_SOURCE,
]  # fmt: skip
DECISIONS = [
    ("received_date", pa.date32()), ("client_token", pa.string()), ("decision", pa.string()),
    ("identity", pa.float64()), ("aboutness", pa.float64()), ("relevance", pa.float64()), ("resolver", pa.string()),
    ("decided_at", _MOMENT), ("record", pa.binary()), *_SOURCE,
]  # fmt: skip

WARM_TABLES = (
    LakeTable("silver.news_articles", NEWS_ARTICLES, "received_date", silver_bucket, "news-articles"),
    LakeTable("silver.alerts", ALERTS, "received_date", silver_bucket, "alerts"),
    LakeTable("silver.decisions", DECISIONS, "received_date", silver_bucket, "decisions"),
)
