"""S3 with Glacier storage classes on the loopback, by MiniStack; the objects live under our data directory."""

from __future__ import annotations

import sys
from pathlib import Path

from clients.s3 import Store
from core.errors import TiplineError
from core.settings import Settings
from ops.stack.service import Service, http_probe

NAME = "s3"


def service(settings: Settings) -> Service:
    """Return the server; in production `s3_url` names the real service instead."""
    home = settings.data_dir / NAME
    answers = http_probe(f"http://{settings.bind_host}:{settings.s3_port}/_ministack/health")
    return Service(
        name=NAME,
        argv=(sys.executable, "-m", "ministack"),
        env={
            "BIND_HOST": settings.bind_host,
            "GATEWAY_PORT": str(settings.s3_port),
            "MINISTACK_REGION": settings.aws_region,
            "SERVICES": "s3,sqs",
            # Both would listen on every interface, whatever BIND_HOST says, and neither is S3.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "S3_PERSIST": "1",
            "S3_DATA_DIR": str(home / "objects"),
            "PERSIST_STATE": "1",
            "STATE_DIR": str(home / "state"),
            "LOG_LEVEL": "WARNING",
        },
        ready=lambda: answers() and _keeps_versions(settings),
        port=settings.s3_port,
        prepare=lambda: _make_folders(home),
        cwd=settings.data_dir,
    )


def _keeps_versions(settings: Settings) -> bool:
    """Have bronze versioned again: MiniStack writes a bucket's configuration down only when it is stopped in order."""
    try:
        store = Store(settings)
        if settings.bronze_bucket in store.buckets() and not store.is_versioned(settings.bronze_bucket):
            store.ensure_bucket(settings.bronze_bucket, versioned=True)
    except TiplineError:
        return False
    return True


def _make_folders(home: Path) -> None:
    # For us alone, as the data of the other servers.
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "objects").mkdir(exist_ok=True)
