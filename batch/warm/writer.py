"""From Kafka to the warm tables, once each: whatever fails, everything starts over from the offsets in the tables."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Event

from batch.tables import ensure_tables
from batch.warm.sink import Sink, feeds
from batch.warm.tables import WARM_TABLES
from clients.client_keys import ClientKeys
from clients.health import Heartbeat
from clients.iceberg import open_catalog
from clients.kafka_reader import TopicReader
from clients.s3 import Store
from core.errors import Conflict, DependencyUnavailable
from core.logs import get_logger
from core.settings import Settings

NAME = "warm"
POLL_S = 0.5
RECONNECT_S = 2.0
log = get_logger(__name__)


def run(settings: Settings, stop: Event) -> None:
    """Write until told to stop, and commit what was gathered; servers that are away are waited for."""
    heartbeat, keys = Heartbeat(settings, NAME), ClientKeys.from_settings(settings)
    lost = False
    while not stop.is_set():
        try:
            with _opened(settings, keys) as (reader, sinks):
                while not stop.is_set() and not reader.grown():
                    _step(reader, sinks)
                    heartbeat.beat(lag=reader.lag() + sum(sink.waiting for sink in sinks.values()))
                    if lost:
                        log.info("warm_writer_resumed")
                        lost = False
                for sink in sinks.values():
                    _commit(sink)
        except (DependencyUnavailable, Conflict) as error:
            if not lost:
                log.warning("warm_writer_interrupted", code=error.code)
                lost = True
            heartbeat.beat(ready=False, error=error.code)
            stop.wait(RECONNECT_S)


def _step(reader: TopicReader, sinks: dict[str, Sink]) -> None:
    """Gather what has come, and commit what is due; nothing is polled for while a commit takes its time."""
    for record in reader.poll(POLL_S):
        sinks[record.topic].add(record)
    for sink in sinks.values():
        if sink.due:
            _commit(sink)


def _commit(sink: Sink) -> None:
    if rows := sink.commit():
        log.info("warm_rows_committed", table=sink.feed.table.name, rows=rows)


@contextmanager
def _opened(settings: Settings, keys: ClientKeys) -> Iterator[tuple[TopicReader, dict[str, Sink]]]:
    """Yield a reader that stands where the tables end, and a sink for each topic."""
    Store(settings).ensure_bucket(settings.silver_bucket)
    topics = [feed.topic for feed in feeds()]
    with closing(open_catalog(settings)) as catalog, closing(TopicReader(settings, topics)) as reader:
        ensure_tables(settings, catalog, WARM_TABLES)
        sinks = {}
        for feed in feeds():
            sink = Sink(settings, feed, catalog, keys, reader.topic_id(feed.topic))
            if sink.anew:
                log.error("topic_was_made_anew", topic=feed.topic)
            for gap in reader.seek(feed.topic, sink.offsets):
                # Nobody read them within the topic's retention: they are in no tier.
                log.error(
                    "records_expired_unread",
                    topic=feed.topic, partition=gap.partition, offset=gap.wanted, count=gap.resumed_at - gap.wanted,
                )  # fmt: skip
            sinks[feed.topic] = sink
        yield reader, sinks
