"""From a bank's files in bronze to figures in PostgreSQL, through every process on the way; and when runs start."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from batch.glue.defaults import ensure_defaults
from batch.inputs import Day
from batch.landing.layout import place_of
from batch.night.events import open_queue
from batch.night.starts import Starts
from batch.night.watcher import Watcher
from batch.record import RunRecord
from clients.aws import sqs
from clients.postgres import Session, connect, migrate
from clients.s3 import Store
from clients.sqs import Queue
from core.settings import Settings
from ops.processes import services
from ops.stack.group import ProcessGroup
from tests.integration.conftest import ROOT, make_settings
from tests.integration.lake_files import csv_of
from tests.integration.router_process import query, until

FRIDAY, MONDAY = date(2026, 1, 30), date(2026, 2, 2)
OURS = ("postgres", "s3", "glue", "night")


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Settings]:
    """The processes of the cold path with stores of their own, as `tipline up` starts them."""
    settings = make_settings(tmp_path)
    group = ProcessGroup((one for one in services(settings) if one.name in OURS), settings.data_dir)
    try:
        group.start_all(["postgres", "s3"])
        migrate(settings, ROOT / "contracts" / "sql")
        Store(settings).ensure_bucket(settings.bronze_bucket, versioned=True)
        open_queue(settings)
        ensure_defaults(settings)
        with connect(settings) as session:
            session.execute("INSERT INTO client_accounts VALUES ('SILVER-1-A', 'SILVER-1', 'EUR')")
        group.start_all(["glue", "night"])
        yield settings
    finally:
        group.stop_all()
        shutil.rmtree(settings.data_dir, ignore_errors=True)


def put(store: Store, bucket: str, kind: str, day: date, *rows: dict[str, object]) -> None:
    store.put(bucket, place_of(kind, day, "file.csv").key, csv_of(kind, day, rows or [{}]).encode())


@pytest.mark.timeout(480)
def test_files_in_bronze_become_figures_in_postgresql(bank: Settings) -> None:
    store, bronze = Store(bank), bank.bronze_bucket
    for day, price in ((FRIDAY, "10.5"), (MONDAY, "11")):
        put(store, bronze, "positions", day)
        put(store, bronze, "fx", day)
        put(store, bronze, "prices", day, {"price": price})
    until(lambda: query(bank, "SELECT FROM night_runs WHERE ended_at IS NOT NULL"), timeout_s=360)
    (night,) = query(bank, "SELECT * FROM night_runs")
    assert (night["succeeded"], night["reason"]) == (True, None)
    figures = query(bank, "SELECT as_of_date, market_value, pnl_price, revision, status FROM client_metrics ORDER BY 1")
    assert [tuple(str(value) for value in row.values()) for row in figures] == [
        (str(FRIDAY), "1050.00", "0.00", "1", "final"),
        (str(MONDAY), "1100.00", "50.00", "1", "final"),
    ]
    (run,) = query(bank, "SELECT * FROM batch_runs")
    assert (run["status"], run["kind"], run["stage"], run["job_run_id"]) == (
        "succeeded", "nightly", "rds", night["job_run_id"],
    )  # fmt: skip
    assert {row["status"] for row in query(bank, "SELECT status FROM landed_files")} == {"loaded"}
    days = query(bank, "SELECT as_of_date, status, finality FROM batch_days ORDER BY 1")
    assert [tuple(row.values()) for row in days] == [(day, "done", "final") for day in (FRIDAY, MONDAY)]


class Glue:
    """Stands for Glue's client: keeps what was started, and ends it as told."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []

    def start_job_run(self, **asked: Any) -> dict[str, str]:
        run_id = f"jr_{uuid4().hex}"
        self.started.append(asked | {"Id": run_id, "Attempt": 0, "JobRunState": "RUNNING"})
        return {"JobRunId": run_id}

    def end(self, state: str, reason: str = "") -> None:
        self.started[-1] |= {"JobRunState": state, "ErrorMessage": reason}

    def get_paginator(self, _name: str) -> Glue:
        return self

    def paginate(self, **_asked: Any) -> list[dict[str, Any]]:
        return [{"JobRuns": self.started}]


