"""The webhook's HTTP face."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from core.errors import DependencyUnavailable
from core.settings import Settings
from streaming.intake.accept import Delivery, Receipt
from streaming.intake.problems import describe, install, problem_of
from streaming.intake.request import read_body, trace_id
from streaming.intake.schema import HOOK_DOC
from streaming.intake.signatures import verify
from streaming.intake.slots import Slots
from streaming.sources import Sources, Webhook


class Accepts(Protocol):
    """Whatever takes a delivery and says what became of it."""

    async def accept(self, delivery: Delivery) -> Receipt:
        """Accept a delivery."""
        ...


Check = Callable[[], Awaitable[None]]


def create_app(
    settings: Settings,
    sources: Callable[[], Sources],
    acceptor: Accepts,
    checks: Mapping[str, Check],
    lifespan: Callable[[], Any] | None = None,
) -> FastAPI:
    """Build the application.

    Args:
        settings: body limit and clock tolerance.
        sources: gives the senders as the sources file has them now.
        acceptor: takes the deliveries.
        checks: by name, what must work for the process to be ready; each raises when it does not.
        lifespan: an asynchronous context manager in which the application runs.
    """

    @asynccontextmanager
    async def run(_app: FastAPI) -> AsyncIterator[None]:
        if lifespan is None:
            yield
            return
        async with lifespan():
            yield

    app = FastAPI(title="Tipline intake", version="1", docs_url=None, redoc_url=None, lifespan=run)
    install(app)
    webhook = _Webhook(settings, sources, acceptor)
    app.post("/hooks/news/{source}", **HOOK_DOC)(webhook.receive)

    @app.get("/livez", operation_id="live")
    async def live() -> dict[str, str]:
        """Answer while the process runs."""
        return {"status": "ok"}

    @app.get("/readyz", operation_id="ready", responses={503: {"description": "A dependency does not answer"}})
    async def ready() -> JSONResponse:
        """Answer 200 when every dependency answers, else 503; says which."""
        states = await asyncio.gather(*(_state(check) for check in checks.values()))
        good = all(state == "ok" for state in states)
        return JSONResponse(
            {"ready": good, "checks": dict(zip(checks, states, strict=True))}, status_code=200 if good else 503
        )

    return app


class _Webhook:
    """The handler of deliveries."""

    def __init__(self, settings: Settings, sources: Callable[[], Sources], acceptor: Accepts) -> None:
        self._settings = settings
        self._sources = sources
        self._acceptor = acceptor
        self._slots = Slots()

    async def receive(self, source: str, request: Request) -> Response:
        """Accept news from a provider; the answer 202 means that it is stored for good."""
        request.state.trace_id = trace_id(request)
        webhook = self._sources().webhook(source)
        with self._slots.one(source):
            return await self._receive(source, webhook, request)

    async def _receive(self, source: str, webhook: Webhook, request: Request) -> Response:
        trace = request.state.trace_id
        body = await read_body(request, self._settings.intake_body_limit_bytes)
        message_id = verify(
            webhook, request.headers, body, now_s=time.time(), tolerance_s=self._settings.webhook_tolerance_s
        )
        delivery = Delivery(
            "intake", source, webhook.provider, body, request.headers.get("content-type"), trace, message_id
        )
        return _answer(await self._acceptor.accept(delivery), trace)


def _answer(receipt: Receipt, trace: str) -> Response:
    """202 when all was taken, 207 with the refused items when some was, the first item's error when none was."""
    if receipt.nothing_taken:
        return problem_of(receipt.rejected[0].error, trace_id=trace, rejected=receipt.rejected)
    content = {
        "accepted": [
            {"article_id": one.article_id, "revision": one.revision, "action": one.action} for one in receipt.published
        ],
        "duplicates": receipt.duplicates,
        "ignored": receipt.ignored,
        "rejected": [describe(one) for one in receipt.rejected],
        "trace_id": trace,
    }
    return JSONResponse(content, status_code=207 if receipt.rejected else 202)


async def _state(check: Check) -> str:
    try:
        async with asyncio.timeout(1):
            await check()
    except (DependencyUnavailable, TimeoutError):
        return "unavailable"
    return "ok"
