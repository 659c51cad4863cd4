"""Reading a request's body: the limit first, and long work on it away from the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.requests import Request

from core.errors import BadInput, PayloadTooLarge

# From here on hashing or parsing takes milliseconds, in which `/ping` must not wait.
LARGE_BYTES = 256 * 1024

Result = TypeVar("Result")


async def read_body(request: Request, limit_bytes: int, *, may_be_empty: bool = False) -> bytes:
    """Read the body; PayloadTooLarge before reading it when its declared length is over the limit."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit_bytes:
        raise PayloadTooLarge(f"the body of {declared} bytes exceeds the limit of {limit_bytes} bytes")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit_bytes:
            raise PayloadTooLarge(f"the body exceeds the limit of {limit_bytes} bytes")
        chunks.append(chunk)
    if not size and not may_be_empty:
        raise BadInput("the body is empty", code="empty_body")
    return b"".join(chunks)


async def aside(body: bytes, work: Callable[[], Result]) -> Result:
    """Do work whose cost grows with the body: at once for a small one, in a thread for a large one."""
    return work() if len(body) < LARGE_BYTES else await asyncio.to_thread(work)
