"""The embedded stack: it starts, keeps what it was given through a kill -9, and listens on the loopback only."""

from __future__ import annotations

import psutil

from clients.kafka import Consumer, Producer
from clients.postgres import connect
from clients.redis import connect as connect_redis
from core.settings import Settings
from core.topics import RAW_NEWS_RETRY
from ops.stack.group import ProcessGroup


def test_a_killed_database_comes_back_with_its_rows(postgres: Settings, stack: ProcessGroup) -> None:
    with connect(postgres) as session:
        session.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        session.execute("INSERT INTO kept VALUES (7)")
    stack.kill("postgres")
    stack.start("postgres")
    stack.wait_ready("postgres")
    with connect(postgres) as session:
        assert [row["n"] for row in session.execute("SELECT n FROM kept")] == [7]
        session.execute("DROP TABLE kept")


def test_the_database_role_is_no_superuser(postgres: Settings) -> None:
    with connect(postgres) as session:
        roles = session.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchall()
    assert roles == [{"rolsuper": False}]


def test_a_killed_redis_comes_back_with_synced_entries(redis_server: Settings, stack: ProcessGroup) -> None:
    client = connect_redis(redis_server)
    client.set("kept", "7")
    # Asked for a rewrite, Redis has the whole data on disk once it finished; otherwise the sync is each second.
    client.bgrewriteaof()
    while client.info("persistence")["aof_rewrite_in_progress"]:
        client.ping()
    stack.kill("redis")
    stack.start("redis")
    stack.wait_ready("redis")
    assert client.get("kept") == b"7"
    client.close()


def test_a_killed_broker_comes_back_with_acknowledged_records(kafka_server: Settings, stack: ProcessGroup) -> None:
    producer = Producer(kafka_server)
    producer.send_and_wait(RAW_NEWS_RETRY, b"kept", key=b"k")
    producer.close()
    stack.kill("kafka")
    stack.start("kafka")
    stack.wait_ready("kafka")
    consumer = Consumer(kafka_server, [RAW_NEWS_RETRY], group="test-stack")
    records = consumer.poll(30)
    consumer.close()
    assert b"kept" in [record.value for record in records]


def test_every_listener_is_on_the_loopback(
    postgres: Settings, redis_server: Settings, kafka_server: Settings, s3_server: Settings, stack: ProcessGroup
) -> None:
    for name, service in stack.services.items():
        process = psutil.Process(stack.pid(name))
        listening = {
            (c.laddr.ip.removeprefix("::ffff:"), c.laddr.port)
            for c in process.net_connections("tcp")
            if c.status == psutil.CONN_LISTEN
        }
        assert ("127.0.0.1", service.port) in listening
        assert {ip for ip, _ in listening} == {"127.0.0.1"}, name
