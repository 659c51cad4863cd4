"""Ten times what fits: what fits is answered, the rest is told at once to come back, and then there is room again."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter

import httpx

from serve.ingress import Container, Limits, create_app
from serve.protocol import Answer, Invocation
from serve.slots import Slots

RUNNING, WAITING = 2, 8
PLACES = RUNNING + WAITING


class BusyModels:
    """Every invocation takes until the gate opens."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.slots = Slots(running=RUNNING, waiting=WAITING)

    async def invoke(self, _target: str, invocation: Invocation) -> Answer:
        def work() -> Answer:
            self.gate.wait()
            return Answer([b"{}"] * len(invocation.records))

        return await self.slots.run(work)


async def test_only_200_and_503_and_room_again_afterwards() -> None:
    models = BusyModels()
    container = Container(lambda: True, models.invoke, Limits(1000, timeout_s=60, stream_timeout_s=60))
    transport = httpx.ASGITransport(create_app(container))
    async with httpx.AsyncClient(transport=transport, base_url="http://endpoint") as http:

        async def ask() -> httpx.Response:
            return await http.post("/invocations", content=b'{"instances":[1]}')

        asked = [asyncio.create_task(ask()) for _ in range(10 * PLACES)]
        while sum(one.done() for one in asked) < 9 * PLACES:
            await asyncio.wait([one for one in asked if not one.done()], return_when=asyncio.FIRST_COMPLETED)
        # Nobody waits but those who have a place, and whether it lives is answered all the same.
        assert (await http.get("/ping")).status_code == 200
        models.gate.set()
        replies = [await one for one in asked]
        assert Counter(reply.status_code for reply in replies) == {200: PLACES, 503: 9 * PLACES}
        refused = {
            (reply.headers["x-amzn-errortype"], reply.headers["retry-after"])
            for reply in replies
            if reply.status_code == 503
        }
        assert refused == {("ServiceUnavailable", "1")}
        assert {(await ask()).status_code for _ in range(2 * PLACES)} == {200}
    models.slots.close()
