"""Kafka through kafka-python: the one file that imports it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.errors import KafkaError, TopicAlreadyExistsError
from kafka.net.compat import KafkaNetClient

from core.errors import DependencyUnavailable
from core.settings import Settings
from core.topics import SOURCES, Topic

# What comes in; what is made of it may be larger: a dead letter is base64, an enriched article has a summary too.
MAX_SOURCE_BYTES = 2 * 1024 * 1024
MAX_RECORD_BYTES = 2 * MAX_SOURCE_BYTES
# A broker that is back should be found within seconds, not within the client's default of half a minute.
RECONNECT_BACKOFF_MAX_MS = 2000
CLOSE_WITHIN_S = 10
# The client would try for half a minute, during which its owner neither stops nor does anything else.
COMMIT_WITHIN_S = 10
# For a member that there is no partition for, joining again costs nothing.
REJOIN_AFTER_S = 10.0

Vendor = TypeVar("Vendor")


@dataclass(frozen=True, slots=True)
class Record:
    """One record read from Kafka; `timestamp_ms` is the broker's or producer's create time."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes
    headers: Mapping[str, bytes] = field(default_factory=dict)


def connection(settings: Settings) -> dict[str, Any]:
    """Return what every client needs to connect: the brokers, and over SSL whom to trust (else the system's CAs)."""
    return {
        "bootstrap_servers": settings.kafka_bootstrap.split(","),
        "security_protocol": settings.kafka_security,
        "ssl_cafile": str(settings.ca_file) if settings.ca_file is not None else None,
    }


def connected(make: Callable[..., Vendor], settings: Settings, **options: Any) -> Vendor:
    """Return a client of kafka-python that reached the broker; otherwise DependencyUnavailable.

    A constructor that fails leaves its sockets and its thread behind, for as long as the process lives.
    """
    opened: list[KafkaNetClient] = []

    def open_client(**configuration: Any) -> KafkaNetClient:
        opened.append(KafkaNetClient(**configuration))
        return opened[-1]

    try:
        return make(**connection(settings), kafka_client=open_client, **options)
    except KafkaError as error:
        for client in opened:
            client.close()
        raise DependencyUnavailable(f"Kafka does not answer: {error}", code="kafka_unavailable") from error


class Producer:
    """An idempotent producer with `acks=all`; a send counts only once its acknowledgement came."""

    def __init__(self, settings: Settings, *, request_timeout_s: float = 10.0) -> None:
        self._producer = connected(
            KafkaProducer,
            settings,
            reconnect_backoff_max_ms=RECONNECT_BACKOFF_MAX_MS,
            acks="all",
            linger_ms=0,
            max_request_size=MAX_RECORD_BYTES,
            request_timeout_ms=int(request_timeout_s * 1000),
            delivery_timeout_ms=int(request_timeout_s * 2000),
            max_block_ms=int(request_timeout_s * 1000),
            bootstrap_timeout_ms=int(request_timeout_s * 1000),
        )

    def know(self, topic: str) -> None:
        """Fetch a topic's metadata now, so that the first send to it does not wait for it."""
        try:
            self._producer.partitions_for(topic)
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka does not answer: {error}", code="kafka_unavailable") from error

    def send(
        self,
        topic: str,
        value: bytes,
        *,
        key: bytes | None = None,
        headers: Mapping[str, bytes] | None = None,
        on_done: Callable[[BaseException | None], None],
    ) -> None:
        """Queue a record; `on_done` is called from the producer's thread with None or the error."""
        try:
            future = self._producer.send(topic, value=value, key=key, headers=list((headers or {}).items()))
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka took no record: {error}", code="kafka_unavailable") from error
        future.add_callback(lambda _meta: on_done(None))
        future.add_errback(on_done)

    def send_and_wait(
        self, topic: str, value: bytes, *, key: bytes | None = None, headers: Mapping[str, bytes] | None = None
    ) -> None:
        """Send one record and return once every in-sync replica has it; DependencyUnavailable otherwise."""
        try:
            self._producer.send(topic, value=value, key=key, headers=list((headers or {}).items())).get(timeout=30)
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka took no record: {error}", code="kafka_unavailable") from error

    def flush(self) -> None:
        """Wait until every queued record is acknowledged or failed; DependencyUnavailable when that takes too long."""
        try:
            self._producer.flush(timeout=30)
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka acknowledged too late: {error}", code="kafka_unavailable") from error

    def close(self) -> None:
        """Flush and close; records that Kafka does not acknowledge meanwhile have failed."""
        try:
            self._producer.close(timeout=CLOSE_WITHIN_S)
        except KafkaError:
            # It gave up flushing before it stopped its thread, and has no public way to stop it without.
            self._producer._sender.force_close()
            self._producer.close(timeout=CLOSE_WITHIN_S)


