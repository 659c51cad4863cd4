"""One WebSocket from hello to close.

Five tasks share it: one reads what the page says, one fetches the feed into a bounded queue, one sends from it, one
beats, one waits for the end. `_cursor` is the number last fetched; every fetch asks for what follows it, so nothing is
missed or doubled between catching up and live.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from pydantic import ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from api import frames
from api.feed import Frame, Head
from api.policy import still_visible
from api.principal import Principal
from api.services import Services
from clients.postgres import ConnectionLost, DatabaseUnavailable
from core.clock import utc_now
from core.errors import Unauthenticated
from core.events import Event
from core.logs import get_logger

RETRY_AFTER_S = 0.2
SEND_AT_ONCE = 64
BYE_SPREAD_MS = 2000

Answer = TypeVar("Answer")
Item = Frame | Event

log = get_logger(__name__)


class Connection:
    """The server's side of one accepted socket."""

    def __init__(self, websocket: WebSocket, principal: Principal, services: Services) -> None:
        self.principal = principal
        self._websocket = websocket
        self._services = services
        self._heartbeat_s = services.settings.ws_heartbeat_s
        self._queue: asyncio.Queue[tuple[int, Item]] = asyncio.Queue(services.settings.ws_queue_frames)
        self._sending = asyncio.Lock()
        self._woken = asyncio.Event()
        self._end: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        self._head = Head(0, "")
        self._subscription = 0
        self._cursor: int | None = None
        self._target = 0

    def wake(self, seq: int) -> None:
        """Hear that the feed has come to `seq`."""
        self._target = max(self._target, seq)
        self._woken.set()

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon; the first reason counts."""
        if not self._end.done():
            self._end.set_result((code, reason))

    async def say_bye(self) -> None:
        """Tell the peer that this process ends, and to come back at a time of its own."""
        await self._say(frames.Bye(reconnect_after_ms=secrets.randbelow(BYE_SPREAD_MS)).model_dump_json())

    async def run(self) -> None:
        """Serve the socket until either side ends it."""
        try:
            async with asyncio.TaskGroup() as group:
                work = (self._read(), self._fetch(), self._send(), self._beat())
                tasks = [group.create_task(one) for one in work]
                code, reason = await self._end
                for task in tasks:
                    task.cancel()
        except* WebSocketDisconnect:
            self.end(1005, "the peer left")
        else:
            await self._websocket.close(code, reason)

    async def _read(self) -> None:
        await self._greet()
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                raise WebSocketDisconnect(message.get("code", 1005))
            text = message.get("text") or (message.get("bytes") or b"").decode(errors="replace")
            if len(text.encode()) > frames.INBOUND_LIMIT_BYTES:
                return self.end(frames.TOO_BIG, f"a frame may have {frames.INBOUND_LIMIT_BYTES} bytes at most")
            try:
                frame = frames.parse_client_frame.validate_json(text)
            except ValidationError:
                await self._say(_json(frames.ErrorFrame(code="bad_frame", message="this frame is not understood")))
                return self.end(frames.NOT_UNDERSTOOD, "a frame was not understood")
            await self._on_frame(frame)

    async def _greet(self) -> None:
        head = await self._patiently(lambda: self._services.hub.feed.head(self.principal.rm_id))
        self._head = head
        self.wake(head.seq)
        hello = frames.Hello(
            session=secrets.token_hex(8),
            heartbeat_s=self._heartbeat_s,
            head_seq=head.seq,
            epoch=head.epoch,
            resume_window=self._services.settings.feed_retention_s,
        )
        await self._say(_json(hello))

    async def _on_frame(self, frame: frames.ClientFrame) -> None:
        if isinstance(frame, frames.Subscribe):
            await self._subscribe(frame)
        elif isinstance(frame, frames.Ack):
            # A page cannot have seen more than we fetched for it.
            self._services.hub.confirm(self.principal.rm_id, min(frame.seq, self._cursor or 0))
        elif isinstance(frame, frames.Ping):
            await self._say(_json(frames.Pong()))

    async def _subscribe(self, asked: frames.Subscribe) -> None:
        head = await self._patiently(lambda: self._services.hub.feed.head(self.principal.rm_id))
        self._head = head
        # From here on, whatever an earlier subscription fetched is not sent.
        self._subscription += 1
        last = head.seq if asked.last_seq is None else asked.last_seq
        self._cursor = min(last, head.seq)
        if asked.epoch not in (None, head.epoch):
            await self._put(self._resync("epoch-changed"))
        elif last > head.seq:
            await self._put(self._resync("ahead-of-feed"))
        self.wake(head.seq)

    async def _fetch(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while self._cursor is not None and self._cursor < self._target:
                await self._fetch_after(self._cursor)

    async def _fetch_after(self, cursor: int) -> None:
        """Queue the next frames, and say so when the feed does not continue from the cursor."""
        subscription, target, feed = self._subscription, self._target, self._services.hub.feed
        batch = await self._patiently(lambda: feed.after(self.principal.rm_id, self._head.epoch, cursor))
        if subscription != self._subscription:
            return
        if batch.head is not None:
            if target == self._target:
                self._target = batch.head.seq
            await self._follow(batch.head, cursor)
        first = batch.frames[0].seq if batch.frames else self._head.seq + 1
        if first > cursor + 1:
            await self._put(self._resync("trimmed"))
            self._cursor = first - 1
        for frame in batch.frames:
            await self._put(frame)
            if subscription != self._subscription:
                return
            self._cursor = frame.seq

    async def _follow(self, head: Head, cursor: int) -> None:
        """Take over where PostgreSQL says the feed stands; one that went back cannot be followed."""
        rebuilt, self._head = head.epoch != self._head.epoch, head
        if rebuilt or head.seq < cursor:
            await self._put(self._resync("epoch-changed"))
        if head.seq < cursor:
            self.end(frames.RESYNC, "the feed begins anew")

    def _resync(self, reason: str) -> Event:
        return frames.Resync.model_validate({"reason": reason, "head_seq": self._head.seq, "epoch": self._head.epoch})

    async def _put(self, item: Item) -> None:
        await self._queue.put((self._subscription, item))

    async def _send(self) -> None:
        while True:
            taken = [await self._queue.get()]
            while not self._queue.empty() and len(taken) < SEND_AT_ONCE:
                taken.append(self._queue.get_nowait())
            try:
                visible = await self._visible([item for _, item in taken])
            except Unauthenticated as error:
                return self.end(frames.SESSION_ENDED, error.message)
            await self._record([item for _, item in taken if isinstance(item, Frame) and item.alert_id in visible])
            for subscription, item in taken:
                if subscription == self._subscription:
                    await self._say(_render(item, visible))

    async def _visible(self, items: list[Item]) -> set[UUID]:
        async def check() -> set[UUID]:
            async with self._services.pool.connection() as session:
                about = [item.alert_id for item in items if isinstance(item, Frame)]
                return await still_visible(session, self.principal, about)

        return await self._patiently(check)

    async def _record(self, shown: list[Frame]) -> None:
        """Record whose alerts the page is about to get; a change of state tells nothing new about a client."""
        alerts = {str(frame.alert_id): frame.client_id for frame in shown if frame.client_id}
        if alerts:
            clients, detail = alerts.values(), {"alerts": list(alerts)}
            pushes = self._services.pushes
            await self._patiently(lambda: pushes.record(self.principal, "alert.pushed", clients=clients, detail=detail))

    async def _beat(self) -> None:
        while True:
            left_s = (self.principal.expires_at - utc_now()).total_seconds()
            if left_s <= 0:
                return self.end(frames.SESSION_ENDED, "the session expired")
            await asyncio.sleep(min(self._heartbeat_s, left_s))
            await self._say(_json(frames.Ping()))

    async def _say(self, text: str) -> None:
        """Send one frame; a peer that takes nothing for a whole heartbeat is too slow."""
        try:
            async with asyncio.timeout(self._heartbeat_s), self._sending:
                await self._websocket.send_text(text)
        except TimeoutError:
            log.warning("socket_too_slow", rm_id=self.principal.rm_id)
            self.end(frames.SLOW_CONSUMER, "frames are not read")

    async def _patiently(self, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """Repeat a read until PostgreSQL answers: the socket outlives its restart."""
        while True:
            try:
                return await read()
            except (DatabaseUnavailable, ConnectionLost):
                await asyncio.sleep(RETRY_AFTER_S)


def _render(item: Item, visible: set[UUID]) -> str:
    if isinstance(item, Event):
        return _json(item)
    text = item.text if item.alert_id in visible else '{"type":"entitlements.changed"}'
    return frames.stamped(text, item.seq, utc_now())


def _json(frame: Event) -> str:
    return frame.model_dump_json()
