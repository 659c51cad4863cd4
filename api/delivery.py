"""Delivers an RM's feed to one socket, by a task that lives only while there is something to deliver.

`_cursor` is the number last sent. Every fetch asks for what follows it, so nothing is missed or doubled between
catching up and live.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar
from uuid import UUID

from starlette.websockets import WebSocketDisconnect

from api import frames
from api.feed import Frame, Head
from api.policy import still_visible
from api.principal import Principal
from api.services import Services
from clients.postgres import ConnectionLost, DatabaseUnavailable
from core.clock import utc_now
from core.errors import Unauthenticated
from core.logs import get_logger

RETRY_AFTER_S = 0.2
SEND_AT_ONCE = 64

Answer = TypeVar("Answer")

log = get_logger(__name__)


class Line(Protocol):
    """What a delivery needs of its socket; saying something raises WebSocketDisconnect once the socket ends."""

    principal: Principal

    async def say(self, text: str) -> None:
        """Send one frame."""

    def end(self, code: int, reason: str) -> None:
        """Close the socket soon."""


class Delivery:
    """How far one socket has got in its RM's feed."""

    def __init__(self, line: Line, services: Services) -> None:
        self._line = line
        self._services = services
        self._head = Head(0, "")
        self._subscription = 0
        self._cursor: int | None = None
        self._target = 0
        self._task: asyncio.Task[None] | None = None
        # Whoever wakes it, it acts for the person whose socket this is.
        self._context = contextvars.copy_context()

    @property
    def under_way(self) -> bool:
        """Say whether something is being delivered now."""
        return self._task is not None

    @property
    def sent_through(self) -> int:
        """The number last sent."""
        return self._cursor or 0

    def wake(self, seq: int) -> None:
        """Hear that the feed has come to `seq`."""
        self._target = max(self._target, seq)
        if self._task is None and self._is_behind():
            self._task = asyncio.create_task(self._run(), context=self._context)

    async def stop(self) -> None:
        """Stop delivering."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def read_head(self) -> Head:
        """Return where the feed stands now."""
        self._head = await patiently(lambda: self._services.hub.feed.head(self._line.principal.rm_id))
        return self._head

    async def subscribe(self, asked: frames.Subscribe) -> None:
        """Deliver what follows the number that the page has, and say so when the feed does not continue from it."""
        head = await self.read_head()
        # From here on, whatever an earlier subscription fetched is not sent.
        self._subscription += 1
        last = head.seq if asked.last_seq is None else asked.last_seq
        self._cursor = min(last, head.seq)
        if asked.epoch not in (None, head.epoch):
            await self._say_resync("epoch-changed")
        elif last > head.seq:
            await self._say_resync("ahead-of-feed")
        self.wake(head.seq)

    def _is_behind(self) -> bool:
        return self._cursor is not None and self._cursor < self._target

    async def _run(self) -> None:
        try:
            while self._cursor is not None and self._is_behind():
                await self._deliver_after(self._cursor)
        except Unauthenticated as error:
            self._line.end(frames.SESSION_ENDED, error.message)
        except WebSocketDisconnect:
            pass  # the task that reads hears of it too
        except Exception:
            log.exception("delivery_failed", rm_id=self._line.principal.rm_id)
            self._line.end(frames.FAILED, "something went wrong here")
        finally:
            self._task = None

    async def _deliver_after(self, cursor: int) -> None:
        """Send the next frames, and say so when the feed does not continue from the cursor."""
        subscription, target, feed = self._subscription, self._target, self._services.hub.feed
        rm_id, limit = self._line.principal.rm_id, self._services.settings.ws_queue_frames
        batch = await patiently(lambda: feed.after(rm_id, self._head.epoch, cursor, limit))
        if subscription != self._subscription:
            return
        if batch.head is not None:
            if target == self._target:
                self._target = batch.head.seq
            await self._follow(batch.head, cursor)
        first = batch.frames[0].seq if batch.frames else self._head.seq + 1
        if first > cursor + 1 and subscription == self._subscription:
            self._cursor = first - 1
            await self._say_resync("trimmed")
        await self._send(batch.frames, subscription)

    async def _send(self, batch: list[Frame], subscription: int) -> None:
        """Send frames in order, as long as the subscription is the one that they were fetched for."""
        counted = self._services.metrics.frames
        for start in range(0, len(batch), SEND_AT_ONCE):
            some = batch[start : start + SEND_AT_ONCE]
            visible = await self._visible(some)
            await self._record([frame for frame in some if frame.alert_id in visible])
            for frame in some:
                if subscription != self._subscription:
                    return
                self._cursor = frame.seq
                await self._line.say(_render(frame, visible))
                counted.labels("sent" if frame.alert_id in visible else "withheld").inc()

    async def _follow(self, head: Head, cursor: int) -> None:
        """Take over where PostgreSQL says the feed stands; one that went back cannot be followed."""
        rebuilt, self._head = head.epoch != self._head.epoch, head
        if rebuilt or head.seq < cursor:
            await self._say_resync("epoch-changed")
        if head.seq < cursor:
            self._line.end(frames.RESYNC, "the feed begins anew")

    async def _visible(self, batch: list[Frame]) -> set[UUID]:
        async def check() -> set[UUID]:
            async with self._services.pool.connection() as session:
                return await still_visible(session, self._line.principal, [frame.alert_id for frame in batch])

        return await patiently(check)

    async def _record(self, shown: list[Frame]) -> None:
        """Record whose alerts the page is about to get; a change of state tells nothing new about a client."""
        alerts = {str(frame.alert_id): frame.client_id for frame in shown if frame.client_id}
        if alerts:
            pushes, principal = self._services.pushes, self._line.principal
            clients, detail = alerts.values(), {"alerts": list(alerts)}
            await patiently(lambda: pushes.record(principal, "alert.pushed", clients=clients, detail=detail))

    async def _say_resync(self, reason: str) -> None:
        resync = {"reason": reason, "head_seq": self._head.seq, "epoch": self._head.epoch}
        await self._line.say(frames.Resync.model_validate(resync).model_dump_json())


async def patiently(read: Callable[[], Awaitable[Answer]]) -> Answer:
    """Repeat a read until PostgreSQL answers: a socket outlives its restart."""
    while True:
        try:
            return await read()
        except (DatabaseUnavailable, ConnectionLost):
            await asyncio.sleep(RETRY_AFTER_S)


def _render(frame: Frame, visible: set[UUID]) -> str:
    text = frame.text if frame.alert_id in visible else '{"type":"entitlements.changed"}'
    return frames.stamped(text, frame.seq, utc_now())
