"""A closed loop of HTTP clients that costs little itself: requests are bytes made beforehand, replies are counted."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Heard:
    """What came back: time of each success in seconds, replies by status, and how long it all took."""

    taken_s: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed_s: float = 0.0


def request_bytes(port: int, path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """Return one HTTP/1.1 request as it goes over the wire."""
    fields = {"host": f"127.0.0.1:{port}", "content-length": str(len(body)), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


async def closed_loop(port: int, requests: Sequence[bytes], clients: int, seconds: float) -> Heard:
    """Keep `clients` requests under way for so long, each client on a connection of its own."""
    heard = Heard()
    following = itertools.cycle(requests)
    began_s = time.monotonic()
    await asyncio.gather(*(_client(port, following, began_s + seconds, heard) for _ in range(clients)))
    heard.elapsed_s = time.monotonic() - began_s
    return heard


async def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Send one request and return status and body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await _reply(reader)
    finally:
        writer.close()


async def _client(port: int, following: Iterator[bytes], until_s: float, heard: Heard) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while (sent_s := time.monotonic()) < until_s:
            writer.write(next(following))
            status, _ = await _reply(reader)
            heard.statuses[status] += 1
            if status == 200:
                heard.taken_s.append(time.monotonic() - sent_s)
    finally:
        writer.close()


async def _reply(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:"))
    return int(head[9:12]), await reader.readexactly(length)
