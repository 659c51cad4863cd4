"""One WebSocket from hello to close: what the page says, the heartbeat, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import math
import secrets
from datetime import datetime

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from api import frames
from api.delivery import Delivery, patiently
from api.policy import watchable
from api.principal import Principal
from api.services import Services
from api.ticks import Peer
from core.events import Event
from core.logs import get_logger

BYE_SPREAD_MS = 2000
# A peer that has let us write nothing for so many heartbeats does not read.
DEAF_AFTER_BEATS = 2
PING = frames.text_frame(frames.Ping().to_json())

log = get_logger(__name__)


class Connection:
    """The server's side of one accepted socket; `peer` is its other end for frames that may wait or be left out.

    The calling task reads; the delivery of the feed has a task of its own while there is something to deliver.
    """

    def __init__(self, websocket: WebSocket, peer: Peer, principal: Principal, services: Services) -> None:
        self.principal = principal
        self._peer = peer
        self._websocket = websocket
        self._services = services
        self._delivery = Delivery(self, services)
        self._closing: asyncio.Task[None] | None = None
        self._heartbeat_s = services.settings.ws_heartbeat_s
        self._beat_at_s = math.inf

    def wake(self, seq: int) -> None:
        """Hear that the feed has come to `seq`."""
        if self._closing is None:
            self._delivery.wake(seq)

    def beat(self, now_s: float, now: datetime) -> None:
        """Send the heartbeat when it is due (`now_s` is the loop's time); end a session that expired, and a deaf peer.

        While the feed is being delivered, the time limit of each frame tells whether the peer reads.
        """
        if self.principal.expires_at <= now:
            self.end(frames.SESSION_ENDED, "the session expired")
        elif now_s >= self._beat_at_s:
            self._beat_at_s = now_s + self._heartbeat_s
            silent_s = now_s - self._peer.taken_at_s
            if self._peer.push(PING) or self._delivery.under_way:
                return
            if silent_s > DEAF_AFTER_BEATS * self._heartbeat_s:
                self._end_slow()

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon; the first reason counts."""
        if self._closing is None:
            self._services.metrics.closed.labels(str(code)).inc()
            self._closing = asyncio.create_task(self._close(code, reason))

    async def say(self, text: str) -> None:
        """Send one frame; a peer that takes nothing for a whole heartbeat is too slow."""
        if self._closing is not None:
            raise WebSocketDisconnect
        try:
            async with asyncio.timeout(self._heartbeat_s):
                await self._websocket.send_text(text)
        except TimeoutError:
            self._end_slow()
            raise WebSocketDisconnect from None

    async def say_bye(self) -> None:
        """Tell the peer that this process ends, and to come back at a time of its own."""
        await self._say(frames.Bye(reconnect_after_ms=secrets.randbelow(BYE_SPREAD_MS)))

    async def run(self) -> None:
        """Serve the socket until either side ends it."""
        try:
            await self._greet()
            while self._closing is None:
                await self._read()
        except WebSocketDisconnect:
            pass  # by the peer, or by `_close`
        finally:
            self._services.ticks.leave(self._peer)
            await self._delivery.stop()
            if self._closing is not None:
                await self._closing

    async def _close(self, code: int, reason: str) -> None:
        await self._delivery.stop()
        with contextlib.suppress(WebSocketDisconnect):
            # This also ends the task that reads: the server tells it that the socket is no more.
            await self._websocket.close(code, reason)

    async def _greet(self) -> None:
        head = await self._delivery.read_head()
        hello = frames.Hello(
            session=secrets.token_hex(8),
            heartbeat_s=self._heartbeat_s,
            head_seq=head.seq,
            epoch=head.epoch,
            resume_window=self._services.settings.feed_retention_s,
        )
        await self._say(hello)
        self._beat_at_s = asyncio.get_running_loop().time() + self._heartbeat_s
        self.wake(head.seq)

    async def _read(self) -> None:
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1005))
        text = message.get("text") or (message.get("bytes") or b"").decode(errors="replace")
        if len(text.encode()) > frames.INBOUND_LIMIT_BYTES:
            return self.end(frames.TOO_BIG, f"a frame may have {frames.INBOUND_LIMIT_BYTES} bytes at most")
        try:
            frame = frames.parse_client_frame.validate_json(text)
        except ValidationError:
            await self._say(frames.ErrorFrame(code="bad_frame", message="this frame is not understood"))
            return self.end(frames.NOT_UNDERSTOOD, "a frame was not understood")
        await self._on_frame(frame)

    async def _on_frame(self, frame: frames.ClientFrame) -> None:
        if isinstance(frame, frames.Subscribe):
            if frames.ALERTS in frame.topics:
                await self._delivery.subscribe(frame)
            if asked := frames.instruments_of(frame.topics):
                await self._watch(asked)
        elif isinstance(frame, frames.Unsubscribe):
            watched = self._services.ticks.unwatch(self._peer, frames.instruments_of(frame.topics))
            await self._say(frames.Subscribed(instruments=watched, refused=()))
        elif isinstance(frame, frames.Ack):
            # A page cannot have seen more than we sent it.
            self._services.hub.confirm(self.principal.rm_id, min(frame.seq, self._delivery.sent_through))
        elif isinstance(frame, frames.Ping):
            await self._say(frames.Pong())

    async def _watch(self, asked: list[str]) -> None:
        async def check() -> set[str]:
            async with self._services.pool.connection() as session:
                return await watchable(session, self.principal, asked)

        allowed = await patiently(check)
        watched = self._services.ticks.watch(self._peer, [each for each in asked if each in allowed])
        refused = tuple(each for each in asked if each not in watched)
        await self._say(frames.Subscribed(instruments=watched, refused=refused))

    async def _say(self, frame: Event) -> None:
        await self.say(frame.model_dump_json())

    def _end_slow(self) -> None:
        log.warning("socket_too_slow", rm_id=self.principal.rm_id)
        self.end(frames.SLOW_CONSUMER, "frames are not read")
