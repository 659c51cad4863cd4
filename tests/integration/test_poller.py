"""The poller against a real feed server, Kafka and PostgreSQL."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from clients.kafka import read_all
from clients.postgres import connect
from core.settings import Settings
from core.topics import RAW_NEWS, RAW_NEWS_DLQ
from ops.stack.group import ProcessGroup
from ops.stack.service import heartbeat_probe
from tests.integration.intake_process import process

ITEM = (
    "<item><guid>{id}</guid><title>{title}</title><link>https://feed.test/{id}</link>"
    "<pubDate>Tue, 21 Jul 2026 14:30:00 GMT</pubDate></item>"
)


class FeedServer:
    """Serves one feed with an ETag, and remembers what it was asked."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.status = 200
        self.location = ""
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f"<rss><channel><title>Feed</title>{''.join(outer.items)}</channel></rss>".encode()
                etag = f'"{hash(body)}"'
                status = outer.status
                if status == 200 and self.headers["If-None-Match"] == etag:
                    status = 304
                self.send_response(status)
                self.send_header("ETag", etag)
                if outer.location:
                    self.send_header("Location", outer.location)
                self.send_header("Content-Length", str(len(body) if status == 200 else 0))
                self.end_headers()
                if status == 200:
                    self.wfile.write(body)
                outer.answers.append(status)

            def log_message(self, *_args: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/feed.xml"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def feed() -> Iterator[FeedServer]:
    server = FeedServer()
    yield server
    server.close()


@pytest.fixture
def configure(settings: Settings) -> Iterator[Callable[..., None]]:
    """Adds feeds to the sources file; the file is as before when the test ends."""
    before = settings.sources_file.read_text()

    def add(name: str, url: str, *, allow_private: bool = True) -> None:
        settings.sources_file.write_text(
            f'{before}\n[feeds.{name}]\nurl = "{url}"\ninterval_s = 1\nprovider = "{name}"\n'
            f"allow_private = {str(allow_private).lower()}\n"
        )

    yield add
    settings.sources_file.write_text(before)


@pytest.fixture(scope="module")
def poller(postgres: Settings, kafka_server: Settings) -> Iterator[ProcessGroup]:
    group = process(postgres, "streaming.poller", "poller", heartbeat_probe(postgres, "poller"))
    group.start_all()
    yield group
    group.stop_all()


def wait_until(condition: Callable[[], bool], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        threading.Event().wait(0.05)


def published(settings: Settings, provider: str) -> list[tuple[str, str, str]]:
    articles = (json.loads(one.value) for one in read_all(settings, RAW_NEWS))
    return [(one["article_id"], one["headline"], one["action"]) for one in articles if one["provider"] == provider]


def state_of(settings: Settings, source: str) -> dict[str, Any]:
    with connect(settings) as session:
        return session.execute("SELECT * FROM feed_state WHERE source = %s", (source,)).fetchone() or {}


def test_items_go_through_once_and_edits_follow(
    poller: ProcessGroup, settings: Settings, feed: FeedServer, configure: Callable[..., None]
) -> None:
    feed.items = [ITEM.format(id="a", title="First")]
    configure("wire-a", feed.url)
    wait_until(lambda: 304 in feed.answers)
    assert published(settings, "wire-a") == [("wire-a:a", "First", "created")]
    feed.items = [ITEM.format(id="b", title="Second"), ITEM.format(id="a", title="First, corrected")]
    wait_until(lambda: feed.answers[-1] == 304 and len(published(settings, "wire-a")) == 3)
    assert sorted(published(settings, "wire-a")) == [
        ("wire-a:a", "First", "created"),
        ("wire-a:a", "First, corrected", "updated"),
        ("wire-a:b", "Second", "created"),
    ]


def test_a_restart_does_not_read_the_feed_afresh(
    poller: ProcessGroup, settings: Settings, feed: FeedServer, configure: Callable[..., None]
) -> None:
    feed.items = [ITEM.format(id="a", title="Kept")]
    configure("wire-restart", feed.url)
    wait_until(lambda: 304 in feed.answers)
    poller.kill("poller")
    feed.answers.clear()
    poller.start("poller")
    wait_until(lambda: bool(feed.answers))
    assert set(feed.answers) == {304}
    assert len(published(settings, "wire-restart")) == 1


@pytest.mark.parametrize(
    ("allow_private", "location", "code"),
    [(False, "", "private_address"), (True, "http://localhost:1/feed.xml", "foreign_redirect")],
)
def test_it_reads_nothing_but_the_configured_host(
    poller: ProcessGroup,
    settings: Settings,
    feed: FeedServer,
    configure: Callable[..., None],
    allow_private: bool,
    location: str,
    code: str,
) -> None:
    name = f"wire-{code.replace('_', '-')}"
    feed.items, feed.location, feed.status = [ITEM.format(id="a", title="No")], location, 302 if location else 200
    configure(name, feed.url, allow_private=allow_private)
    wait_until(lambda: bool(state_of(settings, name).get("failures")))
    assert state_of(settings, name)["last_error"].startswith(code)
    assert published(settings, name) == []
    assert feed.answers == ([302] if location else [])


def test_failures_back_off_and_a_bad_item_is_one_dead_letter(
    poller: ProcessGroup, settings: Settings, feed: FeedServer, configure: Callable[..., None]
) -> None:
    feed.status = 500
    configure("wire-failing", feed.url)
    wait_until(lambda: state_of(settings, "wire-failing").get("failures", 0) >= 2)
    state = state_of(settings, "wire-failing")
    assert state["last_success_at"] is None
    feed.status = 200
    feed.items = [ITEM.format(id="x" * 600, title="Bad"), ITEM.format(id="good", title="Good")]
    wait_until(lambda: state_of(settings, "wire-failing")["failures"] == 0)
    feed.items.append(ITEM.format(id="later", title="Later"))
    wait_until(lambda: len(published(settings, "wire-failing")) == 2)
    letters = (json.loads(one.value) for one in read_all(settings, RAW_NEWS_DLQ))
    assert [one["code"] for one in letters if one.get("stage") == "poller:wire-failing"] == ["bad_id"]
