"""The process `ticks` against real feeds and Kafka: lines in, ticks out, bad lines kept, cuts mended."""

from __future__ import annotations

import base64
import json
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from websockets.sync.server import ServerConnection, serve

from clients.kafka import read_all
from clients.postgres import connect
from core.events import DeadLetter
from core.market import MarketTick
from core.settings import Settings, as_environment
from core.topics import MARKET_TICKS, MARKET_TICKS_DLQ
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, heartbeat_probe
from tests.integration.router_process import until

SECRET = "Bearer of the feed"


def line(instrument: str, seq: int) -> str:
    ts = f"2026-01-30T12:00:{seq:02}.000Z"
    return json.dumps({"instrument": instrument, "price": f"{seq}.25", "ccy": "USD", "ts": ts, "seq": seq})


@contextmanager
def ticks_process(settings: Settings, **environment: str) -> Iterator[ProcessGroup]:
    service = Service(
        name="ticks",
        argv=(sys.executable, "-m", "streaming.ticks"),
        env={**as_environment(settings), **environment},
        ready=heartbeat_probe(settings, "ticks"),
    )
    group = ProcessGroup([service], settings.data_dir)
    try:
        group.start_all()
        yield group
    finally:
        group.stop_all()


def published(settings: Settings, instrument: str) -> list[MarketTick]:
    ticks = (MarketTick.model_validate_json(one.value) for one in read_all(settings, MARKET_TICKS))
    return [tick for tick in ticks if tick.instrument == instrument]


def buried(settings: Settings, original: str) -> list[DeadLetter]:
    letters = (DeadLetter.model_validate_json(one.value) for one in read_all(settings, MARKET_TICKS_DLQ))
    return [letter for letter in letters if base64.b64decode(letter.original_base64) == original.encode()]


@contextmanager
def pushing(*scripts: list[str]) -> Iterator[tuple[str, list[Any]]]:
    """Serve a WebSocket that sends one script after the other, and cuts after each but the last."""
    headers: list[Any] = []
    finished = threading.Event()

    def send(socket: ServerConnection) -> None:
        assert socket.request is not None
        headers.append(socket.request.headers.get("Authorization"))
        number = len(headers) - 1
        for message in scripts[min(number, len(scripts) - 1)]:
            socket.send(message)
        if number >= len(scripts) - 1:
            finished.wait(60)

    with serve(send, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}/feed", headers
        finally:
            finished.set()
            server.shutdown()
            thread.join()


@contextmanager
def answering(answers: Callable[[int, str | None], tuple[int, str]]) -> Iterator[str]:
    """Serve HTTP; `answers` says status and body of each request by its number and its If-None-Match."""
    asked = iter(range(1_000_000))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers(next(asked), self.headers["If-None-Match"])
            self.send_response(status)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/ticks"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_pushed_feed_is_followed_across_cuts(postgres: Settings, kafka_server: Settings) -> None:
    name, bad = f"W{uuid.uuid4().hex[:10]}", f'{{"instrument": "{uuid.uuid4()}"}}'
    scripts = [f"{line(name, 1)}\n{line(name, 2)}\n", bad], [line(name, 2), line(name, 1), line(name, 4), bad]
    with pushing(*scripts) as (url, headers):
        environment = {"TIPLINE_MARKET_FEED_URL": url, "TIPLINE_MARKET_FEED_AUTHORIZATION": SECRET}
        with ticks_process(postgres, **environment):
            until(lambda: len(published(postgres, name)) == 3)
            (letter,) = until(lambda: buried(postgres, bad))
    assert [(tick.seq, tick.price) for tick in published(postgres, name)] == [
        (1, Decimal("1.25")), (2, Decimal("2.25")), (4, Decimal("4.25")),
    ]  # fmt: skip
    assert (letter.stage, letter.topic, letter.code) == ("ticks", MARKET_TICKS, "bad_tick")
    assert headers == [SECRET, SECRET]
    assert SECRET not in (postgres.data_dir / "logs" / "ticks.log").read_text()


def test_a_polled_feed_is_read_again_only_when_it_changed_and_after_errors(
    postgres: Settings, kafka_server: Settings
) -> None:
    name = f"H{uuid.uuid4().hex[:10]}"
    conditions: list[str | None] = []

    def answers(number: int, condition: str | None) -> tuple[int, str]:
        conditions.append(condition)
        scripted = [(200, line(name, 1)), (304, ""), (500, "down"), (200, f"{line(name, 1)}\n{line(name, 2)}")]
        return scripted[number] if number < len(scripted) else (304, "")

    with (
        answering(answers) as url,
        ticks_process(postgres, TIPLINE_MARKET_FEED_URL=url, TIPLINE_MARKET_FEED_POLL_S="0.05"),
    ):
        until(lambda: len(published(postgres, name)) == 2)
        until(lambda: len(conditions) > 5)
    assert [tick.seq for tick in published(postgres, name)] == [1, 2]
    # After an error the feed is opened afresh.
    assert conditions[:5] == [None, '"one"', '"one"', None, '"one"']


def test_the_demo_walks_around_the_references_of_the_market_list(postgres: Settings, kafka_server: Settings) -> None:
    name = f"D{uuid.uuid4().hex[:10]}"
    with connect(postgres) as session:
        session.execute("INSERT INTO market_list VALUES (%s, 'Demo', 'CHF', 100)", (name,))
    with ticks_process(postgres, TIPLINE_MARKET_FEED_POLL_S="0.02"):
        ticks = until(lambda: found if len(found := published(postgres, name)) >= 3 else None)
    assert ticks is not None
    assert {tick.ccy for tick in ticks} == {"CHF"}
    assert [tick.seq - ticks[0].seq for tick in ticks] == list(range(len(ticks)))
    assert all(95 < tick.price < 105 for tick in ticks)
