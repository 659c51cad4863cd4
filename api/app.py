"""Builds the gateway: every object once, every route, nothing at import."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI

from api import (
    alert_export,
    alert_routes,
    client_routes,
    compliance_routes,
    coverage_routes,
    market_routes,
    mutes,
    pages,
    portfolio_routes,
    preferences,
    probes,
    problems,
    review_routes,
    session_routes,
    sign_on_routes,
    stream,
)
from api.audit_batch import AuditBatch
from api.audit_sealer import Sealer, head_file
from api.authentication import refuse_foreign_origin
from api.book_memory import BookMemory
from api.feed import FeedReader
from api.hub import Hub
from api.metrics import Measured, Metrics
from api.passwords import PasswordVerifier
from api.policy import acting_rm
from api.rate_limit import RateLimit
from api.services import Services
from api.sessions import Sessions
from api.shell import Shell
from api.sign_on import SignOn
from api.throttle import throttle
from api.tick_reader import TickReader
from api.tickets import Tickets
from api.ticks import Ticks
from api.traffic_lights import read_rules
from clients import postgres, redis
from core.errors import ConfigurationError
from core.settings import Settings

POOL_SIZE = 8
PREFIX = "/api/v1"
UNFORGED = [Depends(refuse_foreign_origin)]
THROTTLED = [*UNFORGED, Depends(throttle)]


def build_services(settings: Settings, *, port: int) -> Services:
    """Build what a process on `port` works with; nothing is connected yet."""
    pool = postgres.async_pool(settings, size=POOL_SIZE, acting=acting_rm)
    # The hub tries again at its own pace, and a frame that Redis does not give comes from PostgreSQL.
    connection = redis.connect_async(settings, fail_fast=True)
    metrics = Metrics()
    return Services(
        settings=settings,
        pool=pool,
        redis=connection,
        sessions=Sessions(settings),
        tickets=Tickets(connection),
        passwords=PasswordVerifier(),
        hub=Hub(pool, connection, FeedReader(pool, connection)),
        pushes=AuditBatch(pool),
        ticks=Ticks(metrics),
        allowed_origins=allowed_origins(settings, port),
        sign_on=_sign_on(settings),
        rate_limit=RateLimit(connection, settings.api_requests_per_minute),
        lights=read_rules(settings.traffic_lights_file),
        books=BookMemory(),
        metrics=metrics,
    )


def create_app(services: Services, *, static: Path = pages.STATIC) -> FastAPI:
    """Return the application: REST, WebSocket, probes and the page."""
    app = create_routes()
    app.state.services = services
    app.add_middleware(Measured, metrics=services.metrics)
    app.router.default = pages.Pages(static)
    return app


def create_routes() -> FastAPI:
    """Return the application without what it works with: enough for its OpenAPI document."""
    app = FastAPI(
        title="Tipline",
        version=probes.release(),
        summary="Alerts and portfolios for relationship managers; the WebSocket is in contracts/asyncapi.yaml.",
        openapi_url=f"{PREFIX}/openapi.json",
        # Their pages load scripts from elsewhere, which our own policy forbids.
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    problems.install(app)
    app.add_middleware(Shell)
    for part in (session_routes, sign_on_routes, stream):
        app.include_router(part.router, prefix=PREFIX, responses=problems.DOCUMENTED, dependencies=UNFORGED)
    for part in (
        preferences,
        alert_export,
        alert_routes,
        mutes,
        coverage_routes,
        client_routes,
        review_routes,
        portfolio_routes,
        compliance_routes,
        market_routes,
    ):
        app.include_router(part.router, prefix=PREFIX, responses=problems.DOCUMENTED, dependencies=THROTTLED)
    app.include_router(probes.router, responses=problems.DOCUMENTED)
    return app


def allowed_origins(settings: Settings, port: int) -> frozenset[str]:
    """Return the origins our own page has: the public address, and this process's on the loopback."""
    public = urlsplit(settings.api_url)
    scheme = "https" if settings.tls_cert else "http"
    local = {f"{scheme}://{host}:{port}" for host in ("127.0.0.1", "localhost")}
    return frozenset({f"{public.scheme}://{public.netloc}", *local})


def _sign_on(settings: Settings) -> SignOn | None:
    if settings.oidc_issuer is not None:
        # With its HTTP client and PyJWT it is 11 MB that a gateway without single sign-on does not need.
        from clients.oidc import OidcProvider

        return SignOn(settings, OidcProvider(settings))
    if settings.mode == "production":
        raise ConfigurationError("set TIPLINE_OIDC_ISSUER: in production people log in by single sign-on only.")
    return None


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    await services.pool.open(wait=False)
    sealer = Sealer(services.pool, head_file(services.settings))
    hub, reader = services.hub, TickReader(services.settings, services.ticks.take)
    work = (hub.listen(), hub.watch(), hub.beat(), services.ticks.run(), sealer.run())
    loops = [asyncio.create_task(loop) for loop in work]
    reader.start()
    try:
        yield
    finally:
        await reader.stop()
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
        if services.sign_on is not None:
            await services.sign_on.provider.close()
        await services.redis.aclose()
        await services.pool.close()
