"""The poller process: `python -m streaming.poller`."""

from __future__ import annotations

import asyncio
import logging
import signal

from clients.health import Heartbeat
from clients.postgres import async_pool
from core.logs import configure_logs
from core.settings import Settings, load_settings
from core.topics import RAW_NEWS, RAW_NEWS_DLQ
from streaming.intake.accept import Acceptor
from streaming.intake.ledger import Ledger
from streaming.intake.publisher import Publisher
from streaming.poller.loop import Poller
from streaming.poller.state import FeedStates
from streaming.sources import SourcesFile


def main() -> None:
    """Poll the configured feeds until told to stop; feeds under way are finished first."""
    settings = load_settings("intake")
    configure_logs("poller", settings.log_level)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pool, sources, heartbeat = async_pool(settings, size=4), SourcesFile(settings), Heartbeat(settings, "poller")
    publisher = Publisher(settings, topics=(RAW_NEWS, RAW_NEWS_DLQ))

    def beat(ready: bool, feeds: int, failing: int) -> None:
        heartbeat.beat(ready=ready and publisher.ready, feeds=feeds, failing=failing)

    poller = Poller(
        feeds=lambda: sources.current().feeds,
        states=FeedStates(pool),
        acceptor=Acceptor(Ledger(pool), publisher),
        limit_bytes=settings.intake_body_limit_bytes,
        beat=beat,
    )
    publisher.start()
    await pool.open(wait=False)
    try:
        await poller.run(stop)
    finally:
        await publisher.close()
        await pool.close()


if __name__ == "__main__":
    main()