class Night:
    """A watcher whose clock and Glue are ours, over a bucket and a queue of its own."""

    def __init__(self, settings: Settings, session: Session) -> None:
        mark = uuid4().hex[:12]
        self.settings = settings.model_copy(
            update={"bronze_bucket": f"night-{mark}", "bronze_queue": f"night-{mark}", "night_quiet_s": 0.0}
        )
        self.session, self.glue = session, Glue()
        self.clock = datetime(2026, 2, 2, 22, 0, tzinfo=UTC)
        self.store, self.sqs = Store(settings), sqs(settings)
        self.store.ensure_bucket(self.settings.bronze_bucket, versioned=True)
        self.queue: Queue = open_queue(self.settings)
        self.url = self.sqs.get_queue_url(QueueName=self.settings.bronze_queue)["QueueUrl"]
        self.beats: list[dict[str, Any]] = []
        self.restart()

    def restart(self) -> None:
        client: Any = self.glue
        self.watcher = Watcher(
            self.settings, self.store, Starts(client), lambda **beat: self.beats.append(beat), self.now
        )

    def now(self) -> datetime:
        return self.clock

    def land(self, *kinds: str, day: date = MONDAY) -> None:
        """Put files, and wait until their events are in the queue."""
        before = self.events()
        for kind in kinds:
            row: dict[str, object] = {"price": str(self.clock.timestamp())} if kind == "prices" else {}
            put(self.store, self.settings.bronze_bucket, kind, day, row)
        until(lambda: self.events() == before + len(kinds))

    def step(self, **later: float) -> list[dict[str, str]]:
        """Let time pass, do one step without waiting for events that do not come, and return what was started."""
        self.clock += timedelta(**later)
        self.announce()
        self.watcher.step(self.session, self.queue)
        self.announce()
        self.watcher.step(self.session, self.queue)
        return [run["Arguments"] for run in self.glue.started]

    def announce(self, key: str = "elsewhere/nothing.txt", version: str = "v") -> None:
        """Send an event, as S3 does."""
        found = {"bucket": {"name": self.settings.bronze_bucket}, "object": {"key": key, "versionId": version}}
        body = json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": found}]})
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def events(self) -> int:
        found = self.sqs.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        )
        return sum(int(count) for count in found["Attributes"].values())

    def succeed(self) -> None:
        """End the run as the nightly job would: every day's figures are those of its files."""
        days: list[Day] = list(self.watcher.days.values())
        RunRecord(self.session, days, "nightly", "final", None).succeed(days)
        self.glue.end("SUCCEEDED")


@pytest.fixture
def night(postgres: Settings, s3_server: Settings) -> Iterator[Night]:
    with connect(postgres) as session:
        session.execute("DELETE FROM night_runs")
        session.execute("DELETE FROM batch_days")
        yield Night(postgres, session)


MONDAYS_RUN = {"--date": str(MONDAY), "--finality": "final"}


def test_a_run_starts_when_positions_prices_and_rates_are_there(night: Night) -> None:
    night.land("positions", "prices")
    assert night.step() == []
    night.land("fx")
    assert night.step() == [MONDAYS_RUN]
    assert night.step() == [MONDAYS_RUN]


def test_doubled_events_start_nothing(night: Night) -> None:
    night.land("positions", "prices", "fx")
    night.step()
    night.succeed()
    night.announce(f"prices/date={MONDAY}/file.csv")
    night.announce(f"prices/date={MONDAY}/file.csv")
    assert night.step() == [MONDAYS_RUN]
    (row,) = query(
        night.settings,
        "SELECT count(*) AS events, count(DISTINCT (key, version_id)) AS distinct_events FROM bronze_events"
        " WHERE bucket = %s AND key LIKE 'prices/%%'",
        night.settings.bronze_bucket,
    )
    assert row["events"] == row["distinct_events"]


def test_a_corrected_file_starts_a_run_again(night: Night) -> None:
    night.land("positions", "prices", "fx")
    night.step()
    night.succeed()
    night.step(minutes=1)
    night.land("prices")
    assert night.step() == [MONDAYS_RUN, MONDAYS_RUN]


def test_several_days_that_wait_are_one_run(night: Night) -> None:
    for day in (FRIDAY, MONDAY):
        night.land("positions", "prices", "fx", day=day)
    assert night.step() == [{"--date": str(FRIDAY), "--to-date": str(MONDAY), "--finality": "final"}]


def test_the_sweep_finds_what_no_event_announced(night: Night) -> None:
    night.step()
    night.land("positions", "prices", "fx")
    night.sqs.purge_queue(QueueUrl=night.url)
    assert night.step(seconds=1) == []
    assert night.step(seconds=night.settings.night_sweep_s) == [MONDAYS_RUN]


def test_files_that_still_come_are_waited_for(night: Night) -> None:
    night.settings = night.settings.model_copy(update={"night_quiet_s": 5.0})
    night.restart()
    night.land("positions", "prices", "fx")
    assert night.step() == []
    night.land("prices", day=MONDAY)
    assert night.step(seconds=4) == []
    assert night.step(seconds=5) == [MONDAYS_RUN]


def test_a_failed_run_is_tried_again_later_and_at_last_left_with_its_reason(night: Night) -> None:
    night.land("positions", "prices", "fx")
    night.step()
    for attempt, wait in ((2, 1), (3, 2), (4, 4)):
        night.glue.end("FAILED", "disk full")
        # When a run ended is PostgreSQL's time; what has to pass since is ours.
        night.clock = datetime.now(UTC)
        assert len(night.step()) == attempt - 1
        assert len(night.step(minutes=wait, seconds=5)) == attempt
    night.glue.end("FAILED", "disk full")
    assert len(night.step(days=1)) == 4
    assert night.beats[-1]["given_up"]
    assert {row["reason"] for row in query(night.settings, "SELECT reason FROM night_runs")} == {"disk full"}
    night.land("prices")
    assert len(night.step()) == 5


def test_a_watcher_that_was_killed_goes_on_with_the_run_it_started(night: Night) -> None:
    night.land("positions", "prices", "fx")
    night.step()
    night.restart()
    assert night.step() == [MONDAYS_RUN]
    night.succeed()
    night.restart()
    assert night.step() == [MONDAYS_RUN]
