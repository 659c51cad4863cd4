"""S3 with Glacier storage classes on the loopback, by MiniStack; the objects live under our data directory."""

from __future__ import annotations

import sys
from pathlib import Path

from core.settings import Settings
from ops.stack.service import Service, http_probe

NAME = "s3"


def service(settings: Settings) -> Service:
    """Return the server; in production `s3_url` names the real service instead."""
    home = settings.data_dir / NAME
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
        ready=http_probe(f"http://{settings.bind_host}:{settings.s3_port}/_ministack/health"),
        port=settings.s3_port,
        prepare=lambda: _make_folders(home),
        cwd=settings.data_dir,
    )


def _make_folders(home: Path) -> None:
    # For us alone, as the data of the other servers.
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (home / "objects").mkdir(exist_ok=True)
