"""Our consumer against the real broker."""

from __future__ import annotations

import uuid

from clients.kafka import Consumer, Producer, ensure_topics
from core.settings import Settings
from core.topics import Topic
from tests.integration.router_process import until


def test_a_consumer_that_fell_out_of_its_group_joins_again(kafka_server: Settings) -> None:
    topic = f"rejoin-{uuid.uuid4().hex}"
    ensure_topics(kafka_server, [Topic(topic, partitions=1)])
    producer = Producer(kafka_server)
    consumer = Consumer(kafka_server, [topic], group=topic, rejoin_after_s=0.5)
    producer.send_and_wait(topic, b"before")
    assert [one.value for one in until(lambda: consumer.poll(0.2))] == [b"before"]
    # As a stall may leave the client: in no group, and nobody told.
    consumer._consumer.unsubscribe()
    producer.send_and_wait(topic, b"after")
    assert b"after" in [one.value for one in until(lambda: consumer.poll(0.2))]
    consumer.close()
    producer.close()
