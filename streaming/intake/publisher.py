"""Kafka for an asyncio process: a publish returns once acknowledged, and the connection comes and goes by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

from clients.kafka import Producer
from core.errors import DependencyUnavailable
from core.logs import get_logger
from core.settings import Settings

REQUEST_TIMEOUT_S = 5.0
# The producer gives a record up after twice its request timeout; we hear of it just before this.
ACKNOWLEDGE_WITHIN_S = 2 * REQUEST_TIMEOUT_S + 2
RECONNECT_INITIAL_S, RECONNECT_MAX_S = 0.5, 8.0

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record on its way to Kafka."""

    topic: str
    key: str | None
    value: bytes


class Publisher:
    """Publishes with `acks=all`; a producer that failed is replaced, since an idempotent one may not recover."""

    def __init__(self, settings: Settings, *, topics: Sequence[str]) -> None:
        self._settings = settings
        self._topics = topics
        self._producer: Producer | None = None
        self._connecting: asyncio.Task[None] | None = None
        # Sending may block on metadata or a full buffer, so it stays off the event loop; one thread keeps the order.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka-send")

    @property
    def ready(self) -> bool:
        """Whether Kafka took the last record, or was reached since."""
        return self._producer is not None

    def start(self) -> None:
        """Begin to connect; publishing fails until that succeeded."""
        self._connecting = asyncio.create_task(self._connect(None))

    async def wait_ready(self, within_s: float) -> None:
        """Return once Kafka is reached; DependencyUnavailable when that takes longer."""
        try:
            async with asyncio.timeout(within_s):
                while not self.ready and self._connecting is not None:
                    await asyncio.shield(self._connecting)
        except TimeoutError:
            raise DependencyUnavailable("Kafka does not answer", code="kafka_unavailable") from None

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Send records in order and return once all are acknowledged; DependencyUnavailable when one is not."""
        producer = self._producer
        if producer is None:
            raise DependencyUnavailable("Kafka does not answer", code="kafka_unavailable", retry_after_s=2)
        loop = asyncio.get_running_loop()
        acknowledged = [loop.create_future() for _ in records]
        try:
            async with asyncio.timeout(ACKNOWLEDGE_WITHIN_S):
                await loop.run_in_executor(self._thread, self._send, producer, records, acknowledged, loop)
                errors = [error for error in await asyncio.gather(*acknowledged) if error is not None]
        except (TimeoutError, DependencyUnavailable) as error:
            errors = [error]
        if errors:
            self._replace(producer, errors[0])
            raise DependencyUnavailable("Kafka took no record", code="kafka_unavailable", retry_after_s=2)

    async def close(self) -> None:
        """Stop connecting, flush and close."""
        if self._connecting is not None:
            self._connecting.cancel()
        if self._producer is not None:
            await asyncio.to_thread(self._producer.close)
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _replace(self, failed: Producer, reason: BaseException) -> None:
        if self._producer is not failed:
            return
        log.warning("kafka_lost", reason=type(reason).__name__)
        self._producer = None
        # What is queued behind the failed send is refused, not cancelled: cancelling would end the waiting requests.
        self._thread.shutdown(wait=False)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="kafka-send")
        self._connecting = asyncio.create_task(self._connect(failed))

    def _send(
        self,
        producer: Producer,
        records: Sequence[Outgoing],
        acknowledged: Sequence[asyncio.Future[BaseException | None]],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Queue records (in the sending thread); each future gets None or the error, in the loop."""
        if producer is not self._producer:
            raise DependencyUnavailable("Kafka was lost before this record's turn", code="kafka_unavailable")
        for record, future in zip(records, acknowledged, strict=True):
            key = None if record.key is None else record.key.encode()
            producer.send(record.topic, record.value, key=key, on_done=_Resolve(loop, future))

    async def _connect(self, failed: Producer | None) -> None:
        if failed is not None:
            with suppress(Exception):
                await asyncio.to_thread(failed.close)
        delay_s, told = RECONNECT_INITIAL_S, failed is not None
        while True:
            try:
                self._producer = await asyncio.to_thread(_open, self._settings, self._topics)
                log.info("kafka_connected")
                return
            except Exception as error:
                # Whatever the client raises: were this loop to end, nothing would be accepted until a restart.
                if not told:
                    log.warning("kafka_unavailable", reason=str(error))
                    told = True
            await asyncio.sleep(delay_s)
            delay_s = min(2 * delay_s, RECONNECT_MAX_S)


def _open(settings: Settings, topics: Sequence[str]) -> Producer:
    producer = Producer(settings, request_timeout_s=REQUEST_TIMEOUT_S)
    try:
        for topic in topics:
            producer.know(topic)
    except DependencyUnavailable:
        producer.close()
        raise
    return producer


@dataclass(frozen=True, slots=True)
class _Resolve:
    """Carries an acknowledgement from the producer's thread into the loop."""

    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[BaseException | None]

    def __call__(self, error: BaseException | None) -> None:
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._resolve, error)

    def _resolve(self, error: BaseException | None) -> None:
        if not self.future.done():
            self.future.set_result(error)
