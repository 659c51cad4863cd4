"""Errors as `application/problem+json` (RFC 9457), for every way a request can fail."""

from __future__ import annotations

import math
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from core.errors import TiplineError
from core.logs import get_logger
from streaming.formats import Rejected

log = get_logger(__name__)


def problem(status: int, code: str, detail: str, *, trace_id: str | None = None, **extra: Any) -> JSONResponse:
    """Return a problem document; `code` is stable, `detail` is for people."""
    content = {
        "type": f"urn:tipline:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "trace_id": trace_id,
        **extra,
    }
    return JSONResponse(content, status, media_type="application/problem+json")


def problem_of(error: TiplineError, *, trace_id: str | None, rejected: Sequence[Rejected] = ()) -> JSONResponse:
    """Return the problem document of an error, with Retry-After where it has one and what became of each item."""
    extra = {"errors": [describe(one) for one in rejected]} if rejected else {}
    response = problem(error.status, error.code, error.message, trace_id=trace_id, **extra)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    return response


def describe(rejected: Rejected) -> dict[str, str]:
    """Return where an item stood and why it was refused."""
    return {"position": rejected.position, "code": rejected.error.code, "detail": rejected.error.message}


def install(app: FastAPI) -> None:
    """Make every error of an application a problem document."""

    @app.exception_handler(TiplineError)
    async def on_tipline_error(request: Request, error: TiplineError) -> JSONResponse:
        return problem_of(error, trace_id=getattr(request.state, "trace_id", None))

    @app.exception_handler(HTTPException)
    async def on_http_exception(_request: Request, error: HTTPException) -> JSONResponse:
        response = problem(error.status_code, "http_error", str(error.detail))
        response.headers.update(error.headers or {})
        return response

    @app.exception_handler(Exception)
    async def on_unforeseen(request: Request, error: Exception) -> JSONResponse:
        # The type only: the message may hold text of an article.
        log.error("request_failed", error=type(error).__name__)
        return problem(
            500, "internal_error", "an error we did not foresee", trace_id=getattr(request.state, "trace_id", None)
        )
