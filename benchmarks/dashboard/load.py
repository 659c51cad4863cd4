"""The load client, a process of its own: requests at a fixed pace, however slowly they are answered (open loop).

Reads its orders as JSON from stdin, `{port, per_s, duration_s, warm_up_s, requests: [{route, path, cookie}]}`, and
writes `{route: {seconds: [...], refused: n, bytes: n}}` to stdout. A request's time begins when it was due, not when
a connection was free for it.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvloop

CONNECTIONS = 64


@dataclass(slots=True)
class Heard:
    """What became of one route's requests."""

    seconds: list[float] = field(default_factory=list)
    refused: int = 0
    bytes: int = 0


class Connection:
    """One connection, kept alive."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def get(self, path: str, cookie: str) -> tuple[int, int]:
        """Send a GET and return the status and the bytes of the body."""
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: tipline_session={cookie}\r\n\r\n"
        self._writer.write(head.encode())
        answer = (await self._reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length:")[2].partition(b"\r\n")[0])
        await self._reader.readexactly(length)
        return int(answer[9:12]), length


async def run(orders: dict[str, Any]) -> dict[str, Heard]:
    """Send what was ordered and return what was heard after the warm-up."""
    free: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(CONNECTIONS):
        free.put_nowait(Connection(*await asyncio.open_connection("127.0.0.1", orders["port"], limit=1 << 22)))
    heard: defaultdict[str, Heard] = defaultdict(Heard)

    async def one(due_s: float, request: dict[str, str], *, counts: bool) -> None:
        connection = await free.get()
        status, length = await connection.get(request["path"], request["cookie"])
        free.put_nowait(connection)
        if counts:
            of = heard[request["route"]]
            of.seconds.append(time.monotonic() - due_s)
            of.refused += status != 200
            of.bytes += length

    dice, began_s = random.Random(1), time.monotonic()  # noqa: S311 - the same for every candidate
    async with asyncio.TaskGroup() as group:
        for number in range(int(orders["per_s"] * (orders["warm_up_s"] + orders["duration_s"]))):
            due_s = began_s + number / orders["per_s"]
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            counts = due_s - began_s >= orders["warm_up_s"]
            group.create_task(one(due_s, dice.choice(orders["requests"]), counts=counts))
    return heard


def main() -> None:
    """Read the orders, carry them out, and tell."""
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(run(orjson.loads(sys.stdin.buffer.read())))))


if __name__ == "__main__":
    main()
