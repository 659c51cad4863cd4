"""The intake process: `python -m streaming.intake`."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import uvicorn

from clients.postgres import async_pool
from core.errors import DependencyUnavailable
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from core.tls import server_files
from core.topics import RAW_NEWS, RAW_NEWS_DLQ
from streaming.intake.accept import Acceptor
from streaming.intake.app import create_app
from streaming.intake.ledger import Ledger
from streaming.intake.publisher import Publisher
from streaming.sources import SourcesFile

FORGET_EVERY_S = 3600
# Longer than Kafka may take to acknowledge, shorter than the supervisor waits.
SHUTDOWN_WITHIN_S = 15

log = get_logger(__name__)


def main() -> None:
    """Serve the webhook until told to stop; deliveries under way are finished first."""
    settings = load_settings("intake")
    configure_logs("intake", settings.log_level)
    # The pool repeats itself with every attempt while PostgreSQL is away; /readyz says it.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    # uvicorn finishes what is under way and then raises the signal again.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    uvicorn.Server(server_config(settings)).run()


def server_config(settings: Settings) -> uvicorn.Config:
    """Wire the application and return how to serve it."""
    pool = async_pool(settings)
    ledger, publisher = Ledger(pool), Publisher(settings, topics=(RAW_NEWS, RAW_NEWS_DLQ))

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        publisher.start()
        await pool.open(wait=False)
        forgetting = asyncio.create_task(_forget_regularly(ledger))
        try:
            yield
        finally:
            forgetting.cancel()
            await publisher.close()
            await pool.close()

    async def kafka() -> None:
        if not publisher.ready:
            raise DependencyUnavailable("Kafka does not answer")

    checks = {"postgres": ledger.check, "kafka": kafka}
    app = create_app(settings, SourcesFile(settings).current, Acceptor(ledger, publisher), checks, lifespan)
    return uvicorn.Config(
        app,
        host=settings.bind_host,
        port=settings.intake_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_WITHIN_S,
        **server_files(settings),
    )


async def _forget_regularly(ledger: Ledger) -> None:
    while True:
        with suppress(DependencyUnavailable):
            await ledger.forget_old_messages()
        await asyncio.sleep(FORGET_EVERY_S)


if __name__ == "__main__":
    main()
