"""`tipline probe` against a real gateway; what lies between webhook and router is played by the test."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from clients.kafka import Producer
from core import topics
from core.errors import DependencyUnavailable
from core.settings import Settings
from ops import probe, probe_trace
from ops.drill.product import free_ports
from ops.stack.group import ProcessGroup
from tests.integration.gateway import PASSWORD, Bank, Person, gateway_service, publishing


class Intake(ThreadingHTTPServer):
    """Accepts every article, and raises the alert as the pipeline would while `answers` is true."""

    def __init__(self, bank: Bank, client_id: str, port: int) -> None:
        self.articles: list[dict[str, Any]] = []
        self.answers = True
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                article = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.articles.append(article)
                if server.answers and article["action"] == "created":
                    bank.alert(client_id)  # somebody else's story first
                    bank.alert(client_id, article_id=article["id"])
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_args: Any) -> None:
                return None

        super().__init__(("127.0.0.1", port), Handler)


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings) -> Iterator[Bank]:
    with publishing(postgres):
        yield Bank(postgres)


@pytest.fixture(scope="module")
def person(bank: Bank) -> Person:
    person = bank.person()
    path = bank.settings.data_dir / "secrets" / "demo_users.json"
    path.write_text(json.dumps({person.rm_id: PASSWORD}))
    return person


@pytest.fixture(scope="module")
def intake(bank: Bank, person: Person) -> Iterator[Intake]:
    server = Intake(bank, person.clients[0], bank.settings.intake_port)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def settings_with_gateway(bank: Bank, intake: Intake) -> Iterator[Settings]:
    (port,) = free_ports(1)
    group = ProcessGroup([gateway_service(bank.settings, "probe-gateway", port)], bank.settings.data_dir)
    group.start_all()
    yield bank.settings.model_copy(update={"api_url": f"http://127.0.0.1:{port}"})
    group.stop_all()


def test_a_probe_returns_its_own_alert_with_every_hop_and_withdraws_the_article(
    settings_with_gateway: Settings, intake: Intake, person: Person
) -> None:
    client_id = person.clients[0]
    result = probe.run(settings_with_gateway, client_id, timeout_s=15).as_json()
    created, removed = intake.articles[-2:]
    assert result["client_id"] == result["alert"]["client"]["id"] == client_id
    assert [one["article_id"] for one in result["alert"]["sources"]] == [created["id"]]
    assert {"sent", "accepted", "received", "pushed", "shown"} <= result["hops"].keys()
    assert 0 < result["total_s"] < 15
    assert created["headline"].startswith("X Y")
    assert (removed["id"], removed["action"]) == (created["id"], "removed")
    assert removed["revision"] > created["revision"]


def test_a_probe_without_its_alert_fails_and_names_the_last_hop(
    settings_with_gateway: Settings, intake: Intake, person: Person, kafka_server: Settings
) -> None:
    intake.answers = False
    with pytest.raises(DependencyUnavailable, match="last hop none"):
        probe.run(settings_with_gateway, person.clients[0], timeout_s=1)
    assert intake.articles[-1]["action"] == "removed"
    intake.answers = True


@pytest.mark.parametrize("topic", [topics.RESOLVER_DECISIONS, topics.RAW_NEWS_DLQ, topics.ENRICHED_ALERTS])
def test_the_last_hop_is_read_from_the_topics(bank: Bank, kafka_server: Settings, topic: str) -> None:
    article_id = f"probe-{uuid.uuid4()}"
    producer = Producer(kafka_server)
    producer.send_and_wait(topic, json.dumps({"article_id": article_id}).encode(), key=article_id.encode())
    producer.close()
    assert probe_trace.last_hop(bank.settings, article_id, "C-1").startswith(topic)
