"""What a person sets for themselves: preferences, mute rules; and their clients, and how often they may ask."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from clients.redis import connect as connect_redis
from core.clock import rfc3339, utc_now
from core.settings import Settings
from tests.integration.gateway import Bank, log_in
from tests.integration.test_router_tables import take
from tests.router_samples import enriched

PREFERENCES = "/api/v1/me/preferences"


def test_preferences_begin_with_the_defaults_and_change_by_version(bank: Bank, gateway: str) -> None:
    with log_in(gateway, bank.person(clients=0, role="analyst").rm_id) as client:
        assert client.get("/api/v1/me").json()["preferences"] == PREFERENCES
        first = client.get(PREFERENCES)
        wanted = {**first.json(), "theme": "dark", "time_zone": "Asia/Kolkata", "hide_amounts": True}
        changed = client.put(PREFERENCES, json=wanted, headers={"If-Match": first.headers["etag"]})
        read = client.get(PREFERENCES)
        stale = client.put(PREFERENCES, json=wanted, headers={"If-Match": first.headers["etag"]})
        blind = client.put(PREFERENCES, json=wanted)
        again = client.put(PREFERENCES, json=first.json(), headers={"If-Match": read.headers["etag"]})
    assert (changed.status_code, read.json()) == (200, wanted)
    assert changed.headers["etag"] == read.headers["etag"] != first.headers["etag"]
    assert (stale.status_code, stale.json()["code"]) == (412, "precondition_failed")
    assert (blind.status_code, blind.json()["code"]) == (428, "precondition_required")
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize("wrong", [{"theme": "pink"}, {"time_zone": "Mars/Base"}, {"colour": "red"}, {"sound": "loud"}])
def test_preferences_that_do_not_exist_are_refused(bank: Bank, gateway: str, wrong: dict[str, str]) -> None:
    with log_in(gateway, bank.person().rm_id) as client:
        assert client.put(PREFERENCES, json=wrong, headers={"If-Match": '"0"'}).status_code == 422


def mute(client: httpx.Client, **rule: str) -> str:
    answer = client.post("/api/v1/mutes", json=rule)
    answer.raise_for_status()
    return str(answer.json()["mute_id"])


def test_a_muted_alert_is_kept_and_never_comes_as_new_to_whom_muted_it(
    bank: Bank, gateway: str, postgres: Settings
) -> None:
    ann, bob = bank.person(), bank.person(clients=0)
    bank.rows("INSERT INTO rm_clients (rm_id, client_id) VALUES (%s, %s) RETURNING 1", bob.rm_id, ann.clients[0])
    with log_in(gateway, ann.rm_id) as client:
        rule = mute(client, client_id=ann.clients[0], until=rfc3339(utc_now() + timedelta(hours=1)), reason="sold")
        take(postgres, [enriched(ann.clients[0], f"{ann.rm_id}-1", story=1)], now=utc_now())
        take(postgres, [enriched(ann.clients[0], f"{ann.rm_id}-2", story=2, severity="critical")], now=utc_now())
        assert client.delete(f"/api/v1/mutes/{rule}").status_code == 204
        take(postgres, [enriched(ann.clients[0], f"{ann.rm_id}-3", story=3)], now=utc_now())
        muted = [one["muted"] for one in client.get("/api/v1/alerts").json()["items"]]
        only = client.get("/api/v1/alerts?muted=true").json()["items"]
    mine = [(frame["type"], frame["alert"]["muted"]) for frame in bank.frames(ann.rm_id)]
    assert mine == [("alert.updated", True), ("alert", False), ("alert", False)]
    assert [frame["type"] for frame in bank.frames(bob.rm_id)] == ["alert"] * 3
    assert (muted, len(only)) == ([False, False, True], 1)
    for action in ("mute.added", "mute.ended"):
        assert bank.audited(action, rule) == [{"actor": ann.rm_id, "clients": list(ann.clients)}]


def test_a_topic_is_muted_for_all_clients_or_one(bank: Bank, gateway: str, postgres: Settings) -> None:
    ann = bank.person(clients=2)
    with log_in(gateway, ann.rm_id) as client:
        mute(client, topic="appointment", client_id=ann.clients[0])
        for number, covered in enumerate(ann.clients):
            take(postgres, [enriched(covered, f"{ann.rm_id}-{number}")], now=utc_now())
        mute(client, topic="appointment")
        take(postgres, [enriched(ann.clients[1], f"{ann.rm_id}-9", story=9)], now=utc_now())
        rules = client.get("/api/v1/mutes").json()["items"]
    assert [frame["alert"]["muted"] for frame in bank.frames(ann.rm_id)] == [True, False, True]
    assert [(rule["topic"], rule["client_id"], rule["until"]) for rule in rules] == [
        ("appointment", ann.clients[0], None),
        ("appointment", None, None),
    ]


def test_rules_are_their_owners(bank: Bank, gateway: str) -> None:
    ann, bob, head = bank.person(), bank.person(), bank.person(clients=0, role="head")
    with log_in(gateway, ann.rm_id) as client:
        rule = mute(client, topic="award")
        for wrong, status in (
            ({"client_id": bob.clients[0]}, 404),
            ({}, 422),
            ({"topic": "weather"}, 422),
            ({"topic": "award", "until": "2020-01-01T00:00:00Z"}, 400),
        ):
            assert client.post("/api/v1/mutes", json=wrong).status_code == status
    with log_in(gateway, bob.rm_id) as client:
        assert client.get("/api/v1/mutes").json() == {"items": []}
        assert client.delete(f"/api/v1/mutes/{rule}").status_code == 404
    with log_in(gateway, head.rm_id) as client:
        assert client.post("/api/v1/mutes", json={"client_id": "C-nobody"}).status_code == 404


def test_clients_are_listed_and_described_to_who_covers_them(bank: Bank, gateway: str) -> None:
    ann, bob = bank.person(clients=3), bank.person()
    first = sorted(ann.clients)[0]
    bank.alert(first)
    bank.rows("INSERT INTO client_facts VALUES (%s, 'city', 'Oslo') RETURNING 1", first)
    with log_in(gateway, ann.rm_id) as client:
        page = client.get("/api/v1/clients?limit=2")
        rest = client.get(page.links["next"]["url"])
        profile = client.get(f"/api/v1/clients/{first}").json()
        assert client.get(f"/api/v1/clients/{bob.clients[0]}").status_code == 404
        assert client.get("/api/v1/clients/%00").status_code == 422
    listed = [one["client_id"] for one in page.json()["items"] + rest.json()["items"]]
    assert listed == sorted(ann.clients)
    assert page.json()["items"][0]["open_alerts"] == 1
    assert (profile["legal_name"], profile["facts"]) == ("X Y", [{"kind": "city", "value": "Oslo"}])
    assert [one["rm_id"] for one in profile["coverage"]] == [ann.rm_id]
    assert bank.audited("client.viewed", first) == [{"actor": ann.rm_id, "clients": [first]}]


def test_who_asks_too_often_is_told_when_to_come_back(bank: Bank, gateway: str) -> None:
    ann, bob = bank.person(), bank.person()
    redis = connect_redis(bank.settings)
    with log_in(gateway, ann.rm_id) as client, log_in(gateway, bob.rm_id) as other:
        left = client.get("/api/v1/mutes").headers
        assert left["ratelimit-policy"] == '"user";q=6000;w=60'
        assert left["ratelimit"] == '"user";r=5999;t=1'
        # An empty bucket of a minute from now, lest it fill while the test looks.
        redis.hset(f"rate:{ann.rm_id}", mapping={"tokens": "0", "at": str(utc_now().timestamp() + 60)})
        refused = client.get("/api/v1/alerts")
        assert other.get("/api/v1/alerts").status_code == 200
    redis.close()
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["ratelimit"] == '"user";r=0;t=60'
    assert refused.headers["retry-after"] == "1"


def test_metrics_name_operations_and_nobody(bank: Bank, gateway: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(gateway, ann.rm_id) as client:
        client.put(f"/api/v1/alerts/{alert.alert_id}/acknowledgement").raise_for_status()
    text = httpx.get(f"{gateway}/metrics").text
    assert 'tipline_http_request_seconds_bucket{le="+Inf",operation="acknowledgeAlert",status="200"}' in text
    assert 'tipline_alert_changes_total{kind="acknowledged"}' in text
    for secret in (ann.rm_id, ann.clients[0], str(alert.alert_id)):
        assert secret not in text