class Consumer:
    """A group consumer that commits only when told to, so that a crash repeats rather than loses."""

    def __init__(
        self,
        settings: Settings,
        topics: Iterable[str],
        *,
        group: str,
        from_start: bool = True,
        rejoin_after_s: float = REJOIN_AFTER_S,
    ) -> None:
        self._topics, self._rejoin_after_s, self._settled_at_s = list(topics), rejoin_after_s, monotonic()
        self._consumer = connected(
            KafkaConsumer,
            settings,
            reconnect_backoff_max_ms=RECONNECT_BACKOFF_MAX_MS,
            group_id=group,
            enable_auto_commit=False,
            auto_offset_reset="earliest" if from_start else "latest",
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=MAX_RECORD_BYTES,
            # A killed member's partitions are idle until its session ends: keep that short.
            session_timeout_ms=6000,
            heartbeat_interval_ms=2000,
        )
        try:
            self._consumer.subscribe(self._topics)
            # Joining before the partitions are known means joining again when they are, and a second join that
            # outlasts one poll leaves kafka-python outside the group for good.
            self._consumer.topics()
        except KafkaError as error:
            self.close()
            raise DependencyUnavailable(f"Kafka does not answer: {error}", code="kafka_unavailable") from error

    def poll(self, timeout_s: float, *, limit: int = 500) -> list[Record]:
        """Return up to `limit` records in partition order, or an empty list after `timeout_s`."""
        try:
            self._rejoin_when_left_out()
            polled = self._consumer.poll(timeout_ms=int(timeout_s * 1000), max_records=limit)
        except KafkaError as error:
            raise DependencyUnavailable(f"Kafka gave no records: {error}", code="kafka_unavailable") from error
        return [as_record(raw) for records in polled.values() for raw in records]

    def _rejoin_when_left_out(self) -> None:
        """Join the group anew after long outside of it; no public call of kafka-python tells or mends that.

        Where a join that new metadata asked for outlasts one poll, the client forgets it: it goes on reading what it
        had, without a heartbeat, commits nothing and polls in a tight loop.
        """
        if self._consumer.assignment() and not self._consumer._coordinator.rebalance_in_progress():
            self._settled_at_s = monotonic()
        elif monotonic() - self._settled_at_s > self._rejoin_after_s:
            self._settled_at_s = monotonic()
            self._consumer.unsubscribe()
            self._consumer.subscribe(self._topics)

    def commit(self) -> None:
        """Commit the position after everything `poll` has returned."""
        self._consumer.commit()

    def commit_through(self, records: Iterable[Record]) -> None:
        """Commit just past the given records, leaving later ones to be read again after a restart."""
        from kafka.structs import OffsetAndMetadata

        ends: dict[Any, Any] = {}
        for record in records:
            ends[TopicPartition(record.topic, record.partition)] = OffsetAndMetadata(record.offset + 1, "", -1)
        if ends:
            try:
                self._consumer.commit(ends, timeout_ms=COMMIT_WITHIN_S * 1000)
            except KafkaError as error:
                raise DependencyUnavailable(f"Kafka took no offsets: {error}", code="kafka_unavailable") from error

    def lag(self) -> int:
        """Return how many records of the assigned partitions are not yet polled, as of the last fetch."""
        behind = 0
        for partition in self._consumer.assignment():
            try:
                end, position = self._consumer.highwater(partition), self._consumer.position(partition, timeout_ms=0)
            except KafkaError:  # taken away meanwhile, or not fetched from yet
                continue
            behind += max(0, end - position) if end is not None and position is not None else 0
        return behind

    def close(self) -> None:
        """Leave the group without committing."""
        self._consumer.close(autocommit=False)


def read_all(settings: Settings, topic: str) -> Iterator[Record]:
    """Yield every record that a topic holds now, by partition, and end; no group, nothing committed."""
    consumer = connected(KafkaConsumer, settings, group_id=None, enable_auto_commit=False)
    try:
        for number in sorted(consumer.partitions_for_topic(topic) or ()):
            partition = TopicPartition(topic, number)
            consumer.assign([partition])
            end = consumer.end_offsets([partition])[partition]
            consumer.seek_to_beginning(partition)
            while consumer.position(partition) < end:
                for records in consumer.poll(timeout_ms=1000).values():
                    yield from (as_record(raw) for raw in records if raw.offset < end)
    except KafkaError as error:
        raise DependencyUnavailable(f"Kafka gave no records: {error}", code="kafka_unavailable") from error
    finally:
        consumer.close(autocommit=False)


def as_record(raw: Any) -> Record:
    """Return what kafka-python read, as ours."""
    headers = dict(raw.headers or ())
    return Record(raw.topic, raw.partition, raw.offset, raw.timestamp, raw.key, raw.value or b"", headers)


def ensure_topics(settings: Settings, topics: Iterable[Topic]) -> None:
    """Create the topics that do not exist yet, single replica; safe to call again."""
    admin = connected(KafkaAdminClient, settings)
    try:
        for topic in topics:
            configuration = {
                "retention.ms": str(topic.retention_s * 1000),
                # Only closed segments expire, so a quiet topic must roll its segment to honour its retention.
                "segment.ms": str(3600 * 1000),
                "max.message.bytes": str(MAX_SOURCE_BYTES if topic.name in SOURCES else MAX_RECORD_BYTES),
            }
            try:
                admin.create_topics([NewTopic(topic.name, topic.partitions, 1, topic_configs=configuration)])
            except TopicAlreadyExistsError:
                continue
    finally:
        admin.close()
