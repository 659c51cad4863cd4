"""InvokeEndpointWithResponseStream: the reply in parts as records are done, an error in the middle as a last frame."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import replace

import orjson
from starlette.responses import StreamingResponse

from core.errors import ModelFailure, Overloaded, TiplineError
from core.logs import get_logger
from serve.event_stream import MEDIA_TYPE, exception, payload_part
from serve.protocol import Answer, Invocation, frame_of
from serve.runtime_errors import RETRY_AFTER_S, TIMED_OUT, in_time
from serve.targets import EMBEDDER

CONTENT_TYPE_HEADER = "X-Amzn-SageMaker-Content-Type"
# The embedder is quicker with several texts at once; elsewhere a record is a part.
RECORDS_A_PART = {EMBEDDER: 32}

Invoke = Callable[[str, Invocation], Awaitable[Answer]]
log = get_logger(__name__)


async def stream_reply(
    invoke: Invoke, target: str, invocation: Invocation, headers: dict[str, str], *, timeout_s: float
) -> StreamingResponse:
    """Return the reply once its first part is there, so that what fails before that fails with a status of its own."""
    parts = _parts(invoke, target, invocation, timeout_s)
    first = await anext(parts)
    return StreamingResponse(
        _frames(first, parts),
        headers={**headers, CONTENT_TYPE_HEADER: invocation.reply_type},
        media_type=MEDIA_TYPE,
    )


async def _parts(invoke: Invoke, target: str, invocation: Invocation, timeout_s: float) -> AsyncGenerator[bytes]:
    """Yield the reply's body in parts; their borders are not those of lines or documents for a reader to rely on."""
    records, size = invocation.records, RECORDS_A_PART.get(target, 1)
    frame = frame_of(invocation.reply_type, len(records))
    deadline = asyncio.get_running_loop().time() + timeout_s
    for start in range(0, max(len(records), 1), size):
        some = replace(invocation, records=records[start : start + size])
        left_s = deadline - asyncio.get_running_loop().time()
        answer = await in_time(_patiently(invoke, target, some, wait=start > 0), left_s)
        before = frame.separator if start else frame.opening
        after = frame.closing if start + size >= len(records) else b""
        yield before + frame.separator.join(answer.documents) + after


async def _patiently(invoke: Invoke, target: str, invocation: Invocation, *, wait: bool) -> Answer:
    """Invoke; a stream that has begun waits where a new call would be told to come back."""
    while True:
        try:
            return await invoke(target, invocation)
        except Overloaded as error:
            if not wait:
                raise
            await asyncio.sleep(error.retry_after_s or RETRY_AFTER_S)


async def _frames(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncIterator[bytes]:
    yield payload_part(first)
    try:
        async for part in rest:
            yield payload_part(part)
    except TiplineError as error:
        yield _failure(error)
    except Exception:
        log.exception("stream_failed")
        yield exception("InternalStreamFailure", orjson.dumps({"Message": "internal failure"}))
    finally:
        await rest.aclose()


def _failure(error: TiplineError) -> bytes:
    if not isinstance(error, ModelFailure):
        return exception("InternalStreamFailure", orjson.dumps({"Message": error.message}))
    code = "ModelInvocationTimeExceeded" if error.code == TIMED_OUT else "StreamBroken"
    return exception("ModelStreamError", orjson.dumps({"Message": error.message, "ErrorCode": code}))
