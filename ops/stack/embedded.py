"""The four servers of the embedded stack, as one list."""

from __future__ import annotations

from core.settings import Settings
from ops.stack import kafka, postgres, redis, s3
from ops.stack.service import Service


def embedded_services(settings: Settings) -> list[Service]:
    """Return PostgreSQL, Redis, Kafka and S3 for these settings, none started."""
    return [part.service(settings) for part in (postgres, redis, kafka, s3)]
