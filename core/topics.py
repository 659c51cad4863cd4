"""Kafka topics: names, partitions and retention, the one table that producers, consumers and set-up read."""

from __future__ import annotations

from dataclasses import dataclass

HOT_RETENTION_S = 7 * 24 * 3600
DEAD_LETTER_RETENTION_S = 30 * 24 * 3600

RAW_NEWS = "raw-news-events"
RAW_NEWS_RETRY = "raw-news-events.retry"
RAW_NEWS_DLQ = "raw-news-events.dlq"
ENRICHED_ALERTS = "enriched-alerts"
ENRICHED_ALERTS_DLQ = "enriched-alerts.dlq"
REVIEW_CANDIDATES = "review-candidates"
RESOLVER_DECISIONS = "resolver-decisions"
ALERT_STATE_CHANGES = "alert-state-changes"
MARKET_TICKS = "market-ticks"
MARKET_TICKS_DLQ = "market-ticks.dlq"

# Topics that hold what providers sent; the others hold what was made of it.
SOURCES = frozenset({RAW_NEWS, RAW_NEWS_RETRY})


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic's name, its number of partitions, and how long it keeps records, in seconds."""

    name: str
    partitions: int
    retention_s: int = HOT_RETENTION_S


TOPICS: tuple[Topic, ...] = (
    # Real-time mode holds one Spark task slot per partition of the source, and the calls are serial within one.
    Topic(RAW_NEWS, partitions=4),
    Topic(RAW_NEWS_RETRY, partitions=1),
    Topic(RAW_NEWS_DLQ, partitions=1, retention_s=DEAD_LETTER_RETENTION_S),
    Topic(ENRICHED_ALERTS, partitions=4),
    Topic(ENRICHED_ALERTS_DLQ, partitions=1, retention_s=DEAD_LETTER_RETENTION_S),
    Topic(REVIEW_CANDIDATES, partitions=1),
    Topic(RESOLVER_DECISIONS, partitions=1),
    Topic(ALERT_STATE_CHANGES, partitions=1),
    Topic(MARKET_TICKS, partitions=1, retention_s=24 * 3600),
    Topic(MARKET_TICKS_DLQ, partitions=1, retention_s=DEAD_LETTER_RETENTION_S),
)
