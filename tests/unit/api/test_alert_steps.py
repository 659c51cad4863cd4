"""Which steps change an alert, from which state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from api.alert_changes import Step
from core.errors import Conflict

UNTIL = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
STATES: dict[str, dict[str, Any]] = {
    "new": {},
    "acknowledged": {},
    "snoozed": {"snoozed_until": UNTIL},
    "dismissed": {"dismissal_reason": "duplicate"},
    "escalated": {"escalated_to": "head"},
}
STEPS = {
    "acknowledge": Step("acknowledged"),
    "snooze": Step("snoozed", until=UNTIL),
    "wake": Step("returned"),
    "dismiss": Step("dismissed", reason="duplicate"),
    "restore": Step("restored"),
    "escalate": Step("escalated", level="head"),
}


def row(state: str) -> dict[str, Any]:
    return {"state": state, "snoozed_until": None, "dismissal_reason": None, "escalated_to": None, **STATES[state]}


@pytest.mark.parametrize(
    ("step", "changes"),
    [
        ("acknowledge", {"new", "snoozed", "escalated"}),
        ("snooze", {"new", "acknowledged", "escalated"}),
        ("wake", {"snoozed"}),
        ("dismiss", {"new", "acknowledged", "snoozed", "escalated"}),
        ("restore", {"dismissed"}),
        ("escalate", {"new", "acknowledged", "snoozed"}),
    ],
)
def test_a_step_changes_an_alert_unless_it_was_taken(step: str, changes: set[str]) -> None:
    changed = set()
    for state in STATES:
        try:
            changed |= set() if STEPS[step].is_done(row(state)) else {state}
        except Conflict:
            assert state == "dismissed"
    assert changed == changes


@pytest.mark.parametrize("step", ["acknowledge", "snooze", "escalate"])
def test_a_dismissed_alert_has_to_be_restored_first(step: str) -> None:
    with pytest.raises(Conflict) as refused:
        STEPS[step].is_done(row("dismissed"))
    assert refused.value.code == "dismissed"


def test_another_moment_reason_or_level_is_another_step() -> None:
    assert not Step("snoozed", until=UNTIL.replace(hour=10)).is_done(row("snoozed"))
    assert not Step("dismissed", reason="other").is_done(row("dismissed"))
    assert not Step("escalated", level="head").is_done(row("escalated") | {"escalated_to": "deputy"})
