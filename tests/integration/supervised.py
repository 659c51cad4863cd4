"""A small platform for the supervisor's tests: `supervised.py DATA_DIR REDIS_PORT`, one store, one process of ours."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from core.settings import load_settings
from ops.secrets import ensure_secrets
from ops.stack import redis
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, heartbeat_probe
from ops.supervisor import Supervisor

WORKER = """
import signal, sys, threading
from clients.health import Heartbeat
from core.settings import load_settings
stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
heart = Heartbeat(load_settings(), "worker")
heart.beat(lag=3)
while not stop.wait(0.2):
    heart.beat(lag=3)
print("the worker finished its work", flush=True)
"""


def main() -> None:
    settings = ensure_secrets(load_settings(data_dir=Path(sys.argv[1]), redis_port=int(sys.argv[2])))
    store = redis.service(settings)
    worker = Service(
        name="worker",
        argv=(sys.executable, "-c", WORKER),
        env={"TIPLINE_DATA_DIR": str(settings.data_dir)},
        ready=heartbeat_probe(settings, "worker"),
        after=("redis",),
    )
    group = ProcessGroup([store, worker], settings.data_dir)
    filled = settings.data_dir / "filled"
    supervisor = Supervisor(settings, group, fill=lambda: filled.write_text("yes"), on_state=lambda _state: None)
    signal.signal(signal.SIGTERM, lambda *_: supervisor.stop())
    supervisor.run()


if __name__ == "__main__":
    main()
