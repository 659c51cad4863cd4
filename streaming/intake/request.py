"""Reading a request that may be hostile: the body under its limit while it streams, and the trace it belongs to."""

from __future__ import annotations

import asyncio
import re
import secrets

from starlette.requests import Request

from core.errors import BadInput, PayloadTooLarge

BODY_WITHIN_S = 10.0
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """Return the body; PayloadTooLarge as soon as it is known to exceed the limit, declared or not."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared[:20]) > limit_bytes:
        raise PayloadTooLarge(f"the body is larger than {limit_bytes} bytes")
    chunks: list[bytes] = []
    size_bytes = 0
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.stream():
                size_bytes += len(chunk)
                if size_bytes > limit_bytes:
                    raise PayloadTooLarge(f"the body is larger than {limit_bytes} bytes")
                chunks.append(chunk)
    except TimeoutError:
        raise BadInput(f"the body did not arrive within {BODY_WITHIN_S:g} s", code="body_timeout") from None
    return b"".join(chunks)


def trace_id(request: Request) -> str:
    """Return the id of the sender's trace (W3C traceparent), or a new one: 32 hexadecimal digits."""
    named = _TRACEPARENT.fullmatch(request.headers.get("traceparent", ""))
    return named[1] if named and set(named[1]) != {"0"} else secrets.token_hex(16)
