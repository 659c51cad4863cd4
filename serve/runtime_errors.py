"""The project's errors as SageMaker's runtime API words them, so that boto3 retries exactly what it should."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Awaitable
from typing import Any, TypeVar

import orjson
from starlette.responses import Response

from core.errors import BadInput, DependencyUnavailable, Forbidden, ModelFailure, NotFound, TiplineError

ERROR_TYPE_HEADER = "x-amzn-ErrorType"
REQUEST_ID_HEADER = "x-amzn-RequestId"
RETRY_AFTER_S = 1
TIMED_OUT = "model_timeout"

Result = TypeVar("Result")


def error_response(error: TiplineError) -> Response:
    """Return the reply for an error: code in `x-amzn-ErrorType`, sentence in `Message`."""
    status, code = _wire_code(error)
    body: dict[str, Any] = {"Message": error.message, "code": error.code}
    headers = {ERROR_TYPE_HEADER: code}
    if status == 424:
        original = 504 if error.code == TIMED_OUT else 500
        body |= {"OriginalStatusCode": original, "OriginalMessage": error.message, "LogStreamArn": ""}
    if status == 503:
        headers["Retry-After"] = str(math.ceil(error.retry_after_s or RETRY_AFTER_S))
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def request_id() -> str:
    """Return a fresh id in the form AWS uses."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


async def in_time(work: Awaitable[Result], limit_s: float) -> Result:
    """Await the model's work; ModelFailure `model_timeout` when it takes longer than `limit_s`."""
    try:
        async with asyncio.timeout(limit_s):
            return await work
    except TimeoutError as error:
        raise ModelFailure("the invocation timed out while waiting for the model", code=TIMED_OUT) from error


def _wire_code(error: TiplineError) -> tuple[int, str]:
    # 413 and 415 are unknown to the runtime API, whose clients read every bad request as ValidationError.
    if isinstance(error, BadInput | NotFound):
        return 400, "ValidationError"
    if isinstance(error, Forbidden):
        return 403, error.code
    if isinstance(error, ModelFailure):
        return 424, "ModelError"
    if isinstance(error, DependencyUnavailable):
        return 503, "ServiceUnavailable"
    return 500, "InternalFailure"
