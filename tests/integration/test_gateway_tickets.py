"""One-time tickets: they open one socket, soon, for whoever asked, and leave no trace of themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from api.tickets import LIFETIME_S
from clients.redis import connect as connect_redis
from core.clock import parse_rfc3339, utc_now
from core.settings import Settings
from tests.integration.gateway import (
    PASSWORD,
    WAIT_S,
    Bank,
    close_code,
    log_in,
    open_socket,
    running_gateways,
)


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings) -> Bank:
    return Bank(postgres)


@pytest.fixture(scope="module")
def url(bank: Bank) -> Iterator[str]:
    with running_gateways(bank.settings, {"gateway-tickets": {}}) as gateways:
        yield gateways.urls["gateway-tickets"]


def ticket_of(client: httpx.Client) -> str:
    reply = client.post("/api/v1/ws-tickets")
    assert reply.status_code == 201
    return str(reply.json()["ticket"])


def stored(settings: Settings) -> list[bytes]:
    with connect_redis(settings) as redis:
        return list(redis.scan_iter("ws-ticket:*"))


async def test_a_machine_trades_its_token_for_a_ticket_that_opens_one_socket(bank: Bank, url: str) -> None:
    ann = bank.person()
    token = httpx.post(f"{url}/api/v1/token", json={"rm_id": ann.rm_id, "password": PASSWORD}).json()["access_token"]
    reply = httpx.post(f"{url}/api/v1/ws-tickets", headers={"Authorization": f"Bearer {token}"})
    ticket = reply.json()["ticket"]
    left_s = (parse_rfc3339(reply.json()["expires_at"]) - utc_now()).total_seconds()
    assert LIFETIME_S - 5 < left_s <= LIFETIME_S
    async with open_socket(url, None, ticket=ticket) as socket, asyncio.timeout(WAIT_S):
        assert '"hello"' in str(await socket.recv())
        assert socket.subprotocol == "alerts.v1+json"
    async with open_socket(url, None, ticket=ticket) as socket:
        assert await close_code(socket) == 4401


async def test_a_ticket_is_kept_for_half_a_minute_as_a_hash_only(bank: Bank, url: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        known = set(stored(bank.settings))
        ticket = ticket_of(client)
        (key,) = set(stored(bank.settings)) - known
        with connect_redis(bank.settings) as redis:
            assert ticket.encode() not in key
            assert 0 < redis.pttl(key) <= LIFETIME_S * 1000
            # As if the half minute had passed.
            redis.pexpire(key, 1)
            async with asyncio.timeout(WAIT_S):
                while redis.exists(key):
                    await asyncio.sleep(0)
        async with open_socket(url, None, ticket=ticket) as socket:
            assert await close_code(socket) == 4401


@pytest.mark.parametrize("ticket", ["unknown", "x" * 2000])
async def test_a_ticket_that_was_never_issued_opens_nothing_even_beside_a_cookie(
    bank: Bank, url: str, ticket: str
) -> None:
    with log_in(url, bank.person().rm_id) as client:
        async with open_socket(url, client, ticket=ticket) as socket:
            assert await close_code(socket) == 4401


async def test_a_ticket_ends_with_its_session(bank: Bank, url: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        ticket = ticket_of(client)
        client.delete("/api/v1/session").raise_for_status()
    async with open_socket(url, None, ticket=ticket) as socket:
        assert await close_code(socket) == 4401


async def test_two_handshakes_with_one_ticket_open_one_socket(bank: Bank, url: str) -> None:
    async def first_word(ticket: str) -> bool:
        async with open_socket(url, None, ticket=ticket) as socket, asyncio.timeout(WAIT_S):
            try:
                return '"hello"' in str(await socket.recv())
            except ConnectionClosed:
                return False

    with log_in(url, bank.person().rm_id) as client:
        ticket = ticket_of(client)
        opened = await asyncio.gather(*(first_word(ticket) for _ in range(4)))
    assert sum(opened) == 1


async def test_a_foreign_page_gets_nowhere_with_a_ticket(bank: Bank, url: str) -> None:
    with log_in(url, bank.person().rm_id) as client:
        ticket = ticket_of(client)
        with pytest.raises(InvalidStatus):
            async with open_socket(url, None, {"Origin": "https://evil.example"}, ticket=ticket):
                pass
        async with open_socket(url, None, ticket=ticket) as socket, asyncio.timeout(WAIT_S):
            assert '"hello"' in str(await socket.recv())


def test_who_does_not_work_with_alerts_or_is_nobody_gets_no_ticket(bank: Bank, url: str) -> None:
    assert httpx.post(f"{url}/api/v1/ws-tickets").status_code == 401
    with log_in(url, bank.person(role="analyst").rm_id) as client:
        assert client.post("/api/v1/ws-tickets").status_code == 403
    with log_in(url, bank.person().rm_id) as client:
        del client.headers["X-Requested-With"]
        assert client.post("/api/v1/ws-tickets").status_code == 403
