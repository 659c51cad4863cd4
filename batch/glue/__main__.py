"""The facade's process: `python -m batch.glue`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from batch.glue.app import Service, create_app
from batch.glue.database import transaction
from batch.glue.operations import Glue
from batch.glue.runner import Runner
from batch.glue.scheduler import Scheduler
from clients.aws_auth import KeyRing, Verifier
from clients.postgres import Pool, pool
from clients.s3 import Store
from core.errors import DependencyUnavailable
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from core.tls import server_files

TRY_AGAIN_S = 1.0
SHUTDOWN_WITHIN_S = 5

log = get_logger(__name__)


def main() -> None:
    """Serve until told to stop; runs under way end with the facade, and the next one tries them again."""
    settings = load_settings("batch")
    configure_logs("glue", settings.log_level)
    # The pool repeats itself with every attempt while PostgreSQL is away; /readyz says it.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    with pool(settings) as connections:
        _serve(settings, connections)


def _serve(settings: Settings, connections: Pool) -> None:
    runner = Runner(settings, connections, Store(settings))
    scheduler = Scheduler(connections, runner.start)

    @contextmanager
    def running() -> Iterator[None]:
        clock = threading.Thread(target=scheduler.run, name="scheduler", daemon=True)
        clock.start()
        try:
            yield
        finally:
            scheduler.stop()
            runner.close()

    def ready() -> bool:
        try:
            with transaction(connections) as session:
                session.execute("SELECT 1")
        except DependencyUnavailable:
            return False
        return True

    verifier = Verifier(KeyRing.of(settings), settings.aws_region, "glue")
    services = {"AWSGlue": Service(verifier, Glue(connections, runner).operations())}
    config = uvicorn.Config(
        create_app(services, ready=ready, running=running),
        host=settings.bind_host,
        port=settings.facade_port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_WITHIN_S,
        **server_files(settings),
    )
    # Whoever holds the port is the only facade here: nobody else's runs can be taken for left over.
    listener = config.bind_socket()
    _recover(runner)
    uvicorn.Server(config).run(sockets=[listener])


def _recover(runner: Runner) -> None:
    """End what an earlier facade left; nothing is answered before that."""
    pause = threading.Event()
    while True:
        try:
            runner.recover()
            return
        except DependencyUnavailable as error:
            log.warning("recovery_waits", error=error.code)
            pause.wait(TRY_AGAIN_S)


if __name__ == "__main__":
    main()
