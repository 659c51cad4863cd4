"""Schedules in AWS's six fields."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from batch.glue.cron import parse_schedule
from core.errors import BadInput


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "moment"),
    [
        ("cron(0 2 * * ? *)", "2026-01-30T02:00"),
        ("cron(1/10 * * * ? *)", "2026-01-30T05:21"),
        ("cron(0/15 8-17 ? * MON-FRI *)", "2026-01-30T17:45"),
        ("cron(0 18 ? * 6 2026)", "2026-01-30T18:00"),
        ("cron(0 8 1,15 JAN,JUL ? *)", "2026-07-15T08:00"),
        ("cron(0 8 L * ? *)", "2024-02-29T08:00"),
        ("cron(0 8 LW * ? *)", "2026-01-30T08:00"),
        ("cron(0 8 15W * ? *)", "2026-02-16T08:00"),
        ("cron(0 8 1W * ? *)", "2026-08-03T08:00"),
        ("cron(0 8 ? * L *)", "2026-01-31T08:00"),
        ("cron(0 8 ? * 6L *)", "2026-01-30T08:00"),
        ("cron(0 8 ? * FRI#5 *)", "2026-01-30T08:00"),
        ("cron(0 8 */7 * ? *)", "2026-01-29T08:00"),
    ],
)
def test_a_schedule_fires_at(schedule: str, moment: str) -> None:
    assert parse_schedule(schedule).matches(at(moment))


@pytest.mark.parametrize(
    ("schedule", "moment"),
    [
        ("cron(0 2 * * ? *)", "2026-01-30T02:01"),
        ("cron(1/10 * * * ? *)", "2026-01-30T05:20"),
        ("cron(0/15 8-17 ? * MON-FRI *)", "2026-01-31T09:00"),
        ("cron(0 8 31 * ? *)", "2026-02-28T08:00"),
        ("cron(0 8 31W * ? *)", "2026-02-27T08:00"),
        ("cron(0 8 LW * ? *)", "2026-01-31T08:00"),
        ("cron(0 8 ? * 6L *)", "2026-01-23T08:00"),
        ("cron(0 8 ? * 6#2 *)", "2026-01-16T08:00"),
        ("cron(0 8 1 1 ? 2025-2026)", "2027-01-01T08:00"),
    ],
)
def test_a_schedule_does_not_fire_at(schedule: str, moment: str) -> None:
    assert not parse_schedule(schedule).matches(at(moment))


def test_the_latest_minute_is_after_the_last_and_not_in_the_future() -> None:
    schedule = parse_schedule("cron(0,30 * * * ? *)")
    now = at("2026-01-30T10:45:20")
    assert schedule.latest(now - timedelta(hours=1), now) == at("2026-01-30T10:30")
    assert schedule.latest(at("2026-01-30T10:30"), now) is None
    assert schedule.latest(at("2026-01-30T10:29:59"), at("2026-01-30T10:30:00")) == at("2026-01-30T10:30")


@pytest.mark.parametrize(
    "schedule",
    [
        "0 2 * * ? *",
        "cron(0 2 * * *)",
        "cron(0 2 * * * *)",
        "cron(0 2 ? * ? *)",
        "cron(60 2 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 2 * 13 ? *)",
        "cron(0 2 ? * 8 *)",
        "cron(0 2 ? * MON#6 *)",
        "cron(0 2 40 * ? *)",
        "cron(0 2 * FOO ? *)",
        "cron(0/0 2 * * ? *)",
        "cron(9-5 2 * * ? *)",
        "cron(0 2 1W5 * ? *)",
    ],
)
def test_a_wrong_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(BadInput):
        parse_schedule(schedule)
