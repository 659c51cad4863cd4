"""The WebSocket's life against real servers: who may open it, what closes it, and how a gateway says good-bye."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from core.settings import Settings
from tests.integration.gateway import (
    PASSWORD,
    WAIT_S,
    Bank,
    Gateways,
    Page,
    close_code,
    counted,
    log_in,
    open_socket,
    page,
    publishing,
    read_alerts,
    running_gateways,
)
from tests.integration.router_process import until

ENVIRONMENTS = {
    "gateway-a": {},
    "gateway-b": {},
    "gateway-impatient": {"TIPLINE_WS_HEARTBEAT_S": "1", "TIPLINE_WS_QUEUE_FRAMES": "4"},
}


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings) -> Iterator[Bank]:
    with publishing(postgres):
        yield Bank(postgres)


@pytest.fixture(scope="module")
def gateways(bank: Bank) -> Iterator[Gateways]:
    with running_gateways(bank.settings, ENVIRONMENTS) as running:
        yield running


@pytest.fixture(scope="module")
def url(gateways: Gateways) -> str:
    return gateways.urls["gateway-a"]


async def test_log_out_ends_the_sockets_of_that_session_at_every_gateway(bank: Bank, gateways: Gateways) -> None:
    ann = bank.person()
    a, b = gateways.urls["gateway-a"], gateways.urls["gateway-b"]
    with log_in(a, ann.rm_id) as here, log_in(a, ann.rm_id) as elsewhere:
        async with page(a, here) as one, page(b, here) as two, page(a, elsewhere) as other:
            await other.subscribe()
            here.delete("/api/v1/session").raise_for_status()
            assert [await close_code(one.socket), await close_code(two.socket)] == [4401, 4401]
            await read_alerts(other, [bank.alert(ann.clients[0])])


async def test_without_a_session_or_with_another_role_a_socket_is_closed(bank: Bank, url: str) -> None:
    async with open_socket(url, None) as socket:
        assert await close_code(socket) == 4401
    with log_in(url, bank.person(role="analyst").rm_id) as client:
        async with open_socket(url, client) as socket:
            assert await close_code(socket) == 4403


async def test_a_machine_connects_with_its_token(bank: Bank, url: str) -> None:
    ann = bank.person()
    answer = httpx.post(f"{url}/api/v1/token", json={"rm_id": ann.rm_id, "password": PASSWORD})
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    async with page(url, None, headers) as live:
        await live.subscribe()
        await read_alerts(live, [bank.alert(ann.clients[0])])


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1", "{url}.evil.example", "{url}/"])
async def test_a_foreign_origin_is_refused_in_the_handshake(bank: Bank, url: str, origin: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        with pytest.raises(InvalidStatus):
            async with open_socket(url, client, {"Origin": origin.format(url=url)}):
                pass
        async with page(url, client, {"Origin": url}) as live:
            assert live.hello["type"] == "hello"


@pytest.mark.parametrize(
    ("text", "code"),
    [("x" * 33_000, 4413), ("x" * 200_000, 1009), ("not json", 4400), ('{"type": "subscribe", "last_seq": -1}', 4400)],
)
async def test_a_frame_out_of_contract_closes_the_socket(bank: Bank, url: str, text: str, code: int) -> None:
    with log_in(url, bank.person().rm_id) as client:
        async with page(url, client) as live:
            await live.socket.send(text)
            assert await close_code(live.socket) == code


async def test_a_sixth_socket_of_a_user_is_refused(bank: Bank, url: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        async with AsyncExitStack() as pages:
            for _ in range(5):
                await pages.enter_async_context(page(url, client))
            sixth = await pages.enter_async_context(open_socket(url, client))
            assert await close_code(sixth) == 4403


async def test_pings_are_answered_and_confirmed_frames_are_stored(bank: Bank, url: str) -> None:
    ann = bank.person()
    with log_in(url, ann.rm_id) as client:
        async with page(url, client) as live, asyncio.timeout(WAIT_S):
            await live.send(type="ping")
            assert (await live.read())["type"] == "pong"
            await live.subscribe()
            await read_alerts(live, [bank.alert(ann.clients[0])])
            await live.send(type="ack", seq=1000)
            while not (rows := bank.rows("SELECT acked_seq FROM feed_receipts WHERE rm_id = %s", ann.rm_id)):
                await asyncio.sleep(0.05)
    assert rows == [{"acked_seq": 1}]


async def test_who_does_not_read_is_closed_and_resumes(bank: Bank, gateways: Gateways) -> None:
    ann = bank.person()
    url = gateways.urls["gateway-impatient"]
    alerts = [bank.alert(ann.clients[0], body="x" * 200_000) for _ in range(80)]
    with log_in(url, ann.rm_id) as client:
        async with page(url, client) as live:
            await live.subscribe(0)
            transport = live.socket.transport
            transport.pause_reading()
            # Nothing is read here for as long as the gateway waits; then what it had sent is still there to read.
            await asyncio.to_thread(until, lambda: counted(url).get('tipline_websockets_closed_total{code="4429"}'))
            transport.resume_reading()
            seen, code = await _read_to_the_end(live)
        assert code == 4429
        assert 0 < len(seen) < len(alerts)
        async with page(url, client) as live:
            await live.subscribe(seen[-1])
            frames = await read_alerts(live, alerts[len(seen) :])
    assert [*seen, *(frame["seq"] for frame in frames)] == list(range(1, len(alerts) + 1))


async def _read_to_the_end(live: Page) -> tuple[list[int], int | None]:
    seen = []
    async with asyncio.timeout(WAIT_S):
        try:
            while True:
                frame = await live.read()
                if "seq" in frame:
                    seen.append(frame["seq"])
        except ConnectionClosed:
            return seen, live.socket.close_code


async def test_a_gateway_that_ends_says_good_bye_first(bank: Bank, gateways: Gateways) -> None:
    ann = bank.person()
    url = gateways.urls["gateway-b"]
    with log_in(url, ann.rm_id) as client:
        async with page(url, client) as live:
            await live.subscribe()
            pid = gateways.group.pid("gateway-b")
            assert pid is not None
            stopping = asyncio.create_task(asyncio.to_thread(gateways.group.stop, "gateway-b"))
            async with asyncio.timeout(WAIT_S):
                bye = await live.read()
            assert (bye["type"], bye["reason"]) == ("bye", "shutdown")
            assert 0 <= bye["reconnect_after_ms"] <= 2000
            assert await close_code(live.socket) == 1012
            await stopping
        missed = bank.alert(ann.clients[0])
        gateways.group.start("gateway-b")
        gateways.group.wait_ready("gateway-b")
        # The session outlives the process too.
        async with page(url, client) as live:
            await live.subscribe(0)
            await read_alerts(live, [missed])
