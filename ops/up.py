"""`tipline up`: check the machine, make the secrets, and supervise everything in the foreground."""

from __future__ import annotations

import fcntl
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from rich.console import Console

from batch.glue.defaults import ensure_defaults
from batch.night.events import open_queue
from batch.tables import ensure_lake
from clients.kafka import ensure_topics
from clients.postgres import migrate
from clients.s3 import Store
from core.errors import ConfigurationError, TiplineError
from core.logs import configure_logs
from core.settings import Settings, load_settings
from core.topics import TOPICS
from ops.display import StartDisplay
from ops.downloads import fetch_jars
from ops.home import MIGRATIONS
from ops.preflight import preflight
from ops.processes import services
from ops.secrets import ensure_secrets
from ops.stack.group import ProcessGroup
from ops.state import read_state
from ops.supervisor import Supervisor


def up(console: Console) -> int:
    """Run until Ctrl-C, SIGTERM or `tipline down`; return the exit status: 0, or 1 after one sentence why not."""
    settings = load_settings()
    configure_logs("supervisor", settings.log_level)
    try:
        with _only_one(settings):
            _check(settings)
            settings = ensure_secrets(settings)
            fetch_jars(settings, console)
            _supervise(settings, console)
    except TiplineError as error:
        console.print(f"[bold red]tipline did not start:[/bold red] {error.message}", soft_wrap=True, highlight=False)
        return 1
    console.print("everything has stopped")
    return 0


def fill(settings: Settings) -> None:
    """Bring the stores to what the processes expect: the schema, topics, the lake, jobs, and the demo book."""
    migrate(settings, MIGRATIONS)
    ensure_topics(settings, TOPICS)
    ensure_lake(settings)
    for bucket in (settings.sql_results_bucket, settings.async_bucket):
        Store(settings).ensure_bucket(bucket)
    open_queue(settings)
    ensure_defaults(settings)
    if settings.mode == "demo":
        from ops.demo.load import load_demo
        from ops.demo.market_list import load_market_list
        from ops.demo.portfolios.demo import load_demo_portfolios

        load_demo(settings)
        load_market_list(settings)
        if settings.demo_days:
            load_demo_portfolios(settings, days=settings.demo_days)


def _supervise(settings: Settings, console: Console) -> None:
    display = StartDisplay(settings, console)
    group = ProcessGroup(services(settings), settings.data_dir)
    supervisor = Supervisor(settings, group, fill=partial(fill, settings), on_state=display.show)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.stop())
    try:
        supervisor.run()
    finally:
        display.close()


def _check(settings: Settings) -> None:
    failed = [finding.sentence() for finding in preflight(settings) if not finding.ok]
    if failed:
        raise ConfigurationError(" ".join(failed))


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    """Hold the data directory; the kernel lets go of the lock when we end, however we end."""
    folder = settings.data_dir / "run"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            state = read_state(settings.data_dir)
            who = f"process {state.pid}" if state else "another process"
            raise ConfigurationError(
                f"it runs already as {who} for {settings.data_dir}; `tipline down` stops it."
            ) from error
        yield
