"""`tipline watch` as a script uses it: each alert once, also across a gateway's restart."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from core.settings import Settings
from tests.integration.gateway import PASSWORD, Bank, Gateways, publishing, running_gateways
from tests.integration.terminal import read_until, watch

GATEWAY = "gateway-watch"


@pytest.fixture(scope="module")
def bank(postgres: Settings, redis_server: Settings) -> Iterator[Bank]:
    with publishing(postgres):
        yield Bank(postgres)


@pytest.fixture(scope="module")
def gateways(bank: Bank) -> Iterator[Gateways]:
    with running_gateways(bank.settings, {GATEWAY: {}}) as running:
        yield running


def token_of(url: str, rm_id: str) -> str:
    reply = httpx.post(f"{url}/api/v1/token", json={"rm_id": rm_id, "password": PASSWORD}, timeout=30)
    return str(reply.json()["access_token"])


def test_alerts_come_once_each_across_a_restart_of_the_gateway(bank: Bank, gateways: Gateways) -> None:
    ann, url = bank.person(), gateways.urls[GATEWAY]
    with bank.session() as session:
        session.execute("INSERT INTO market_list VALUES ('WATCHED', 'x', 'USD', 1) ON CONFLICT DO NOTHING")
    alerts = [bank.alert(ann.clients[0])]
    with watch(bank.settings, url, "--count", "3", "--tick", "WATCHED", token=token_of(url, ann.rm_id)) as process:
        seen = [read_until(process, "alert")]
        read_until(process, "live")
        assert read_until(process, "subscribed")["instruments"] == ["WATCHED"]
        alerts.append(bank.alert(ann.clients[0], body="\x1b[2J"))
        seen.append(read_until(process, "alert"))
        gateways.group.kill(GATEWAY)
        read_until(process, "cut")
        alerts.append(bank.alert(ann.clients[0]))
        gateways.group.start(GATEWAY)
        seen.append(read_until(process, "alert"))
        assert process.wait(30) == 0
    assert [item["alert"]["alert_id"] for item in seen] == [str(alert.alert_id) for alert in alerts]
    gateways.group.wait_ready(GATEWAY)


def test_a_token_that_is_not_valid_ends_it_with_a_sentence(bank: Bank, gateways: Gateways) -> None:
    with watch(bank.settings, gateways.urls[GATEWAY], token="nonsense") as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "not valid any more" in errors
