"""`python -m batch.warm`: keeps articles, alerts and decisions in the lake."""

from __future__ import annotations

import signal
from threading import Event

from batch.warm.writer import NAME, run
from core.logs import configure_logs
from core.settings import load_settings


def main() -> None:
    """Run until SIGTERM or SIGINT; what was gathered is committed first."""
    settings = load_settings("warm")
    configure_logs(NAME, settings.log_level)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    run(settings, stop)


if __name__ == "__main__":
    main()
