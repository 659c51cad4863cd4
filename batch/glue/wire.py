"""AWS's JSON 1.1 protocol: `X-Amz-Target: Service.Operation`, errors with `__type`, times as seconds since 1970."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from starlette.responses import Response

from core.errors import Conflict, DependencyUnavailable, Forbidden, NotFound, TiplineError

MEDIA_TYPE = "application/x-amz-json-1.1"
REQUEST_ID_HEADER = "x-amzn-RequestId"


@dataclass(frozen=True, slots=True)
class ErrorNames:
    """What a service calls the errors that every service has."""

    bad_input: str
    not_found: str
    conflict: str
    internal: str


GLUE_ERRORS = ErrorNames(
    "InvalidInputException", "EntityNotFoundException", "AlreadyExistsException", "InternalServiceException"
)


def reply(content: dict[str, Any]) -> Response:
    """Return the answer to an operation that succeeded."""
    return _response(content, 200)


def error_reply(error: TiplineError, names: ErrorNames) -> Response:
    """Return an error as AWS words it: everything the caller did is a 400, what we did is a 5xx that boto3 retries."""
    status, kind = _kind(error, names)
    return _response({"__type": kind, "Message": error.message}, status)


def error_code(error: TiplineError) -> str:
    """Return Glue's name of an error."""
    return _kind(error, GLUE_ERRORS)[1]


def to_seconds(moment: datetime) -> float:
    """Return a time as the protocol writes it."""
    return round(moment.timestamp(), 3)


def _kind(error: TiplineError, names: ErrorNames) -> tuple[int, str]:
    # An error that was raised with AWS's own name keeps it.
    if error.code.endswith("Exception"):
        return 400, error.code
    if isinstance(error, NotFound):
        return 400, names.not_found
    if isinstance(error, Conflict):
        return 400, names.conflict
    if isinstance(error, Forbidden):
        return 400, "AccessDeniedException"
    if isinstance(error, DependencyUnavailable):
        return 503, "ServiceUnavailableException"
    return (400, names.bad_input) if error.status < 500 else (500, names.internal)


def _response(content: dict[str, Any], status: int) -> Response:
    digits = secrets.token_hex(16)
    request_id = "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
    return Response(orjson.dumps(content), status, {REQUEST_ID_HEADER: request_id}, media_type=MEDIA_TYPE)
