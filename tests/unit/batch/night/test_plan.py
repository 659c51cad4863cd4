"""When a run starts, which days it covers, and how often it is tried; what an event says."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from batch.inputs import Day
from batch.night.events import Arrival, read_arrivals
from batch.night.plan import ATTEMPTS, Failures, Quiet, start_of
from clients.sqs import Message

NOW = datetime(2026, 1, 30, 22, 0, tzinfo=UTC)


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def test_several_days_are_one_run() -> None:
    start = start_of([Day(date(2026, 1, 30), ()), Day(date(2026, 1, 28), ())])
    assert start is not None
    assert start.arguments == {"--date": "2026-01-28", "--to-date": "2026-01-30", "--finality": "final"}


def test_one_day_needs_no_range() -> None:
    start = start_of([Day(date(2026, 1, 30), ())])
    assert start is not None
    assert start.arguments == {"--date": "2026-01-30", "--finality": "final"}
    assert start_of([]) is None


def test_a_run_waits_until_files_stop_coming() -> None:
    quiet = Quiet(5)
    assert quiet.over(NOW)
    quiet.arrived(NOW)
    quiet.arrived(NOW + seconds(4))
    assert quiet.remaining_s(NOW + seconds(6)) == 3
    assert not quiet.over(NOW + seconds(8))
    assert quiet.over(NOW + seconds(9))


def test_files_that_never_stop_coming_do_not_put_a_run_off_for_ever() -> None:
    quiet = Quiet(5)
    for n in range(0, 100, 4):
        quiet.arrived(NOW + seconds(n))
    assert quiet.over(NOW + seconds(60))


def test_a_started_run_begins_a_new_quiet_period() -> None:
    quiet = Quiet(5)
    quiet.arrived(NOW)
    quiet.reset()
    assert quiet.over(NOW)


def test_each_attempt_waits_longer_and_the_last_is_the_last() -> None:
    assert Failures(0, None).allow(NOW)
    for count, wait_s in ((1, 60), (2, 120), (3, 240)):
        assert not Failures(count, NOW).allow(NOW + seconds(wait_s - 1))
        assert Failures(count, NOW).allow(NOW + seconds(wait_s))
    assert not Failures(ATTEMPTS, NOW).allow(NOW + timedelta(days=30))
    assert Failures(ATTEMPTS, NOW).given_up


def event(key: str, name: str = "ObjectCreated:Put", version: str | None = "v1") -> Message:
    found = {"key": key} | ({"versionId": version} if version else {})
    return Message(
        json.dumps({"Records": [{"eventName": name, "s3": {"bucket": {"name": "b"}, "object": found}}]}), "r"
    )


def test_an_event_names_the_version_of_an_object() -> None:
    (arrival,) = read_arrivals(event("positions/date%3D2026-01-30/my+file.csv"))
    assert arrival == Arrival("b", "positions/date=2026-01-30/my file.csv", "v1")
    assert arrival.as_of_date == date(2026, 1, 30)


def test_an_object_elsewhere_has_no_day() -> None:
    (arrival,) = read_arrivals(event("notes/readme.txt", version=None))
    assert (arrival.as_of_date, arrival.version_id) == (None, "null")


@pytest.mark.parametrize(
    "message",
    [
        event("positions/date%3D2026-01-30/a.csv", "ObjectRemoved:Delete"),
        Message('{"Service": "Amazon S3", "Event": "s3:TestEvent"}', "r"),
        Message("not JSON", "r"),
        Message("[]", "r"),
        Message('{"Records": [{"eventName": "ObjectCreated:Put"}]}', "r"),
    ],
)
def test_what_announces_no_new_object_is_passed_over(message: Message) -> None:
    assert read_arrivals(message) == []
