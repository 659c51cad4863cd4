"""PostgreSQL, Redis and Kafka for a measurement that brings its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from clients.kafka import ensure_topics
from clients.postgres import migrate
from core.settings import Settings, load_settings
from core.topics import TOPICS
from ops.drill.product import free_ports
from ops.home import MIGRATIONS, ROOT
from ops.preflight import port_fields
from ops.processes import services
from ops.secrets import ensure_secrets
from ops.stack.group import ProcessGroup

STORES = ("postgres", "redis", "kafka")


@contextmanager
def running_stores(**options: Any) -> Iterator[tuple[Settings, ProcessGroup]]:
    """Start them on free ports in a folder of their own; the group holds our own processes too, not started.

    `options` are settings by name.
    """
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder:
        ports = dict(zip(port_fields(), free_ports(len(port_fields())), strict=True))
        jars = ROOT / ".tipline" / "jars"
        settings = ensure_secrets(load_settings(data_dir=Path(folder), jars_dir=jars, **ports, **options))
        group = ProcessGroup(services(settings), settings.data_dir)
        try:
            group.start_all(STORES)
            migrate(settings, MIGRATIONS)
            ensure_topics(settings, TOPICS)
            yield settings, group
        finally:
            group.stop_all()
