"""The watcher's process: `python -m batch.night`."""

from __future__ import annotations

import signal
import sys
import threading

from batch.night.starts import Starts
from batch.night.watcher import Watcher
from clients.aws import glue
from clients.health import Heartbeat
from clients.s3 import Store
from core.logs import configure_logs
from core.settings import load_settings

NAME = "night"


def main() -> None:
    """Watch bronze until told to stop; nothing is lost when that is in the middle of something."""
    settings = load_settings("batch")
    configure_logs(NAME, settings.log_level)
    # A long poll would keep us for seconds; every step may be repeated, so it may as well be cut off.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    watcher = Watcher(settings, Store(settings), Starts(glue(settings)), Heartbeat(settings, NAME).beat)
    watcher.run(threading.Event())


if __name__ == "__main__":
    main()
