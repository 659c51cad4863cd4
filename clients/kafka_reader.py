"""Kafka for a reader that keeps its offsets itself, beside what it made of the records; no group, nothing committed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from clients.kafka import MAX_RECORD_BYTES, RECONNECT_BACKOFF_MAX_MS, Record, as_record, connected
from core.errors import DependencyUnavailable
from core.settings import Settings

# What one fetch may bring into memory before its owner has seen any of it.
FETCH_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Gap:
    """Records of a partition that the broker no longer has: reading goes on at `resumed_at`."""

    partition: int
    wanted: int
    resumed_at: int


class TopicReader:
    """Reads every partition of some topics; each method may raise DependencyUnavailable."""

    def __init__(self, settings: Settings, topics: Iterable[str]) -> None:
        self._ids = _topic_ids(settings, list(topics))
        self._consumer = connected(
            KafkaConsumer,
            settings,
            reconnect_backoff_max_ms=RECONNECT_BACKOFF_MAX_MS,
            group_id=None,
            enable_auto_commit=False,
            # An offset that has expired must be noticed, not skipped.
            auto_offset_reset="none",
            fetch_max_wait_ms=500,
            fetch_max_bytes=FETCH_BYTES,
            max_partition_fetch_bytes=MAX_RECORD_BYTES,
        )
        try:
            self._consumer.assign([each for topic in self._ids for each in self._partitions(topic)])
        except KafkaError as error:
            self.close()
            raise DependencyUnavailable(f"Kafka does not answer: {error}", code="kafka_unavailable") from error

    def topic_id(self, topic: str) -> str:
        """Return the id that the broker gave the topic when it was made; one made anew has another."""
        return self._ids[topic]

    def grown(self) -> bool:
        """Say whether a topic has partitions that this reader does not read."""
        known = self._consumer.assignment()
        return any(each not in known for topic in self._ids for each in self._partitions(topic))

    def seek(self, topic: str, offsets: Mapping[int, int]) -> list[Gap]:
        """Read on from these offsets, elsewhere from the first record; return what is missing in between."""
        gaps = []
        try:
            begins = self._consumer.beginning_offsets(self._partitions(topic))
            for place, first in begins.items():
                wanted = offsets.get(place.partition, 0)
                self._consumer.seek(place, max(wanted, first))
                if wanted < first:
                    gaps.append(Gap(place.partition, wanted, first))
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka tells no offsets: {error}", code="kafka_unavailable") from error
        return gaps

    def offsets_since(self, topic: str, moment: datetime) -> dict[int, int]:
        """Return the offset of each partition's first record from a moment on, or of its end."""
        places, at_ms = self._partitions(topic), int(moment.timestamp() * 1000)
        try:
            ends = self._consumer.end_offsets(places)
            found = self._consumer.offsets_for_times(dict.fromkeys(places, at_ms))
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka tells no offsets: {error}", code="kafka_unavailable") from error
        return {each.partition: ends[each] if found[each] is None else found[each].offset for each in places}

    def poll(self, timeout_s: float, *, limit: int = 500) -> list[Record]:
        """Return up to `limit` records in partition order, or an empty list after `timeout_s`."""
        try:
            polled = self._consumer.poll(timeout_ms=int(timeout_s * 1000), max_records=limit)
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka gave no records: {error}", code="kafka_unavailable") from error
        return [as_record(raw) for records in polled.values() for raw in records]

    def lag(self) -> int:
        """Return how many records are not yet polled, as of the last fetch."""
        behind = 0
        for place in self._consumer.assignment():
            end, position = self._consumer.highwater(place), self._consumer.position(place, timeout_ms=0)
            behind += max(0, end - position) if end is not None and position is not None else 0
        return behind

    def close(self) -> None:
        """Disconnect."""
        self._consumer.close(autocommit=False)

    def _partitions(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for number in sorted(self._consumer.partitions_for_topic(topic) or ())]


def _topic_ids(settings: Settings, topics: list[str]) -> dict[str, str]:
    admin = connected(KafkaAdminClient, settings)
    try:
        ids = {topic["name"]: str(topic["topic_id"]) for topic in admin.describe_topics(topics) if topic["partitions"]}
    except KafkaError as error:
        raise DependencyUnavailable(f"Kafka does not answer: {error}", code="kafka_unavailable") from error
    finally:
        admin.close()
    if missing := sorted(set(topics) - ids.keys()):
        raise DependencyUnavailable(f"Kafka has no topic {', '.join(missing)} yet", code="kafka_unavailable")
    return ids
