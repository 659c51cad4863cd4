"""Reads `market-ticks` in a thread of its own, once for all sockets of the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from threading import Event, Thread

from pydantic import ValidationError

from clients.kafka import Record
from clients.kafka_reader import TopicReader
from core.clock import utc_now
from core.errors import DependencyUnavailable
from core.logs import get_logger
from core.market import MarketTick
from core.settings import Settings
from core.topics import MARKET_TICKS

# A process that starts knows the prices of this last while.
LOOK_BACK = timedelta(minutes=10)
POLL_S = 0.5
POLL_RECORDS = 5000
RECONNECT_S = 5.0
STOP_WITHIN_S = 2.0

Take = Callable[[list[MarketTick]], None]

log = get_logger(__name__)


class TickReader:
    """Hands ticks to `take`, in the event loop; without Kafka there are none, and everything else goes on."""

    def __init__(self, settings: Settings, take: Take) -> None:
        self._settings = settings
        self._take = take
        self._stop = Event()
        self._thread: Thread | None = None
        self._connected: bool | None = None

    def start(self) -> None:
        """Begin to read."""
        loop = asyncio.get_running_loop()
        # A daemon: the client may hold the thread for long while Kafka is away, and the process may end meanwhile.
        self._thread = Thread(target=self._run, args=(loop,), name="tick-reader", daemon=True)
        self._thread.start()

    async def stop(self) -> None:
        """Stop reading, and wait a little for the thread to part from Kafka, if there is one."""
        self._stop.set()
        if self._thread is not None and self._connected:
            await asyncio.to_thread(self._thread.join, STOP_WITHIN_S)

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stop.is_set():
            try:
                with closing(TopicReader(self._settings, [MARKET_TICKS])) as reader:
                    reader.seek(MARKET_TICKS, reader.offsets_since(MARKET_TICKS, _look_back_to()))
                    self._tell(True)
                    self._read(reader, loop)
            except DependencyUnavailable as error:
                self._tell(False, error.message)
                self._stop.wait(RECONNECT_S)

    def _read(self, reader: TopicReader, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stop.is_set():
            ticks = [tick for record in reader.poll(POLL_S, limit=POLL_RECORDS) if (tick := _parse(record)) is not None]
            if ticks and not loop.is_closed():
                loop.call_soon_threadsafe(self._take, ticks)

    def _tell(self, connected: bool, reason: str = "") -> None:
        if connected != self._connected:
            self._connected = connected
            log.info("ticks_found") if connected else log.warning("ticks_lost", reason=reason)


def _look_back_to() -> datetime:
    return utc_now() - LOOK_BACK


def _parse(record: Record) -> MarketTick | None:
    try:
        return MarketTick.model_validate_json(record.value)
    except ValidationError:
        # The feed's process lets none through; the topic has other writers then.
        log.warning("tick_unreadable", partition=record.partition, offset=record.offset)
        return None
