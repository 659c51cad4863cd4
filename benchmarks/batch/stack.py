"""PostgreSQL and S3 of a measurement: on free ports, in a folder of its own, gone afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clients.postgres import connect, copy_csv, migrate
from clients.s3 import Store
from core.settings import Settings, load_settings
from ops.drill.product import free_ports
from ops.home import MIGRATIONS, ROOT
from ops.preflight import port_fields
from ops.secrets import ensure_secrets
from ops.stack.embedded import embedded_services
from ops.stack.group import ProcessGroup

SERVICES = ("postgres", "s3")


@contextmanager
def running_stack(heap: str) -> Iterator[Settings]:
    """Start both servers in a fresh folder; `heap` is what the product's Spark may take."""
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder:
        ports = dict(zip(port_fields(), free_ports(len(port_fields())), strict=True))
        jars = ROOT / ".tipline" / "jars"
        settings = ensure_secrets(load_settings(data_dir=Path(folder), jars_dir=jars, batch_heap=heap, **ports))
        group = ProcessGroup(embedded_services(settings), settings.data_dir)
        try:
            group.start_all(SERVICES)
            Store(settings).ensure_bucket(settings.bronze_bucket, versioned=True)
            yield settings
        finally:
            group.stop_all()


def room_for(settings: Settings, engine: str, accounts: bytes) -> Settings:
    """Make an engine's own database, with the product's tables and accounts, and its own buckets beside bronze."""
    database = f"bench_{engine}"
    with connect(settings) as session:
        session.execute(f"CREATE DATABASE {database}".encode())
    own = settings.model_copy(
        update={
            "postgres_dsn": settings.postgres_dsn.rpartition("/")[0] + f"/{database}",
            "silver_bucket": f"{engine}-silver",
            "gold_bucket": f"{engine}-gold",
        }
    )
    migrate(own, MIGRATIONS)
    with connect(own) as session:
        copy_csv(session, "client_accounts", ("client_id", "account_id", "base_ccy"), [accounts])
    for bucket in (own.silver_bucket, own.gold_bucket):
        Store(own).ensure_bucket(bucket)
    return own


def settle(settings: Settings) -> None:
    """Let the database do its housekeeping now and not in the next engine's time."""
    with connect(settings) as session:
        session.execute("VACUUM (ANALYZE)")
