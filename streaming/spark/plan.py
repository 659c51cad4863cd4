"""The streaming job's plan as one SQL query: Kafka rows in, Kafka rows with their own topic out.

received -> parsed -> requested -> answered (one endpoint call) -> read -> judged -> rows. The same text runs in
real-time mode and as micro-batches. No step may throw: a record that stopped the query would stop all news.
"""

from __future__ import annotations

from core.events import Article
from core.settings import Settings
from core.topics import ENRICHED_ALERTS, RAW_NEWS_DLQ, RAW_NEWS_RETRY, RESOLVER_DECISIONS, REVIEW_CANDIDATES
from streaming.retry_policy import ATTEMPTS, ERROR, FATAL_CODES, FIRST_FAILED_AT, OUTAGE_CODES, RETRY_HEADERS, STRIKES
from streaming.spark.schema import fields_ddl, required_fields

STAGE = "stream"
_NOT_JSON = "_not_json"
_PREDICTIONS = (
    "predictions ARRAY<STRUCT<article_id STRING, candidates ARRAY<STRING>, retraction STRING,"
    " decisions ARRAY<STRING>, error STRUCT<code STRING, message STRING>>>"
)
_TIME = "yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"


def build_plan(settings: Settings, *, source: str, record_limit_bytes: int) -> str:
    """Return the query over view `source` (key, value, headers, topic, partition, offset, timestamp).

    Its columns are topic, key, value and headers, as the Kafka sink takes them.
    """
    return f"""
    WITH parsed AS (
      SELECT *, {_parse_article()} AS article, {_headers()} FROM {source}
    ), requested AS (
      SELECT *, IF({_is_article()}, {_request(settings)}, NULL) AS request FROM parsed
    ), answered AS (
      SELECT *, enrich(request) AS answer FROM requested
    ), read AS (
      SELECT *, get(from_json(answer.reply, '{_PREDICTIONS}').predictions, 0) AS prediction FROM answered
    ), weighed AS (
      SELECT *, transform(prediction.candidates, c -> named_struct(
        'json', c, 'about', from_json(c, 'client_id STRING, relevance DOUBLE'))) AS candidates FROM read
    ), judged AS (
      SELECT *, {_failure_code()} AS code, coalesce(answer.message, prediction.error.message, '') AS message,
        coalesce(first_failed_at, answer.at, date_format(timestamp, "{_TIME}")) AS failed_at,
        coalesce(answer.at, date_format(timestamp, "{_TIME}")) AS now,
        {_results(settings)} AS results FROM weighed
    )
    SELECT inline({_rows(record_limit_bytes)}) FROM judged"""  # noqa: S608 - made of settings and constants, no input


def _parse_article() -> str:
    """Null fields and `_not_json` tell what is wrong; a wrong type in any field makes the whole record malformed."""
    ddl = f"{fields_ddl(Article)}, {_NOT_JSON} STRING"
    text = "CAST(value AS STRING)"
    options = f"map('columnNameOfCorruptRecord', '{_NOT_JSON}', 'allowSingleQuotes', 'false')"
    return f"IF(is_valid_utf8({text}), from_json({text}, '{ddl}', {options}), NULL)"


def _headers() -> str:
    """What an earlier pass left in the headers; the mover wrote them, but anyone could."""

    def header(name: str) -> str:
        return f"CAST(get(filter(headers, h -> h.key = '{name}'), 0).value AS STRING)"

    counts = ", ".join(f"coalesce(CAST({header(name)} AS INT), 0) AS {name}" for name in (ATTEMPTS, STRIKES))
    return f"{counts}, {header(FIRST_FAILED_AT)} AS {FIRST_FAILED_AT}"


def _is_article() -> str:
    present = " AND ".join(f"article.{name} IS NOT NULL" for name in required_fields(Article))
    return f"article.{_NOT_JSON} IS NULL AND {present}"


def _request(settings: Settings) -> str:
    # The article is written anew rather than spliced in as text, so that no record can alter the request around it.
    return (
        f"to_json(named_struct('instances', array(article),"
        f" 'keep_above', CAST({settings.relevance_keep_above} AS DOUBLE),"
        f" 'review_from', CAST({settings.relevance_review_from} AS DOUBLE)))"
    )


