"""Filters become conditions, and only those that were asked for."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from api.alert_models import AlertFilter, AlertQuery, ExportQuery, NewFeedback
from api.alert_query import Cursor, where
from core.errors import BadInput

NOW = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)


def test_without_filters_only_entitlement_is_asked() -> None:
    condition, parameters = where(AlertFilter(), "ann")
    assert condition == "a.released AND may_see(%(rm_id)s, a.client_id)"
    assert parameters == {"rm_id": "ann"}


def test_every_value_travels_as_a_parameter() -> None:
    hostile = "'; DROP TABLE alerts; --"
    asked = AlertFilter.model_validate(
        {"client": hostile, "q": hostile, "topic": ["ipo", "sale"], "severity": ["critical"], "state": ["snoozed"],
         "muted": False, "from": NOW, "to": NOW}
    )  # fmt: skip
    condition, parameters = where(asked, "ann")
    assert hostile not in condition
    assert (parameters["client"], parameters["q"], parameters["topic"]) == (hostile, hostile, ["ipo", "sale"])
    for named in ("client", "q", "topic", "severity", "state", "muted", "since", "until"):
        assert f"%({named})s" in condition


def test_a_cursor_is_a_place_in_the_list() -> None:
    place = Cursor(NOW, uuid.uuid4())
    condition, parameters = where(AlertFilter(cursor=place.encode()), "ann")
    assert "(a.created_at, a.alert_id) <" in condition
    assert (parameters["cursor_at"], parameters["cursor_id"]) == (place.created_at, place.alert_id)
    with pytest.raises(BadInput):
        where(AlertFilter(cursor="nonsense"), "ann")


@pytest.mark.parametrize(
    "asked",
    [{"topic": ["weather"]}, {"severity": ["grave"]}, {"state": ["open"]}, {"client": ""}, {"client": "a\x00"},
     {"q": "x" * 201}, {"from": "2026-03-01T09:00:00"}, {"to": "0001-01-01T00:00:00+23:59"}, {"limit": 0}],
)  # fmt: skip
def test_what_is_no_filter_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        AlertQuery.model_validate(asked)


def test_a_file_may_be_longer_than_a_page() -> None:
    assert ExportQuery().limit == 10_000
    with pytest.raises(ValidationError):
        AlertQuery(limit=201)


def test_a_reason_goes_with_what_was_not_useful() -> None:
    assert NewFeedback(useful=False, reason="old").reason == "old"
    with pytest.raises(ValidationError):
        NewFeedback(useful=True, reason="old")
