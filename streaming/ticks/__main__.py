"""`python -m streaming.ticks`: the configured market feed, or the demo's walk, to the topic `market-ticks`."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Coroutine
from typing import Any

from clients.health import Heartbeat
from clients.postgres import AsyncPool, async_pool
from core.logs import configure_logs
from core.settings import Settings, load_settings
from core.topics import MARKET_TICKS, MARKET_TICKS_DLQ
from streaming.intake.publisher import Publisher
from streaming.ticks import demo
from streaming.ticks.feeds import follow, open_feed
from streaming.ticks.relay import TickRelay

NAME = "ticks"
BEAT_EVERY_S = 2.0


def main() -> None:
    """Run until told to stop."""
    settings = load_settings("ticks")
    configure_logs(NAME, settings.log_level)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    publisher = Publisher(settings, topics=(MARKET_TICKS, MARKET_TICKS_DLQ))
    pool, relay = async_pool(settings, size=1), TickRelay(publisher)
    publisher.start()
    await pool.open(wait=False)
    try:
        async with asyncio.TaskGroup() as group:
            work = (relay.run(), _source(settings, pool, relay), _beat(settings, publisher, relay))
            tasks = [group.create_task(one) for one in work]
            await stop.wait()
            for task in tasks:
                task.cancel()
    finally:
        await publisher.close()
        await pool.close()


def _source(settings: Settings, pool: AsyncPool, relay: TickRelay) -> Coroutine[Any, Any, None]:
    """Return what brings ticks: the feed that is configured, else the demo's walk, else nothing."""
    if settings.market_feed_url:
        return follow(open_feed(settings.market_feed_url, settings), relay.take_line)
    if settings.mode == "demo":
        return demo.walk(pool, relay.take, every_s=settings.market_feed_poll_s)
    return asyncio.sleep(0)


async def _beat(settings: Settings, publisher: Publisher, relay: TickRelay) -> None:
    # A feed that is away makes the process no less ready: starting it again would not bring the feed back.
    heartbeat = Heartbeat(settings, NAME)
    while True:
        counts = {"published": relay.published, "refused": relay.refused, "late": relay.late}
        heartbeat.beat(ready=publisher.ready, **counts)
        await asyncio.sleep(BEAT_EVERY_S)


if __name__ == "__main__":
    main()
