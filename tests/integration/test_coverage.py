"""Deputies: what they may see begins and ends with their time, in lists, frames, figures and single alerts alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from core.clock import rfc3339, utc_now
from core.settings import Settings
from tests.integration.gateway import Bank, Person, log_in
from tests.integration.router_process import run
from tests.integration.test_router_tables import take
from tests.router_samples import enriched


def days(number: float) -> str:
    return rfc3339(utc_now() + timedelta(days=number))


def cover(gateway: str, by: Person, **wanted: Any) -> Any:
    with log_in(gateway, by.rm_id) as client:
        return client.post("/api/v1/coverage", json={"to": days(2), **wanted})


def listed(gateway: str, person: Person) -> list[str]:
    with log_in(gateway, person.rm_id) as client:
        return [one["alert_id"] for one in client.get("/api/v1/alerts").json()["items"]]


def test_a_deputy_sees_all_clients_of_the_rm_and_hears_of_their_alerts_until_it_ends(bank: Bank, gateway: str) -> None:
    ann, deputy = bank.person(clients=2), bank.person()
    alerts = [str(bank.alert(client).alert_id) for client in ann.clients]
    assert listed(gateway, deputy) == []
    coverage = cover(gateway, ann, deputy=deputy.rm_id).json()
    assert (coverage["active"], coverage["client_id"], coverage["deputy"]) == (True, None, deputy.rm_id)
    assert listed(gateway, deputy) == alerts[::-1]
    with log_in(gateway, deputy.rm_id) as client:
        client.put(f"/api/v1/alerts/{alerts[0]}/acknowledgement").raise_for_status()
        covered = client.get(f"/api/v1/clients/{ann.clients[0]}").json()["coverage"]
        assert [(one["rm_id"], one["for_rm"]) for one in covered] == sorted(
            [(ann.rm_id, None), (deputy.rm_id, ann.rm_id)]
        )
    assert [frame["by"] for frame in bank.frames(deputy.rm_id, "state")] == [deputy.rm_id]
    with log_in(gateway, ann.rm_id) as client:
        assert client.delete(f"/api/v1/coverage/{coverage['coverage_id']}").status_code == 204
        assert client.delete(f"/api/v1/coverage/{coverage['coverage_id']}").status_code == 404
    assert listed(gateway, deputy) == []
    with log_in(gateway, deputy.rm_id) as client:
        assert client.get(f"/api/v1/alerts/{alerts[0]}").status_code == 404
    for action in ("coverage.added", "coverage.ended"):
        assert bank.audited(action, coverage["coverage_id"]) == [{"actor": ann.rm_id, "clients": []}]


def test_cover_of_one_client_is_of_that_client_and_of_its_dates(bank: Bank, gateway: str) -> None:
    ann, deputy = bank.person(clients=2), bank.person(clients=0, role="deputy")
    alerts = [str(bank.alert(client).alert_id) for client in ann.clients]
    first = cover(gateway, ann, deputy=deputy.rm_id, client_id=ann.clients[1])
    later = cover(gateway, ann, deputy=deputy.rm_id, client_id=ann.clients[0], **{"from": days(1)})
    assert (first.status_code, later.status_code, later.json()["active"]) == (201, 201, False)
    assert listed(gateway, deputy) == [alerts[1]]
    bank.rows("UPDATE coverage SET valid_to = now() WHERE coverage_id = %s RETURNING 1", first.json()["coverage_id"])
    assert listed(gateway, deputy) == []


def test_the_router_tells_a_deputy_of_new_alerts(bank: Bank, gateway: str, postgres: Settings) -> None:
    ann, deputy = bank.person(), bank.person()
    cover(gateway, ann, deputy=deputy.rm_id).raise_for_status()
    take(postgres, [enriched(ann.clients[0], f"{ann.rm_id}-1")])
    assert [frame["type"] for frame in bank.frames(deputy.rm_id)] == ["alert"]


def test_a_deputys_deputy_sees_nothing_and_none_is_named_by_a_deputy(bank: Bank, gateway: str) -> None:
    ann, deputy, third = bank.person(), bank.person(), bank.person()
    bank.alert(ann.clients[0])
    cover(gateway, ann, deputy=deputy.rm_id).raise_for_status()
    cover(gateway, deputy, deputy=third.rm_id).raise_for_status()
    assert listed(gateway, third) == []
    lent = cover(gateway, deputy, deputy=third.rm_id, client_id=ann.clients[0])
    assert lent.status_code == 404
    assert cover(gateway, bank.person(clients=0, role="deputy"), deputy=third.rm_id).status_code == 403


def test_a_head_arranges_and_ends_it_for_others_and_strangers_do_neither(bank: Bank, gateway: str) -> None:
    ann, deputy, head = bank.person(), bank.person(), bank.person(clients=0, role="head")
    assert cover(gateway, deputy, deputy=deputy.rm_id, rm_id=ann.rm_id).status_code == 403
    arranged = cover(gateway, head, deputy=deputy.rm_id, rm_id=ann.rm_id).json()
    assert (arranged["rm_id"], arranged["created_by"]) == (ann.rm_id, head.rm_id)
    address = f"/api/v1/coverage/{arranged['coverage_id']}"
    with log_in(gateway, bank.person().rm_id) as client:
        assert client.delete(address).status_code == 404
        assert client.get("/api/v1/coverage").json() == {"items": []}
    with log_in(gateway, deputy.rm_id) as client:
        assert [one["rm_id"] for one in client.get("/api/v1/coverage").json()["items"]] == [ann.rm_id]
        assert client.delete(address).status_code == 404
    with log_in(gateway, head.rm_id) as client:
        assert client.delete(address).status_code == 204


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ({"to": days(-1)}, 400),
        ({"from": days(3), "to": days(2)}, 400),
        ({"to": days(900)}, 400),
        ({"deputy": "nobody"}, 400),
        ({"client_id": "C-nobody"}, 404),
        ({"deputy": "a\x00b"}, 422),
        ({"until": days(1)}, 422),
    ],
)
def test_cover_that_cannot_be_is_refused(bank: Bank, gateway: str, wanted: dict[str, str], status: int) -> None:
    ann, deputy = bank.person(), bank.person()
    assert cover(gateway, ann, **{"deputy": deputy.rm_id, **wanted}).status_code == status


def test_nobody_deputises_for_themselves_and_those_without_clients_cannot(bank: Bank, gateway: str) -> None:
    ann, analyst = bank.person(), bank.person(clients=0, role="analyst")
    for who in (ann, analyst):
        assert cover(gateway, ann, deputy=who.rm_id).json()["code"] == "bad_deputy"
    with log_in(gateway, ann.rm_id) as client:
        deputies = {one["rm_id"] for one in client.get("/api/v1/coverage/deputies").json()["items"]}
    assert not deputies & {ann.rm_id, analyst.rm_id}


def test_an_inactive_deputy_sees_nothing(bank: Bank, gateway: str, postgres: Settings) -> None:
    ann, deputy = bank.person(), bank.person()
    cover(gateway, ann, deputy=deputy.rm_id).raise_for_status()
    run(postgres, "UPDATE rm SET active = false WHERE rm_id = %s", deputy.rm_id)
    assert bank.rows("SELECT may_see(%s, %s) AS sees", deputy.rm_id, ann.clients[0]) == [{"sees": False}]
