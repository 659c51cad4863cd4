"""Evaluate through the running stack: articles by webhook, the feed by the poller, alerts back by the REST API.

The test book belongs to an RM of its own for the time of the run. Runs are comparable on a fresh data directory only:
an article that was accepted before is not resolved again.
"""

from __future__ import annotations

import secrets
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
from rich.progress import Progress

from clients.http import trusted
from clients.postgres import connect
from core.clock import rfc3339, utc_now
from core.errors import DependencyUnavailable, TiplineError
from core.settings import Settings
from ops.demo.load import load_book, read_book
from ops.evaluate_news import Pair
from ops.news import DEFAULT_SOURCE
from ops.news_files import Document, documents
from ops.news_sender import Sender

MANAGER = "evaluation"
READY_WITHIN_S, SETTLED_AFTER_S, POLL_S = 60.0, 20.0, 2.0
# A client that only this run knows: its alert shows that the whole path works with the new book.
CANARY = {
    "client_id": "EVAL-CANARY",
    "kind": "person",
    "names": [{"name": "Ondrick Falgrave-Ottersby", "type": "legal"}],
    "facts": {"employer": ["Ottersby Signal Works"], "role": ["chairman"]},
    "related": [],
}


def through_the_stack(
    settings: Settings, articles: Path, feed: Path | None, registry: Path
) -> tuple[set[Pair], dict[str, Any]]:
    """Replay and read the alerts back; DependencyUnavailable when the stack does not answer in time."""
    book = [entry | {"rm": MANAGER} for entry in (*read_book(registry), CANARY)]
    with ExitStack() as stack:
        stack.enter_context(_book(settings, book))
        password = _password(settings, book)
        http = stack.enter_context(httpx.Client(timeout=30, verify=trusted(settings)))
        sender = Sender(settings, DEFAULT_SOURCE, http)
        token = {"Authorization": f"Bearer {_token(settings, http, password)}"}
        read = partial(_alerts, settings, http, token)
        _wait_for_canary(sender, read)
        if feed:
            stack.enter_context(_polled(settings, feed))
        began = time.monotonic()
        sent = _send_all(sender, list(documents(articles)))
        found = _settled(read)
        return found, {"articles": sent, "took_s": round(time.monotonic() - began - SETTLED_AFTER_S, 1)}


@contextmanager
def _book(settings: Settings, book: list[dict[str, Any]]) -> Iterator[None]:
    """Take the clients of the book out again at the end, so that they alert nobody."""
    try:
        yield
    finally:
        with connect(settings) as session:
            ids = [entry["client_id"] for entry in book]
            session.execute("UPDATE clients SET active = false WHERE client_id = ANY(%s)", (ids,))


def _password(settings: Settings, book: list[dict[str, Any]]) -> str:
    """Load the book with an RM whose password only this run knows."""
    password = secrets.token_urlsafe(18)
    with connect(settings) as session:
        load_book(session, book, {MANAGER: "Evaluation"}, {MANAGER: password})
    return password


def _token(settings: Settings, http: httpx.Client, password: str) -> str:
    reply = http.post(f"{settings.api_url}/api/v1/token", json={"rm_id": MANAGER, "password": password})
    if not reply.is_success:
        raise TiplineError(f"the API gave no token: {reply.status_code}")
    return str(reply.json()["access_token"])


def _alerts(settings: Settings, http: httpx.Client, token: dict[str, str]) -> set[Pair]:
    """Read all alerts of the RM: one pair for every article that stands behind one."""
    pairs: set[Pair] = set()
    cursor: str | None = None
    while True:
        query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = http.get(f"{settings.api_url}/api/v1/alerts", params=query, headers=token).raise_for_status().json()
        for alert in page["items"]:
            pairs |= {(source["url"] or source["article_id"], alert["client"]["id"]) for source in alert["sources"]}
        cursor = page["next"]
        if cursor is None:
            return {pair for pair in pairs if pair[1] != CANARY["client_id"]} | _canaries(pairs)


def _canaries(pairs: set[Pair]) -> set[Pair]:
    return {pair for pair in pairs if pair[1] == CANARY["client_id"]}


def _wait_for_canary(sender: Sender, read: partial[set[Pair]]) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        mark = f"evaluation-{uuid.uuid4()}"
        article = {
            "id": mark,
            "headline": "Ondrick Falgrave-Ottersby resigns at Ottersby Signal Works",
            "body": "Ondrick Falgrave-Ottersby, chairman of Ottersby Signal Works, resigned on Friday.",
            "published_at": rfc3339(utc_now()),
        }
        sender.send(Document.of_json(article), mark)
        time.sleep(POLL_S)
        if _canaries(read()):
            return
    raise DependencyUnavailable("no alert for the test book came back: see `tipline status`")


def _send_all(sender: Sender, found: list[Document]) -> int:
    with Progress() as progress:
        for document in progress.track(found, description="articles"):
            reply = sender.send(document, f"evaluation-{uuid.uuid4()}")
            if reply.status_code != httpx.codes.ACCEPTED:
                raise TiplineError(f"{document.name} was refused: {reply.status_code} {reply.text}")
    return len(found)


def _settled(read: partial[set[Pair]]) -> set[Pair]:
    """Read until nothing new comes for a while; the canary's own alerts are left out."""
    found, quiet_since = read(), time.monotonic()
    while time.monotonic() - quiet_since < SETTLED_AFTER_S:
        time.sleep(POLL_S)
        now = read()
        if now != found:
            found, quiet_since = now, time.monotonic()
    return found - _canaries(found)


@contextmanager
def _polled(settings: Settings, feed: Path) -> Iterator[None]:
    """Serve a feed file on the loopback and have the poller read it, by its real configuration."""
    handler = partial(_Quiet, directory=str(feed.parent.absolute()))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    before = settings.sources_file.read_text(encoding="utf-8")
    entry = (
        f"\n[feeds.evaluation-{secrets.token_hex(4)}]\n"
        f'url = "http://127.0.0.1:{server.server_port}/{feed.name}"\ninterval_s = 60\n'
        'provider = "evaluation"\nallow_private = true\n'
    )
    settings.sources_file.write_text(before + entry, encoding="utf-8")
    try:
        yield
    finally:
        settings.sources_file.write_text(before, encoding="utf-8")
        server.shutdown()
        server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files without a log line for each request."""

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""
