"""Sending news documents to the real webhook: signed, paced, and again while the intake says to come back later."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.errors import DependencyUnavailable, NotFound
from core.settings import Settings
from ops.news_files import Document
from streaming.intake.signatures import sign
from streaming.sources import load_sources

SEND_WITHIN_S = 60.0
RETRY_WAIT_S = 1.0


@dataclass(slots=True)
class Sender:
    """Posts documents to one webhook source and tries again while the intake says to come back later."""

    settings: Settings
    source: str
    http: httpx.Client

    def send(self, document: Document, message_id: str) -> httpx.Response:
        """Return the final answer to one document; DependencyUnavailable when none came in time."""
        deadline = time.monotonic() + SEND_WITHIN_S
        while True:
            wait_s = RETRY_WAIT_S
            try:
                reply = self._post(document, message_id)
                if reply.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                    return reply
                wait_s = float(reply.headers.get("retry-after", RETRY_WAIT_S))
            except httpx.TransportError as error:
                if time.monotonic() + wait_s > deadline:
                    raise DependencyUnavailable(
                        f"the intake at {self.settings.intake_url} does not answer: is `tipline up` running?"
                    ) from error
            if time.monotonic() + wait_s > deadline:
                raise DependencyUnavailable("the intake is not ready: see `tipline status`")
            time.sleep(wait_s)

    def _post(self, document: Document, message_id: str) -> httpx.Response:
        signed = sign(load_sources(self.settings).webhook(self.source), message_id, document.body, now_s=time.time())
        return self.http.post(
            f"{self.settings.intake_url}/hooks/news/{self.source}",
            content=document.body,
            headers={**signed, "content-type": document.content_type},
        )


@dataclass(slots=True)
class Tally:
    """What became of all documents, and one line for each that was refused."""

    documents: int = 0
    accepted: int = 0
    duplicates: int = 0
    ignored: int = 0
    rejected: int = 0
    refusals: list[str] = field(default_factory=list)

    def count(self, document: Document, reply: httpx.Response) -> None:
        """Add one answer."""
        self.documents += 1
        answer: dict[str, Any] = reply.json()
        if "accepted" not in answer:
            self._refuse(f"{document.name}: {reply.status_code} {answer.get('code')}: {answer.get('detail')}")
            return
        self.accepted += len(answer["accepted"])
        self.duplicates += answer["duplicates"]
        self.ignored += answer["ignored"]
        for refused in answer["rejected"]:
            self._refuse(f"{document.name} {refused['position']}: {refused['code']}: {refused['detail']}")

    def _refuse(self, line: str) -> None:
        self.rejected += 1
        self.refusals.append(line)


def paced(found: Sequence[Document], rate: float) -> Iterator[Document]:
    """Yield documents at a rate counted from the start, so that a slow answer does not slow the rest down."""
    began = time.monotonic()
    for number, document in enumerate(found):
        wait_s = began + number / rate - time.monotonic() if rate else 0.0
        if wait_s > 0:
            time.sleep(wait_s)
        yield document


def source_of(settings: Settings, provider: str) -> str:
    """Return the webhook source of a provider; NotFound when there is none."""
    for name, webhook in load_sources(settings).webhooks.items():
        if webhook.provider == provider:
            return name
    raise NotFound(f"{settings.sources_file} has no webhook of provider {provider!r}")
