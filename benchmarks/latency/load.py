"""Load on a running platform: signed articles about one RM's clients at a fixed rate, and the RM's WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from benchmarks.stories import RM, write_article
from core.clock import parse_rfc3339
from core.settings import Settings
from streaming.intake.signatures import sign
from streaming.sources import load_sources

SOURCE = "demo-wire"
ACCEPTED = 202
HOPS = ("received", "resolved", "summarized", "routed")


@dataclass(slots=True)
class Passage:
    """One article's way; times are seconds of this machine's clock, null where it did not get."""

    article_id: str
    sent_s: float
    accepted_s: float | None = None
    arrived_s: float | None = None
    pushed_s: float | None = None
    hops_s: dict[str, float] = field(default_factory=dict)


class Load:
    """Sends articles and notes when each is accepted and when its frame arrives."""

    def __init__(self, settings: Settings, http: httpx.AsyncClient, socket: ClientConnection) -> None:
        self._settings = settings
        self._chance = random.Random(time.time_ns())  # noqa: S311 - stories, not secrets
        self._http = http
        self._socket = socket
        self._webhook = load_sources(settings).webhook(SOURCE)
        self.passages: dict[str, Passage] = {}

    @property
    def in_flight(self) -> int:
        """How many accepted articles have not arrived."""
        return sum(1 for one in self.passages.values() if one.accepted_s is not None and one.arrived_s is None)

    async def send_at(self, rate_per_s: float, duration_s: float) -> list[Passage]:
        """Send for `duration_s` on a fixed schedule, whatever the answers take, and return these passages."""
        began, sending = time.monotonic(), []
        for number in range(int(rate_per_s * duration_s)):
            await asyncio.sleep(max(0.0, began + number / rate_per_s - time.monotonic()))
            sending.append(asyncio.create_task(self._send()))
        return list(await asyncio.gather(*sending))

    async def drain(self, timeout_s: float) -> None:
        """Wait until everything accepted has arrived, at most `timeout_s`."""
        deadline = time.monotonic() + timeout_s
        while self.in_flight and time.monotonic() < deadline:
            await asyncio.sleep(0.1)

    async def watch(self) -> None:
        """Note arrivals until cancelled; an article arrives with the first frame whose alert names it as a source."""
        async for message in self._socket:
            arrived_s = time.time()
            frame = json.loads(message)
            if frame["type"] == "ping":
                await self._socket.send('{"type":"pong"}')
            for source in frame.get("alert", {}).get("sources", ()):
                passage = self.passages.get(source["article_id"])
                if passage is not None and passage.arrived_s is None:
                    _note(passage, frame, arrived_s)
            if "seq" in frame:
                await self._socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))

    async def _send(self) -> Passage:
        article_id = f"bench-{uuid.uuid4()}"
        body = json.dumps(write_article(article_id, self._chance)).encode()
        headers = sign(self._webhook, article_id, body, now_s=time.time())
        passage = self.passages[article_id] = Passage(article_id, time.time())
        reply = await self._http.post(
            f"{self._settings.intake_url}/hooks/news/{SOURCE}",
            content=body,
            headers={**headers, "content-type": "application/json"},
        )
        if reply.status_code == ACCEPTED:
            passage.accepted_s = time.time()
        return passage


def _note(passage: Passage, frame: dict[str, Any], arrived_s: float) -> None:
    passage.arrived_s = arrived_s
    passage.pushed_s = _seconds(frame["sent_at"])
    times = {hop: _seconds(at) for hop, at in frame["alert"]["times"].items() if at and hop in HOPS}
    # A frame may carry the times of an earlier article of its story: those say nothing about this one.
    if times.get("received", 0.0) >= passage.sent_s - 0.05:
        passage.hops_s = times


def _seconds(rfc3339: str) -> float:
    return parse_rfc3339(rfc3339).timestamp()


@contextlib.asynccontextmanager
async def open_load(settings: Settings) -> AsyncIterator[Load]:
    """Log in as the RM, subscribe from now on, and yield a load whose arrivals are being noted."""
    passwords = json.loads((settings.data_dir / "secrets" / "demo_users.json").read_text())
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(timeout=30, limits=limits) as http:
        credentials = {"rm_id": RM, "password": passwords[RM]}
        reply = await http.post(f"{settings.api_url}/api/v1/token", json=credentials)
        token = reply.raise_for_status().json()["access_token"]
        async with connect(
            f"{settings.api_url.replace('http', 'ws', 1)}/api/v1/stream",
            additional_headers={"Authorization": f"Bearer {token}"},
            subprotocols=[Subprotocol("alerts.v1+json")],
            max_size=None,
        ) as socket:
            await socket.recv()
            await socket.send('{"type":"subscribe","topics":["alerts"],"last_seq":null}')
            load = Load(settings, http, socket)
            watching = asyncio.create_task(load.watch())
            try:
                yield load
            finally:
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
