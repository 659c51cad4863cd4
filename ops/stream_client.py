"""A client of the WebSocket that stays up: after every cut it comes back with a new ticket and resumes."""

from __future__ import annotations

import json
import random
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from api.frames import MAX_INSTRUMENTS
from core.errors import DependencyUnavailable, Forbidden, Unauthenticated
from streaming.ticks.feeds import backoff_s

SUBPROTOCOL = "alerts.v1+json"
HELLO_WITHIN_S = 10.0
LISTED = 50
REMEMBERED = 20 * LISTED
SESSION_ENDED, FORBIDDEN, RESYNC = 4401, 4403, 4409

Item = dict[str, Any]


class StreamClient:
    """Follows one RM's alerts and some instruments; `log_in` returns the headers of a session, and may be asked again.

    First come the alerts listed, newest last, then every frame of the feed in order; what a list read again after a cut
    repeats is left out.
    """

    def __init__(
        self,
        http: httpx.Client,
        log_in: Callable[[], dict[str, str]],
        instruments: Sequence[str] | None,
        *,
        tls: ssl.SSLContext | None,
    ) -> None:
        self._http = http
        self._log_in = log_in
        self._instruments = instruments
        self._tls = tls
        self._last_seq: int | None = None
        self._epoch: str | None = None
        self._logged_in = False
        self._revisions: OrderedDict[str, int] = OrderedDict()

    def items(self) -> Iterator[Item]:
        """Yield frames for ever, `{"type": "live"}` when the stream is up and `{"type": "cut"}` when it is lost.

        Raises Unauthenticated or Forbidden when coming back cannot help.
        """
        failures = 0
        while True:
            try:
                for item in self._follow():
                    failures = 0
                    yield item
            except (OSError, WebSocketException, httpx.TransportError, DependencyUnavailable) as error:
                yield {"type": "cut", "reason": type(error).__name__}
            time.sleep(backoff_s(failures, random.random()))  # noqa: S311 - spreads load, guards nothing
            failures += 1

    def _follow(self) -> Iterator[Item]:
        ticket = self._ask("POST", "/api/v1/ws-tickets")["ticket"]
        url = str(self._http.base_url).rstrip("/").replace("http", "ws", 1) + "/api/v1/stream"
        protocols = [Subprotocol(SUBPROTOCOL), Subprotocol(f"ticket.{ticket}")]
        with connect(url, subprotocols=protocols, max_size=None, proxy=None, ssl=self._tls) as socket:
            try:
                hello = json.loads(socket.recv(HELLO_WITHIN_S))
                yield from self._start(socket)
                yield {"type": "live"}
                yield from self._frames(socket, silence_s=2 * hello["heartbeat_s"])
            except ConnectionClosed as closed:
                self._judge(closed)
                raise

    def _start(self, socket: ClientConnection) -> Iterator[Item]:
        if self._last_seq is None:
            yield from self._listed()
        _send(socket, type="subscribe", topics=["alerts"], last_seq=self._last_seq, epoch=self._epoch)
        if self._instruments is None:
            listed = self._ask("GET", "/api/v1/market-list")["items"]
            self._instruments = [each["instrument_id"] for each in listed[:MAX_INSTRUMENTS]]
        if self._instruments:
            _send(socket, type="subscribe", topics=[f"tick:{each}" for each in self._instruments])

    def _frames(self, socket: ClientConnection, *, silence_s: float) -> Iterator[Item]:
        while True:
            frame: Item = json.loads(socket.recv(silence_s))
            kind = frame["type"]
            if kind == "ping":
                _send(socket, type="pong")
            elif kind in ("resync", "entitlements.changed"):
                yield from self._listed()
                _send(socket, type="subscribe", topics=["alerts"], last_seq=self._last_seq, epoch=self._epoch)
            elif "seq" not in frame:
                yield frame
            elif frame["seq"] > (self._last_seq or 0):
                if "alert" in frame:
                    self._is_news(frame["alert"])
                yield frame
                self._last_seq = frame["seq"]
                _send(socket, type="ack", seq=frame["seq"])

    def _listed(self) -> Iterator[Item]:
        """Yield the newest alerts as the list has them, oldest first, and go on from where the list stood."""
        page = self._ask("GET", f"/api/v1/alerts?limit={LISTED}")
        for alert in reversed(page["items"]):
            if self._is_news(alert):
                yield {"type": "alert", "alert": alert}
        self._last_seq, self._epoch = page["head_seq"], page["epoch"]

    def _is_news(self, alert: Item) -> bool:
        alert_id, revision = alert["alert_id"], alert["revision"]
        known = self._revisions.pop(alert_id, 0)
        self._revisions[alert_id] = max(known, revision)
        if len(self._revisions) > REMEMBERED:
            self._revisions.popitem(last=False)
        return bool(revision > known)

    def _ask(self, method: str, path: str) -> Item:
        for _ in range(2):
            if not self._logged_in:
                self._http.headers.update(self._log_in())
            reply = self._http.request(method, path, headers={"X-Requested-With": "tipline"})
            self._logged_in = reply.status_code != httpx.codes.UNAUTHORIZED
            if self._logged_in:
                break
        if reply.status_code == httpx.codes.UNAUTHORIZED:
            raise Unauthenticated("the session or the token is not valid any more")
        if reply.status_code == httpx.codes.FORBIDDEN:
            raise Forbidden(str(reply.json().get("detail")))
        if reply.is_error:
            raise DependencyUnavailable(f"{path} answers {reply.status_code}")
        answer: Item = reply.json()
        return answer

    def _judge(self, closed: ConnectionClosed) -> None:
        """Raise when the gateway closed for good; take the list anew when the feed begins anew."""
        code = closed.rcvd.code if closed.rcvd else None
        if code == FORBIDDEN:
            raise Forbidden(closed.rcvd.reason if closed.rcvd else "") from closed
        if code == SESSION_ENDED:
            self._logged_in = False
        elif code == RESYNC:
            self._last_seq = None


def _send(socket: ClientConnection, **frame: Any) -> None:
    socket.send(json.dumps(frame))
