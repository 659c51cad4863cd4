"""Who saw what about a client: recorded wherever somebody sees it, and told to compliance alone."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest

from core.clock import utc_now
from tests.integration.gateway import Bank, log_in, page, publishing, read_alerts
from tests.integration.router_process import until

ACCESS = "/api/v1/compliance/access"


@pytest.fixture(scope="module")
def url(gateway: str) -> str:
    return gateway


@pytest.fixture(scope="module")
def officer(bank: Bank, url: str) -> Iterator[httpx.Client]:
    with log_in(url, bank.person(role="compliance").rm_id) as client:
        yield client


def asked(client_id: str, **changes: str) -> dict[str, str]:
    today = str(utc_now().date())
    return {"client": client_id, "from": today, "to": today, **changes}


async def test_views_pushes_and_changes_are_told_with_who_and_when(bank: Bank, url: str, officer: httpx.Client) -> None:
    ann = bank.person()
    (client_id,) = ann.clients
    with log_in(url, ann.rm_id) as client, publishing(bank.settings):
        async with page(url, client) as live:
            await live.subscribe(0)
            alert = bank.alert(client_id)
            await read_alerts(live, [alert])
        client.get("/api/v1/alerts").raise_for_status()
        client.get(f"/api/v1/alerts/{alert.alert_id}").raise_for_status()
        client.put(f"/api/v1/alerts/{alert.alert_id}/acknowledgement").raise_for_status()
    answer = officer.get(ACCESS, params=asked(client_id)).json()
    seen = [(one["who"], one["role"], one["action"]) for one in answer["items"]]
    actions = ["alert.acknowledged", "alert.viewed", "alerts.listed", "alert.pushed"]
    assert [one for one in seen if one[2] in actions] == [(ann.rm_id, "rm", action) for action in actions]
    pushed = next(one for one in answer["items"] if one["action"] == "alert.pushed")
    assert pushed["detail"] == {"alerts": [str(alert.alert_id)]}
    assert answer["next"] is None


def test_records_have_their_place_in_the_chain_within_seconds(bank: Bank, url: str, officer: httpx.Client) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(url, ann.rm_id) as client:
        client.get(f"/api/v1/alerts/{alert.alert_id}").raise_for_status()

    def placed() -> bool:
        items = officer.get(ACCESS, params=asked(ann.clients[0])).json()["items"]
        return any(one["action"] == "alert.viewed" and one["place"] for one in items)

    until(placed)


def test_the_question_is_itself_on_record(bank: Bank, officer: httpx.Client) -> None:
    client_id = bank.client()
    assert officer.get(ACCESS, params=asked(client_id)).json()["items"] == []
    (item,) = officer.get(ACCESS, params=asked(client_id)).json()["items"]
    assert (item["action"], item["role"]) == ("compliance.searched", "compliance")


def test_days_count_whole_and_others_not_at_all(bank: Bank, officer: httpx.Client) -> None:
    client_id = bank.client()
    officer.get(ACCESS, params=asked(client_id))
    today = utc_now().date()
    before, after = str(today - timedelta(days=1)), str(today + timedelta(days=1))
    for span, found in (((before, after), True), ((before, before), False), ((after, "9999-12-31"), False)):
        items = officer.get(ACCESS, params=asked(client_id, **dict(zip(("from", "to"), span, strict=True)))).json()
        assert bool(items["items"]) == found, span
    assert officer.get(ACCESS, params=asked(client_id, to=before)).status_code == 400


def test_pages_together_are_the_export(bank: Bank, officer: httpx.Client) -> None:
    client_id = bank.client()
    for _ in range(7):
        officer.get(ACCESS, params=asked(client_id))
    items, cursor = [], "9223372036854775807"
    while cursor:
        answer = officer.get(ACCESS, params=asked(client_id, limit="3", cursor=cursor)).json()
        items += answer["items"]
        cursor = answer["next"]
    exported = officer.get(f"{ACCESS}.csv", params=asked(client_id))
    assert exported.headers["content-type"].startswith("text/csv")
    header, *rows = csv.reader(exported.text.splitlines())
    # Every question was recorded after its answer was read.
    assert [row[header.index("at")] for row in rows][-7:] == [one["at"] for one in items][-7:]
    newest = officer.get(ACCESS, params=asked(client_id, limit="1")).json()["items"][0]
    assert newest["action"] == "compliance.exported"


def test_a_formula_in_a_record_is_exported_as_text(bank: Bank, officer: httpx.Client) -> None:
    client_id = bank.client()
    bank.rows(
        "INSERT INTO audit_log (actor, action, subject, clients) VALUES ('=cmd()', 'x.y', '@SUM(1)', %s) RETURNING 1",
        [client_id],
    )
    header, row = csv.reader(officer.get(f"{ACCESS}.csv", params=asked(client_id)).text.splitlines())
    assert (row[header.index("who")], row[header.index("subject")]) == ("'=cmd()", "'@SUM(1)")


@pytest.mark.parametrize("role", ["rm", "deputy", "head", "analyst", "engineer", "operator"])
def test_nobody_else_is_told(bank: Bank, url: str, role: str) -> None:
    person = bank.person(role=role, clients=1)
    with log_in(url, person.rm_id) as client:
        for address in (ACCESS, f"{ACCESS}.csv"):
            assert client.get(address, params=asked(person.clients[0])).status_code == 403
    assert httpx.get(f"{url}{ACCESS}", params=asked(person.clients[0])).status_code == 401


def test_log_ins_are_on_record_with_their_address(bank: Bank, url: str) -> None:
    ann = bank.person()
    httpx.post(f"{url}/api/v1/session", json={"rm_id": ann.rm_id, "password": "wrong"})
    with log_in(url, ann.rm_id):
        pass
    rows = bank.rows("SELECT action, detail FROM audit_log WHERE actor = %s ORDER BY audit_id", ann.rm_id)
    assert [row["action"] for row in rows[:2]] == ["login.failed", "login.succeeded"]
    assert rows[0]["detail"]["address"] == "127.0.0.1"
