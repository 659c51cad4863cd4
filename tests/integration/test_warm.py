"""The warm tier on real servers: exactly once through kills, sealed, erasable, and kept small."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaAdminClient, TopicPartition

from batch.lake import Lake
from batch.maintenance import MIN_FILES, ORPHAN_AGE, maintain
from batch.warm.records import RETRY_HEADER, open_record
from batch.warm.sink import OFFSETS, Feed, feeds
from clients.client_keys import UNATTRIBUTED, ClientKeys
from clients.health import forget_heartbeat, read_heartbeat
from clients.iceberg import Table, load_table, open_catalog
from clients.kafka import Producer, connection, ensure_topics, read_all
from clients.kafka_reader import Gap, TopicReader
from clients.postgres import connect
from core.clock import utc_now
from core.errors import BadInput, DependencyUnavailable, NotFound
from core.events import Article, Decision, Versions
from core.sealing import LocalMasterKeys, new_key
from core.settings import Settings, as_environment
from core.topics import ENRICHED_ALERTS, RAW_NEWS, RESOLVER_DECISIONS, Topic
from tests.integration.router_process import ROOT, until
from tests.router_samples import NOW, article, enriched

pytestmark = pytest.mark.usefixtures("kafka_server")
Rows = list[dict[str, Any]]
ARTICLES, ALERTS, DECISIONS = feeds()


@pytest.fixture(scope="module")
def warm(postgres: Settings, s3_server: Settings, kafka_server: Settings) -> Settings:
    return postgres


@contextmanager
def writer(settings: Settings, commit_s: float = 0.05) -> Iterator[subprocess.Popen[bytes]]:
    """Run `python -m batch.warm` until the block ends; SIGTERM unless it was killed before."""
    forget_heartbeat(settings, "warm")
    environment = {**as_environment(settings), "TIPLINE_WARM_COMMIT_S": str(commit_s), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen([sys.executable, "-m", "batch.warm"], env=environment, cwd=ROOT)
    try:
        until(lambda: read_heartbeat(settings, "warm"))
        yield process
    finally:
        process.terminate()
        process.wait(30)


def publish(settings: Settings, topic: str, records: list[tuple[bytes, bytes]], **headers: bytes) -> None:
    producer = Producer(settings)
    for key, value in records:
        producer.send(topic, value, key=key, headers=headers, on_done=lambda _error: None)
    producer.flush()
    producer.close()


def load(settings: Settings, table: str) -> Table:
    with closing(open_catalog(settings)) as catalog:
        return load_table(catalog, table)


def stored(settings: Settings, table: str) -> Rows:
    rows: Rows = load(settings, table).scan().to_arrow().to_pylist()
    return rows


def ends(settings: Settings, *some: Feed) -> dict[str, Counter[int]]:
    """Return how many records each partition holds now, by the table that they go to."""
    return {
        feed.table.name: Counter(record.partition for record in read_all(settings, feed.topic))
        for feed in some or feeds()
    }


def has_taken(settings: Settings, wanted: dict[str, Counter[int]]) -> bool:
    """Say whether the tables' offsets are these ends."""
    for table, counts in wanted.items():
        reached = json.loads(load(settings, table).properties.get(OFFSETS, '{"offsets": {}}'))["offsets"]
        if any(reached.get(str(partition), 0) < count for partition, count in counts.items()):
            return False
    return True


def await_caught_up(settings: Settings, *some: Feed) -> None:
    """Wait until the tables have what the topics hold now."""
    wanted = ends(settings, *some)
    until(lambda: has_taken(settings, wanted))


def decision(client: str, name: str) -> Decision:
    return Decision(
        article_id=name, revision=1, client_id=client, decision="nil", identity=0.1, aboutness=0.2, relevance=0.02,
        why="another person", versions=Versions(registry="1", resolver="r1"), trace_id=name, decided_at=NOW,
    )  # fmt: skip


def some_records(mark: str, count: int) -> dict[str, list[tuple[bytes, bytes]]]:
    names = [f"{mark}-{number}" for number in range(count)]
    client = f"C-{mark}"
    return {
        RAW_NEWS: [(name.encode(), article(name).to_json()) for name in names] + [(b"bad", b"{" + mark.encode())],
        ENRICHED_ALERTS: [(client.encode(), enriched(client, name).to_json()) for name in names],
        RESOLVER_DECISIONS: [(name.encode(), decision(client, name).to_json()) for name in names],
    }


