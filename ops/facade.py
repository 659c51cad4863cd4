"""The process that stands for AWS Glue and Amazon Athena on one machine: `python -m ops.facade`."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import uvicorn

from api.athena.expiry import Expiry
from api.athena.operations import Athena
from api.athena.queries import end_interrupted
from api.athena.runner import Runner as SqlRunner
from batch.glue.access import permitted
from batch.glue.app import Service, create_app
from batch.glue.operations import Glue
from batch.glue.runner import Runner as JobRunner
from batch.glue.scheduler import Scheduler
from batch.glue.wire import ErrorNames
from clients.aws_auth import KeyRing, Verifier
from clients.iam import Policies
from clients.postgres import Pool, pool, transaction_of
from clients.s3 import Store
from core.errors import DependencyUnavailable
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings
from core.tls import server_files

TRY_AGAIN_S = 1.0
SHUTDOWN_WITHIN_S = 5
ATHENA_ERRORS = ErrorNames(
    "InvalidRequestException", "InvalidRequestException", "InvalidRequestException", "InternalServerException"
)

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Part:
    """One service of the process: ending what an earlier process left, and what goes on while it serves."""

    service: Service
    recover: Callable[[], None]
    running: Callable[[], Iterator[None]]


def main() -> None:
    """Serve until told to stop; runs and queries under way end with the process."""
    settings = load_settings("batch")
    configure_logs("glue", settings.log_level)
    # The pool repeats itself with every attempt while PostgreSQL is away; /readyz says it.
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
    # Its warnings quote the query, which may name a client.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    # Each part is to PostgreSQL who it would be alone.
    for_sql = load_settings("analyst")
    with pool(settings) as connections, pool(for_sql) as sql_connections:
        parts = {"AWSGlue": _glue(settings, connections), "AmazonAthena": _athena(for_sql, sql_connections)}
        _serve(settings, parts, connections)


def _glue(settings: Settings, connections: Pool) -> Part:
    runner = JobRunner(settings, connections, Store(settings))
    scheduler = Scheduler(connections, runner.start)

    def running() -> Iterator[None]:
        clock = threading.Thread(target=scheduler.run, name="scheduler", daemon=True)
        clock.start()
        try:
            yield
        finally:
            scheduler.stop()
            runner.close()

    operations = Glue(connections, runner).operations()
    policies = Policies.read(settings.aws_region)
    service = Service(_verifier(settings, "glue"), lambda caller: permitted(operations, caller, policies))
    return Part(service, runner.recover, running)


def _athena(settings: Settings, connections: Pool) -> Part:
    # By its real name: when this runs as a program it is called something else.
    runner = SqlRunner(settings, connections, preload="ops.facade")
    store = Store(settings)
    athena, expiry = Athena(settings, connections, store, runner), Expiry(settings, store)

    def recover() -> None:
        with transaction_of(connections) as session:
            end_interrupted(session)

    def running() -> Iterator[None]:
        threading.Thread(target=expiry.run, name="expiry", daemon=True).start()
        try:
            yield
        finally:
            expiry.stop()
            runner.close()

    service = Service(_verifier(settings, "athena"), lambda who: athena.operations(who.user, who.role), ATHENA_ERRORS)
    return Part(service, recover, running)


def _verifier(settings: Settings, service: str) -> Verifier:
    return Verifier(KeyRing.of(settings), settings.aws_region, service)


def _serve(settings: Settings, parts: dict[str, Part], connections: Pool) -> None:
    @contextmanager
    def running() -> Iterator[None]:
        with ExitStack() as stack:
            for part in parts.values():
                stack.enter_context(contextmanager(part.running)())
            yield

    def ready() -> bool:
        try:
            with transaction_of(connections) as session:
                session.execute("SELECT 1")
        except DependencyUnavailable:
            return False
        return True

    config = uvicorn.Config(
        create_app({name: part.service for name, part in parts.items()}, ready=ready, running=running),
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
    for part in parts.values():
        _recover(part)
    uvicorn.Server(config).run(sockets=[listener])


def _recover(part: Part) -> None:
    """End what an earlier facade left; nothing is answered before that."""
    pause = threading.Event()
    while True:
        try:
            return part.recover()
        except DependencyUnavailable as error:
            log.warning("recovery_waits", error=error.code)
            pause.wait(TRY_AGAIN_S)


if __name__ == "__main__":
    main()
