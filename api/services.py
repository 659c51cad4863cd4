"""What a gateway process works with, built once at its composition root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.audit_batch import AuditBatch
from api.book_memory import BookMemory
from api.hub import Hub
from api.metrics import Metrics
from api.passwords import PasswordVerifier
from api.rate_limit import RateLimit
from api.sessions import Sessions
from api.sign_on import SignOn
from api.tickets import Tickets
from api.ticks import Ticks
from api.traffic_lights import TrafficLights
from clients.postgres import AsyncPool
from clients.redis import AsyncRedis
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Services:
    """The shared objects behind every request and socket of one process."""

    settings: Settings
    pool: AsyncPool
    redis: AsyncRedis
    sessions: Sessions
    tickets: Tickets
    passwords: PasswordVerifier
    hub: Hub
    pushes: AuditBatch
    ticks: Ticks
    allowed_origins: frozenset[str]
    sign_on: SignOn | None
    rate_limit: RateLimit
    lights: TrafficLights
    books: BookMemory
    metrics: Metrics


def get_services(connection: HTTPConnection) -> Services:
    """Return the services of the application that received this request or socket."""
    services: Services = connection.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]