def sources(settings: Settings, feed: Feed) -> set[tuple[int, int]]:
    """Return where in Kafka the table's rows came from, once it is sure that no row is there twice."""
    # Rows without a place in Kafka are those that other tests wrote.
    rows = [row for row in stored(settings, feed.table.name) if row["kafka_offset"] is not None]
    # A retraction has a row for each client.
    found = Counter((row["kafka_partition"], row["kafka_offset"], row.get("client_token")) for row in rows)
    assert set(found.values()) <= {1}
    return {(partition, offset) for partition, offset, _ in found}


def expected(settings: Settings, feed: Feed) -> set[tuple[int, int]]:
    """Return where in Kafka the records lie that are to be in the table."""
    records = read_all(settings, feed.topic)
    return {(one.partition, one.offset) for one in records if RETRY_HEADER not in one.headers}


def test_kills_at_any_moment_lose_nothing_and_double_nothing(warm: Settings) -> None:
    dice = random.Random(7)  # noqa: S311 - picks moments, guards nothing
    for turn in range(4):
        with writer(warm) as process:
            for topic, records in some_records(f"{uuid4().hex[:8]}{turn}", 40).items():
                publish(warm, topic, records)
            # Commits follow each other without a pause now: most kills hit one.
            with suppress(subprocess.TimeoutExpired):
                process.wait(dice.uniform(0.0, 1.5))
            process.kill()
    with writer(warm):
        await_caught_up(warm)
    for feed in feeds():
        assert sources(warm, feed) == expected(warm, feed), feed.topic


def test_two_writers_at_once_double_nothing(warm: Settings) -> None:
    with writer(warm), writer(warm):
        for topic, records in some_records(uuid4().hex[:8], 60).items():
            publish(warm, topic, records)
        await_caught_up(warm)
    for feed in feeds():
        assert sources(warm, feed) == expected(warm, feed), feed.topic


def test_a_stop_commits_what_was_gathered_and_a_minute_is_one_commit(warm: Settings) -> None:
    def snapshots() -> int:
        return len(load(warm, "silver.news_articles").snapshots())

    with writer(warm, commit_s=600):
        before = snapshots()
        for turn in range(4):
            publish(warm, RAW_NEWS, [(b"k", article(f"{uuid4().hex}-{turn}").to_json())])
        until(lambda: (read_heartbeat(warm, "warm") or {}).get("lag") == 4)
        assert snapshots() == before
    assert snapshots() == before + 1
    assert has_taken(warm, ends(warm))


@pytest.fixture(scope="module")
def running(warm: Settings) -> Iterator[Settings]:
    """A writer that the remaining tests share."""
    with writer(warm):
        yield warm


def client_rows(settings: Settings, token: str, count: int) -> Rows:
    """Return a client's rows of `silver.alerts` once there are that many, until then none."""
    rows = [row for row in stored(settings, "silver.alerts") if row["client_token"] == token]
    return rows if len(rows) == count else []


def test_a_client_is_sealed_and_once_erased_nothing_opens(running: Settings) -> None:
    mark = uuid4().hex[:8]
    client, keys = f"C-{mark}", ClientKeys.from_settings(running)
    token = keys.token(client)
    alerts = [enriched(client, f"{mark}-{number}").to_json() for number in range(3)]
    with connect(running) as session:
        publish(running, ENRICHED_ALERTS, [(client.encode(), value) for value in alerts])
        rows = until(lambda: client_rows(running, token, 3))
        assert mark not in repr(rows)
        key = keys.keys(session, [token])[token]
        assert sorted(open_record("silver.alerts", row, key) for row in rows) == sorted(alerts)

        assert keys.erase(session, token, actor="test")
        assert not keys.erase(session, token, actor="test")
        assert keys.keys(session, [token]) == {token: None}
        publish(running, ENRICHED_ALERTS, [(client.encode(), enriched(client, f"{mark}-late").to_json())])
        after = until(lambda: client_rows(running, token, 4))
    stranger = keys_of(running, UNATTRIBUTED)
    for row in after:
        with pytest.raises(NotFound):
            open_record("silver.alerts", row, None)
        if row["record"] is not None:
            with pytest.raises(BadInput):
                stranger.open("silver.alerts", "record", row["record"])
    assert sum(row["record"] is None for row in after) == 1


