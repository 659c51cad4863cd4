"""What people do about alerts: each change in the row, every tab, the outbox, the history and the audit."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.frames import StateFrame
from core.clock import rfc3339, utc_now
from core.events import Alert, AlertStateChange
from tests.integration.gateway import Bank, log_in

LATER = rfc3339(utc_now() + timedelta(hours=3))
STEPS: list[tuple[str, str, dict[str, str] | None, str]] = [
    ("PUT", "acknowledgement", None, "acknowledged"),
    ("PUT", "snooze", {"until": LATER}, "snoozed"),
    ("DELETE", "snooze", None, "new"),
    ("PUT", "escalation", {"note": "please look"}, "escalated"),
    ("PUT", "dismissal", {"reason": "duplicate"}, "dismissed"),
    ("DELETE", "dismissal", None, "escalated"),
]
KINDS = ["acknowledged", "snoozed", "returned", "escalated", "dismissed", "restored"]


def take(client: httpx.Client, alert: Alert, method: str, path: str, body: object = None) -> dict[str, Any]:
    answer = client.request(method, f"/api/v1/alerts/{alert.alert_id}/{path}", json=body)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def test_each_change_reaches_every_tab_the_outbox_the_history_and_the_audit(bank: Bank, gateway: str) -> None:
    ann, head = bank.person(), bank.person(clients=0, role="head")
    alert = bank.alert(ann.clients[0])
    subject = str(alert.alert_id)
    with log_in(gateway, ann.rm_id) as client:
        states = [take(client, alert, method, path, body)["state"] for method, path, body, _ in STEPS]
        detail = client.get(f"/api/v1/alerts/{subject}").json()
    assert states == [state for *_, state in STEPS]
    frames = bank.frames(ann.rm_id, "state")
    assert [(frame["kind"], frame["state"], frame["by"]) for frame in frames] == [
        (kind, state, ann.rm_id) for kind, state in zip(KINDS, states, strict=True)
    ]
    for frame in frames:
        StateFrame.model_validate({**frame, "seq": 1, "sent_at": LATER})
    changes = bank.rows("SELECT value FROM outbox WHERE value->>'alert_id' = %s ORDER BY outbox_id", subject)
    assert [AlertStateChange.model_validate(row["value"]).kind for row in changes] == KINDS
    assert [event["kind"] for event in detail["events"]] == KINDS
    assert detail["events"][3]["detail"] == {"note": "please look", "escalated_to": "head"}
    for kind in KINDS:
        assert bank.audited(f"alert.{kind}", subject) == [{"actor": ann.rm_id, "clients": list(ann.clients)}]
    # From the escalation on, the heads hear of it too.
    assert [frame["kind"] for frame in bank.frames(head.rm_id) if frame["alert_id"] == subject] == KINDS[3:]


def test_a_repeated_change_changes_nothing(bank: Bank, gateway: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(gateway, ann.rm_id) as client:
        for method, path, body, _ in STEPS:
            assert take(client, alert, method, path, body) == take(client, alert, method, path, body)
    assert [frame["kind"] for frame in bank.frames(ann.rm_id, "state")] == KINDS


def test_snoozing_and_escalating_take_the_acknowledgement_back(bank: Bank, gateway: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(gateway, ann.rm_id) as client:
        for path, body in (("snooze", {"until": LATER}), ("escalation", {})):
            take(client, alert, "PUT", "acknowledgement")
            assert take(client, alert, "PUT", path, body)["acknowledged_by"] is None


def test_a_dismissed_alert_is_restored_before_anything_else(bank: Bank, gateway: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(gateway, ann.rm_id) as client:
        take(client, alert, "PUT", "dismissal", {"reason": "other", "note": "told me himself"})
        refused = client.put(f"/api/v1/alerts/{alert.alert_id}/acknowledgement")
        assert (refused.status_code, refused.json()["code"]) == (409, "dismissed")
        take(client, alert, "DELETE", "dismissal")
        assert take(client, alert, "PUT", "acknowledgement")["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("snooze", {"until": "2020-01-01T00:00:00Z"}),
        ("snooze", {"until": "2999-01-01T00:00:00Z"}),
        ("snooze", {"until": "2026-01-01T00:00:00"}),
        ("snooze", {}),
        ("dismissal", {"reason": "bored"}),
        ("dismissal", {"reason": "other", "note": "\x00"}),
        ("escalation", {"note": "x" * 2001}),
    ],
)
def test_what_cannot_be_meant_is_refused(bank: Bank, gateway: str, path: str, body: dict[str, str]) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    with log_in(gateway, ann.rm_id) as client:
        answer = client.put(f"/api/v1/alerts/{alert.alert_id}/{path}", json=body)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert bank.rows("SELECT state FROM alerts WHERE alert_id = %s", alert.alert_id) == [{"state": "new"}]


def test_others_and_watchers_change_nothing(bank: Bank, gateway: str) -> None:
    alert = bank.alert(bank.person().clients[0])
    expected = {"rm": 404, "compliance": 403, "analyst": 403}
    body = {"useful": True}
    for role, status in expected.items():
        with log_in(gateway, bank.person(clients=0, role=role).rm_id) as client:
            for method, path, content, _ in STEPS:
                answer = client.request(method, f"/api/v1/alerts/{alert.alert_id}/{path}", json=content)
                assert answer.status_code == status, (role, path)
            rated = client.post(
                f"/api/v1/alerts/{alert.alert_id}/feedback", json=body, headers={"Idempotency-Key": "k"}
            )
            assert rated.status_code == status
    assert bank.rows("SELECT state FROM alerts WHERE alert_id = %s", alert.alert_id) == [{"state": "new"}]


def test_feedback_counts_once_for_a_key_and_stands_at_the_alert(bank: Bank, gateway: str) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0])
    address, key = f"/api/v1/alerts/{alert.alert_id}/feedback", {"Idempotency-Key": uuid.uuid4().hex}
    opinion = {"useful": False, "reason": "wrong_person", "note": "a namesake"}
    with log_in(gateway, ann.rm_id) as client:
        first, again = (client.post(address, json=opinion, headers=key) for _ in range(2))
        other = client.post(address, json={"useful": True}, headers=key)
        without = client.post(address, json=opinion)
        stands = client.get(f"/api/v1/alerts/{alert.alert_id}").json()["feedback"]
    assert (first.status_code, first.json()) == (201, again.json())
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert without.status_code == 422
    assert stands == [first.json()]
    stored = bank.rows("SELECT rm_id, useful, reason, note, revision FROM feedback WHERE alert_id = %s", alert.alert_id)
    assert stored == [{**opinion, "rm_id": ann.rm_id, "revision": 1}]
    assert bank.audited("alert.rated", str(alert.alert_id)) == [{"actor": ann.rm_id, "clients": list(ann.clients)}]
