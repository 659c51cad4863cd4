"""What time does to alerts, in the router's own database role: once, whoever looks, and after every restart."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from api.frames import StateFrame
from clients.postgres import Session, connect
from core.clock import rfc3339, utc_now
from core.events import Alert
from core.settings import Settings, load_settings
from ops.secrets import SECRET_FIELDS
from streaming.router.timers import advance
from tests.integration.gateway import Bank, log_in

DEPUTY_AFTER_S, HEAD_AFTER_S = 600.0, 1200.0


@pytest.fixture(scope="module")
def timing(postgres: Settings) -> Settings:
    """Settings of the router's role."""
    known = postgres.model_dump(exclude_unset=True, exclude=set(SECRET_FIELDS))
    return load_settings(
        "router", **known | {"escalate_to_deputy_s": DEPUTY_AFTER_S, "escalate_to_head_s": HEAD_AFTER_S}
    )


@pytest.fixture
def session(timing: Settings) -> Iterator[Session]:
    with connect(timing) as opened:
        yield opened


def wait(bank: Bank, alert: Alert, seconds: float) -> None:
    """Let time pass for one alert: its clocks go back."""
    bank.rows(
        "UPDATE alerts SET attention_since = attention_since - make_interval(secs => %s),"
        " snoozed_until = snoozed_until - make_interval(secs => %s) WHERE alert_id = %s RETURNING 1",
        seconds, seconds, alert.alert_id,
    )  # fmt: skip


def kinds(bank: Bank, rm_id: str, alert: Alert) -> list[tuple[str, str | None]]:
    """Return the state frames of an alert in a person's feed: kind, and whom it was escalated to."""
    frames = [frame for frame in bank.frames(rm_id, "state") if frame["alert_id"] == str(alert.alert_id)]
    for frame in frames:
        StateFrame.model_validate({**frame, "seq": 1, "sent_at": rfc3339(utc_now())})
    return [(frame["kind"], frame["escalated_to"]) for frame in frames]


def test_an_unacknowledged_critical_alert_goes_to_the_deputy_then_to_the_heads(
    bank: Bank, session: Session, timing: Settings
) -> None:
    ann, deputy, head = (bank.person(clients=number, role=role) for number, role in ((1, "rm"), (0, "rm"), (0, "head")))
    bank.rows(
        "INSERT INTO coverage (rm_id, deputy_id, valid_from, valid_to, created_by)"
        " VALUES (%s, %s, now() - interval '1 day', now() + interval '1 day', %s) RETURNING 1",
        ann.rm_id, deputy.rm_id, ann.rm_id,
    )  # fmt: skip
    alert = bank.alert(ann.clients[0], severity="critical")
    told = []
    for waited_s in (DEPUTY_AFTER_S - 60, 120, HEAD_AFTER_S - DEPUTY_AFTER_S - 120, 120, 9999):
        wait(bank, alert, waited_s)
        advance(session, timing)
        told.append((len(kinds(bank, ann.rm_id, alert)), len(kinds(bank, head.rm_id, alert))))
    assert told == [(0, 0), (1, 0), (1, 0), (2, 1), (2, 1)]
    expected = [("escalated", "deputy"), ("escalated", "head")]
    assert kinds(bank, ann.rm_id, alert) == kinds(bank, deputy.rm_id, alert) == expected
    assert kinds(bank, head.rm_id, alert) == expected[1:]
    assert (
        bank.audited("alert.escalated", str(alert.alert_id)) == [{"actor": "tipline", "clients": list(ann.clients)}] * 2
    )


def test_without_a_deputy_it_goes_to_the_heads_at_once(bank: Bank, session: Session, timing: Settings) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0], severity="critical")
    wait(bank, alert, DEPUTY_AFTER_S + 1)
    advance(session, timing)
    assert kinds(bank, ann.rm_id, alert) == [("escalated", "head")]


def test_only_what_is_critical_shown_and_not_dealt_with_waits(bank: Bank, gateway: str) -> None:
    ann = bank.person()
    alerts = [bank.alert(ann.clients[0], severity=severity) for severity in ("important", "critical", "critical")]
    alerts.append(bank.alert(ann.clients[0], severity="critical", released=False))
    with log_in(gateway, ann.rm_id) as client:
        client.put(f"/api/v1/alerts/{alerts[1].alert_id}/acknowledgement").raise_for_status()
    bank.rows("UPDATE alerts SET status = 'retracted' WHERE alert_id = %s RETURNING 1", alerts[2].alert_id)
    found = bank.rows(
        "SELECT alert_id FROM alerts WHERE client_id = %s AND attention_since IS NOT NULL", ann.clients[0]
    )
    assert found == []


def test_the_clock_starts_when_an_alert_becomes_critical(bank: Bank) -> None:
    alert = bank.alert(bank.person().clients[0], severity="important")
    bank.rows(
        "UPDATE alerts SET created_at = now() - interval '2 days' WHERE alert_id = %s RETURNING 1", alert.alert_id
    )
    (row,) = bank.rows(
        "UPDATE alerts SET severity = 'critical' WHERE alert_id = %s"
        " RETURNING clock_timestamp() - attention_since < interval '1 minute' AS fresh",
        alert.alert_id,
    )
    assert row["fresh"]


def test_a_snoozed_alert_comes_back_by_itself_and_critical_ones_wait_anew(
    bank: Bank, gateway: str, session: Session, timing: Settings
) -> None:
    ann = bank.person()
    alert = bank.alert(ann.clients[0], severity="critical")
    with log_in(gateway, ann.rm_id) as client:
        until = rfc3339(utc_now() + timedelta(hours=1))
        client.put(f"/api/v1/alerts/{alert.alert_id}/snooze", json={"until": until}).raise_for_status()
        advance(session, timing)
        wait(bank, alert, 3601)
        advance(session, timing)
        advance(session, timing)
        assert client.get(f"/api/v1/alerts/{alert.alert_id}").json()["state"] == "new"
    assert kinds(bank, ann.rm_id, alert) == [("snoozed", None), ("returned", None)]
    wait(bank, alert, DEPUTY_AFTER_S + 1)
    advance(session, timing)
    assert kinds(bank, ann.rm_id, alert)[2:] == [("escalated", "head")]


def test_of_several_routers_each_alert_moves_once(bank: Bank, timing: Settings) -> None:
    ann = bank.person()
    alerts = [bank.alert(ann.clients[0], severity="critical") for _ in range(12)]
    for alert in alerts:
        wait(bank, alert, DEPUTY_AFTER_S + 1)

    def look(_: int) -> int:
        with connect(timing) as mine:
            return advance(mine, timing)

    with ThreadPoolExecutor(4) as routers:
        assert sum(routers.map(look, range(4))) >= len(alerts)
    assert [kinds(bank, ann.rm_id, alert) for alert in alerts] == [[("escalated", "head")]] * len(alerts)
