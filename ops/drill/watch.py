"""One RM's live stream, kept up the way the page keeps it: resumed after each cut, everything shown written down."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from core.settings import Settings

SUBPROTOCOL = Subprotocol("alerts.v1+json")
RECONNECT_S = 0.2
RECEIVE_S = 0.5
HTTP_TIMEOUT_S = 10.0
NOT_REACHED = (OSError, TimeoutError, WebSocketException, httpx.HTTPError)


@dataclass(slots=True)
class Shown:
    """What an RM was shown: when each article first stood behind an alert of a client, and what must not be."""

    articles: dict[tuple[str, str], float] = field(default_factory=dict)
    alert_of: dict[tuple[str, str], str] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    frames: int = 0
    resyncs: int = 0
    cuts: int = 0
    faults: list[str] = field(default_factory=list)

    def alert(self, alert: dict[str, Any], at: float, *, by_frame: bool) -> None:
        """Write down an alert as it came by a frame, or as a list read anew holds it."""
        alert_id, revision = alert["alert_id"], alert["revision"]
        known = self.revisions.get(alert_id, 0)
        if by_frame and revision <= known:
            self.faults.append(f"alert {alert_id} revision {revision} after {known}")
        self.revisions[alert_id] = max(known, revision)
        for source in alert["sources"]:
            shown = source["article_id"], alert["client"]["id"]
            if self.alert_of.setdefault(shown, alert_id) != alert_id:
                self.faults.append(f"article {shown[0]} is in two alerts of {shown[1]}")
            self.articles.setdefault(shown, at)


class Watch:
    """A thread that follows the stream of one RM; use it as a context manager, and read `shown` at any time."""

    def __init__(self, settings: Settings, rm_id: str, password: str) -> None:
        self._settings = settings
        self._credentials = {"rm_id": rm_id, "password": password}
        self._last_seq: int | None = None
        self._epoch: str | None = None
        self._superseded_through = 0
        self._stop = threading.Event()
        self._live = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"watch-{rm_id}", daemon=True)
        self.shown = Shown()

    def __enter__(self) -> Watch:
        """Start and return once the stream is live."""
        self._thread.start()
        if not self._live.wait(30):
            self._stop.set()
            raise TimeoutError("the stream did not become live")
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop following."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                with httpx.Client(base_url=self._settings.api_url, timeout=HTTP_TIMEOUT_S, trust_env=False) as http:
                    self._log_in(http)
                    self._follow(http)
            except NOT_REACHED:
                self.shown.cuts += 1
            self._stop.wait(RECONNECT_S)

    def _log_in(self, http: httpx.Client) -> None:
        reply = http.post("/api/v1/token", json=self._credentials).raise_for_status()
        http.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"

    def _follow(self, http: httpx.Client) -> None:
        with connect(
            self._settings.api_url.replace("http", "ws", 1) + "/api/v1/stream",
            subprotocols=[SUBPROTOCOL],
            additional_headers={"Authorization": http.headers["Authorization"]},
            max_size=None,
            proxy=None,
        ) as socket:
            while not self._stop.is_set():
                try:
                    frame = json.loads(socket.recv(timeout=RECEIVE_S))
                except TimeoutError:
                    continue
                self._take(frame, socket, http)

    def _take(self, frame: dict[str, Any], socket: ClientConnection, http: httpx.Client) -> None:
        kind = frame["type"]
        if kind == "hello":
            if self._last_seq is None:
                self._read_list(http)
            self._subscribe(socket)
        elif kind in ("resync", "entitlements.changed"):
            self.shown.resyncs += 1
            self._read_list(http)
            # What the old subscription still had on its way is in the list already, and no page shows it again.
            self._superseded_through = self._last_seq or 0
            self._subscribe(socket)
        elif kind == "ping":
            socket.send(json.dumps({"type": "pong"}))
        elif "seq" in frame and frame["seq"] > self._superseded_through:
            self._superseded_through = 0
            self._count(frame["seq"])
            socket.send(json.dumps({"type": "ack", "seq": frame["seq"]}))
            if "alert" in frame:
                self.shown.alert(frame["alert"], time.monotonic(), by_frame=True)

    def _count(self, seq: int) -> None:
        if self._last_seq is not None and seq != self._last_seq + 1:
            self.shown.faults.append(f"frame {seq} after {self._last_seq}")
        self._last_seq = seq
        self.shown.frames += 1

    def _subscribe(self, socket: ClientConnection) -> None:
        place = {"last_seq": self._last_seq, "epoch": self._epoch}
        socket.send(json.dumps({"type": "subscribe", "topics": ["alerts"], **place}))
        self._live.set()

    def _read_list(self, http: httpx.Client) -> None:
        """Read all pages; the feed goes on from where the first one stood, so that later pages only repeat it."""
        cursor: str | None = None
        first: dict[str, Any] | None = None
        while first is None or cursor is not None:
            query = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
            page = http.get("/api/v1/alerts", params=query).raise_for_status().json()
            first, cursor = first or page, page["next"]
            for alert in page["items"]:
                self.shown.alert(alert, time.monotonic(), by_frame=False)
        self._last_seq, self._epoch = first["head_seq"], first["epoch"]
