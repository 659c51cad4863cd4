"""A steady load on the real webhook: each article is sent again, the same message, until it is accepted."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import httpx

from core.errors import DependencyUnavailable
from core.settings import Settings
from ops.drill.articles import article, subject
from ops.news_files import Document
from ops.news_sender import Sender
from ops.secrets import WEBHOOK_SOURCE

SENDERS = 32
TIMEOUT_S = 10.0


@dataclass(slots=True)
class Sent:
    """What was accepted, by article and client, and when (monotonic seconds); what was refused for good."""

    accepted: dict[tuple[str, str], float] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


class Load:
    """Sends `rate` articles a second from threads until it is left; then waits until each has its answer."""

    def __init__(self, settings: Settings, rate: float, *, prefix: str) -> None:
        self._settings = settings
        self._interval_s = 1 / rate
        self._prefix = prefix
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load", daemon=True)
        self.sent = Sent()

    def __enter__(self) -> Load:
        """Start sending."""
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop, and return once every article is accepted or refused."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number, due = 0, time.monotonic()
        # The senders are left first: what they are sending still needs the client.
        with httpx.Client(timeout=TIMEOUT_S, trust_env=False) as http, ThreadPoolExecutor(SENDERS) as senders:
            sender = Sender(self._settings, WEBHOOK_SOURCE, http)
            while not self._stop.wait(max(0.0, due - time.monotonic())):
                senders.submit(self._send, sender, number)
                number, due = number + 1, due + self._interval_s

    def _send(self, sender: Sender, number: int) -> None:
        article_id = f"{self._prefix}-{number}"
        document = Document.of_json(article(article_id, number))
        while True:
            try:
                reply = sender.send(document, article_id)
            except DependencyUnavailable:
                continue
            if reply.status_code == httpx.codes.ACCEPTED:
                self.sent.accepted[article_id, subject(number).client_id] = time.monotonic()
            else:
                self.sent.refused[article_id] = f"status {reply.status_code}"
            return
