"""Errors become `application/problem+json` (RFC 9457) here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from clients.postgres import ConnectionLost, DatabaseUnavailable
from clients.redis import RedisError
from core.errors import DependencyUnavailable, NotFound, TiplineError

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/api/v1/problems/"
BY_STATUS = {
    400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "payload_too_large", 422: "validation_error",
    500: "internal_error",
}  # fmt: skip
WITHOUT_CLASS = {
    "bad_request": "The request cannot be read.",
    "method_not_allowed": "This address does not answer that method.",
    "validation_error": "The request is well formed and a value in it is not valid.",
}


class Problem(BaseModel):
    """What went wrong (RFC 9457); `code` is stable, `type` explains it, `request_id` finds it in our log."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str


DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"description": "Problem", "content": {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}}
    for status in (422, "default")
}


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem."""
    app.add_exception_handler(TiplineError, _on_tipline)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(DatabaseUnavailable, _on_unavailable)
    app.add_exception_handler(ConnectionLost, _on_unavailable)
    app.add_exception_handler(RedisError, _on_unavailable)


def problem(
    request_id: str, status: int, code: str, detail: str, *, kind: str | None = None, **members: Any
) -> Response:
    """Return a problem response.

    Args:
        request_id: the id that is in our log too.
        status: the HTTP status.
        code: stable and machine-readable, as exact as we know it.
        detail: one sentence for the reader.
        kind: the documented kind that `type` points to; `code` when it is one itself.
        members: further members of the problem.
    """
    kind = kind or code
    body = {
        "type": TYPE_BASE + kind,
        "title": kind.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        **members,
    }
    return Response(orjson.dumps(body), status, media_type=MEDIA_TYPE)


def from_error(request_id: str, error: TiplineError) -> Response:
    """Return the problem of one of our own errors, with Retry-After where the error knows it."""
    response = problem(request_id, error.status, error.code, error.message, kind=type(error).code)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(error.retry_after_s))
    return response


def describe(kind: str) -> str:
    """Return what a problem kind means; NotFound when there is no such kind."""
    meanings = {**dict(_kinds(TiplineError)), **WITHOUT_CLASS}
    try:
        return meanings[kind]
    except KeyError:
        raise NotFound("no such kind of problem") from None


def _kinds(base: type[TiplineError]) -> Iterator[tuple[str, str]]:
    yield base.code, (base.__doc__ or "").strip()
    for derived in base.__subclasses__():
        yield from _kinds(derived)


def _on_tipline(request: Request, error: Exception) -> Response:
    assert isinstance(error, TiplineError)  # noqa: S101
    return from_error(_id(request), error)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    code = BY_STATUS.get(error.status_code, "bad_request")
    response = problem(_id(request), error.status_code, code, str(error.detail))
    response.headers.update(error.headers or {})
    return response


def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    # The input itself is left out: it may be a password.
    errors = [{"where": list(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()]
    return problem(_id(request), 422, "validation_error", "a value in the request is not valid", errors=errors)


def _on_unavailable(request: Request, _error: Exception) -> Response:
    # The driver's message names hosts and users; the log has it, the caller gets the fact.
    unavailable = DependencyUnavailable("a server behind this address does not answer; try again", retry_after_s=1)
    return from_error(_id(request), unavailable)


def _id(request: Request) -> str:
    return str(request.state.request_id)