def keys_of(settings: Settings, token: str) -> Any:
    with connect(settings) as session:
        return ClientKeys.from_settings(settings).keys(session, [token])[token]


def test_rewrapped_keys_open_under_the_new_master_key_alone(warm: Settings) -> None:
    old, new = (new_key() for _ in range(2))
    with connect(warm) as session, session.transaction(force_rollback=True):
        session.execute("DELETE FROM client_keys")
        before, after = ClientKeys(LocalMasterKeys([old]), b"t"), ClientKeys(LocalMasterKeys([new, old]), b"t")
        tokens = [before.token(f"C-{number}") for number in range(3)]
        made = before.keys(session, tokens)
        before.erase(session, tokens[2], actor="test")
        assert after.rewrap(session) == 2
        assert after.rewrap(session) == 0
        assert ClientKeys(LocalMasterKeys([new]), b"t").keys(session, tokens) == made | {tokens[2]: None}


def test_maintenance_makes_files_few_and_leaves_the_writer_its_offsets(running: Settings, lake: Lake) -> None:
    def decide(name: str) -> None:
        publish(running, RESOLVER_DECISIONS, [(b"k", decision("C-1", name).to_json())])
        await_caught_up(running, DECISIONS)

    for _ in range(MIN_FILES):
        decide(uuid4().hex)
    before = len(load(running, DECISIONS.table.name).inspect.files())
    now = utc_now()
    maintain(lake, DECISIONS.table.name, now, now - ORPHAN_AGE)
    decide(uuid4().hex)
    table = load(running, DECISIONS.table.name)
    assert len(table.inspect.files()) < before
    assert all(snapshot.timestamp_ms >= now.timestamp() * 1000 for snapshot in table.snapshots())
    assert sources(running, DECISIONS) == expected(running, DECISIONS)


def opened(settings: Settings, topic: str) -> TopicReader:
    """Return a reader as soon as the broker tells of the topic."""

    def tried() -> list[TopicReader]:
        try:
            return [TopicReader(settings, [topic])]
        except DependencyUnavailable:
            return []

    (reader,) = until(tried)
    return reader


def test_records_that_expired_unread_are_counted_and_a_topic_made_anew_is_another(kafka_server: Settings) -> None:
    name = f"warm-{uuid4().hex}"
    ensure_topics(kafka_server, [Topic(name, partitions=1)])
    publish(kafka_server, name, [(b"k", str(number).encode()) for number in range(5)])
    with closing(KafkaAdminClient(**connection(kafka_server))) as admin:
        admin.delete_records({TopicPartition(name, 0): 3})
        with closing(opened(kafka_server, name)) as reader:
            first_id = reader.topic_id(name)
            assert reader.seek(name, {0: 1}) == [Gap(0, wanted=1, resumed_at=3)]
            assert [record.value for record in until(lambda: reader.poll(0.5))] == [b"3", b"4"]
            assert reader.seek(name, {0: 4}) == []
            assert [record.value for record in until(lambda: reader.poll(0.5))] == [b"4"]
        admin.delete_topics([name])
        until(lambda: name not in admin.list_topics())
    ensure_topics(kafka_server, [Topic(name, partitions=1)])
    with closing(opened(kafka_server, name)) as reader:
        assert reader.topic_id(name) != first_id


def test_articles_read_back_as_they_were_sent(running: Settings) -> None:
    piece = article(uuid4().hex, people=({"name": "A", "uri": "u"},), body="Zoë\u0000\U0001f600")
    publish(running, RAW_NEWS, [(b"k", piece.to_json())], **{RETRY_HEADER: b"1"})
    publish(running, RAW_NEWS, [(b"k", piece.to_json())])
    await_caught_up(running, ARTICLES)
    (row,) = [row for row in stored(running, "silver.news_articles") if row["article_id"] == piece.article_id]
    assert Article.model_validate(row) == piece