def _failure_code() -> str:
    unusable = "exists(candidates, c -> c.about.client_id IS NULL OR c.about.relevance IS NULL)"
    return f"""CASE
        WHEN request IS NULL THEN 'bad_input'
        WHEN answer.code IS NOT NULL THEN answer.code
        WHEN prediction.error IS NOT NULL THEN coalesce(prediction.error.code, 'unknown')
        WHEN prediction.article_id IS NULL OR prediction.candidates IS NULL OR {unusable} THEN 'bad_reply' END"""


def _results(settings: Settings) -> str:
    keep, review = settings.relevance_keep_above, settings.relevance_review_from

    def candidates(topic: str, condition: str) -> str:
        return (
            f"transform(filter(candidates, c -> {condition}), c -> {_row(topic, 'c.about.client_id', 'c.json')})"
        )  # fmt: skip

    article_row = _row(ENRICHED_ALERTS, "article.article_id", "prediction.retraction")
    return f"""concat(
          {candidates(ENRICHED_ALERTS, f"c.about.relevance > {keep}D")},
          {candidates(REVIEW_CANDIDATES, f"c.about.relevance <= {keep}D AND c.about.relevance >= {review}D")},
          filter(array({article_row}), r -> r.value IS NOT NULL),
          transform(coalesce(prediction.decisions, array()),
            d -> {_row(RESOLVER_DECISIONS, "article.article_id", "d")}))"""


def _rows(record_limit_bytes: int) -> str:
    def codes(values: frozenset[str]) -> str:
        return ", ".join(f"'{value}'" for value in sorted(values))

    kept = f"filter(headers, h -> h.key NOT IN ({codes(frozenset(RETRY_HEADERS))}))"
    ours = {
        ATTEMPTS: f"{ATTEMPTS} + 1",
        STRIKES: f"IF(code IN ({codes(OUTAGE_CODES)}), {STRIKES}, {STRIKES} + 1)",
        ERROR: "concat(code, ': ', message)",
        FIRST_FAILED_AT: "failed_at",
    }
    added = ", ".join(
        f"named_struct('key', '{name}', 'value', CAST(CAST({text} AS STRING) AS BINARY))" for name, text in ours.items()
    )
    retry = _row(RAW_NEWS_RETRY, "key", "value", f"concat(coalesce({kept}, array()), array({added}))")
    too_large = f"exists(results, r -> octet_length(r.value) > {record_limit_bytes})"
    return f"""CASE
        WHEN code IN ({codes(FATAL_CODES)}) THEN array({_dead_letter("code")})
        WHEN code IS NOT NULL THEN array({retry})
        WHEN {too_large} THEN array({_dead_letter("'payload_too_large'")})
        ELSE results END"""


def _dead_letter(code: str) -> str:
    # The id comes from where the record lies, so that a repeated batch writes the same letter again.
    place = "concat(topic, '/', partition, '/', offset)"
    dlq_id = f"regexp_replace(md5({place}), '^(.{{8}})(.{{4}})(.{{4}})(.{{4}})(.{{12}})$', '$1-$2-$3-$4-$5')"
    fields = {
        "dlq_id": dlq_id,
        "stage": f"'{STAGE}'",
        "topic": "topic",
        "key": "CAST(key AS STRING)",
        "code": code,
        "message": "IF(request IS NULL, 'not a news.article.v1 record', message)",
        "position": "concat(partition, '/', offset)",
        "content_type": "'application/json'",
        "original_base64": "coalesce(replace(base64(value), '\\r\\n', ''), '')",
        "first_failed_at": "failed_at",
        "last_failed_at": "now",
        ATTEMPTS: f"{ATTEMPTS} + 1",
        "trace_id": "article.trace_id",
    }
    letter = ", ".join(f"'{name}', {text}" for name, text in fields.items())
    return _row(RAW_NEWS_DLQ, "key", f"to_json(named_struct({letter}))")


def _row(
    topic: str, key: str, value: str, headers: str = "CAST(NULL AS ARRAY<STRUCT<key: STRING, value: BINARY>>)"
) -> str:
    return (
        f"named_struct('topic', '{topic}', 'key', CAST({key} AS BINARY), 'value', CAST({value} AS BINARY),"
        f" 'headers', {headers})"
    )  # fmt: skip
