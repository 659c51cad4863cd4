"""A bank whose nightly job is attacked: its stores, the job as a process, and kill -9 of what a stage stands on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import psutil

from batch.landing.layout import place_of
from clients.iceberg import find_rows, open_catalog
from clients.postgres import Session, connect, migrate
from clients.s3 import Store
from core.settings import Settings, as_environment
from ops.processes import services
from ops.stack.group import ProcessGroup
from tests.integration.conftest import ROOT, make_settings
from tests.integration.lake_files import csv_of
from tests.integration.router_process import query, until

FRIDAY, MONDAY = date(2026, 1, 30), date(2026, 2, 2)
EXECUTOR = "CoarseGrainedExecutorBackend"
PATIENCE_S = 240
Job = subprocess.Popen[bytes]


class Bank:
    """The job's stores, the job as a process, and a client with 100 of a fund whose price of Monday is corrected."""

    def __init__(self, settings: Settings, group: ProcessGroup) -> None:
        self.settings, self.group, self.store = settings, group, Store(settings)
        self.corrections = 0
        for bucket in (settings.bronze_bucket, settings.silver_bucket, settings.gold_bucket):
            self.store.ensure_bucket(bucket, versioned=bucket == settings.bronze_bucket)
        with connect(settings) as session:
            session.execute("INSERT INTO client_accounts VALUES ('SILVER-1-A', 'SILVER-1', 'EUR')")
        for kind, day in (("positions", FRIDAY), ("positions", MONDAY), ("fx", FRIDAY), ("fx", MONDAY)):
            self._land(kind, day)
        self._land("prices", FRIDAY, price="10")

    def correct(self) -> None:
        """Land another price of Monday, so that every stage has something new to do."""
        self.corrections += 1
        self._land("prices", MONDAY, price=str(10 + self.corrections))

    def _land(self, kind: str, day: date, **row: str) -> None:
        self.store.put(self.settings.bronze_bucket, place_of(kind, day, "f.csv").key, csv_of(kind, day, [row]).encode())

    @contextmanager
    def job(self) -> Iterator[Job]:
        """Run the job for both days until the block ends."""
        command = [sys.executable, "-m", "batch.job", "--date", str(FRIDAY), "--to-date", str(MONDAY)]
        environment = {**os.environ, **as_environment(self.settings)}
        with (self.settings.data_dir / "job.log").open("ab") as log:
            job = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield job
        finally:
            kill_all(job)

    def run(self) -> bool:
        """Run the job and return whether it reached its end."""
        with self.job() as job:
            return job.wait(PATIENCE_S) == 0

    def run_attacked(self, victim: str, *stages: str) -> bool:
        """Run the job, kill the victim in each of these stages, and return whether the job reached its end."""
        with self.job() as job:
            for stage in stages:
                self._attack(victim, stage, job)
            return job.wait(PATIENCE_S) == 0

    def _attack(self, victim: str, stage: str, job: Job) -> None:
        files = self._files(stage)
        with closing(connect(self.settings)) as watch, closing(connect(self.settings)) as holder:
            holder.execute("BEGIN")
            if stage == "rds":
                # Half a day is inserted when the victim dies; S3 dies before gold was read.
                held = "client_metrics IN ACCESS EXCLUSIVE" if victim == "s3" else "positions_eod IN SHARE"
                holder.execute(f"LOCK TABLE {held} MODE".encode())
            until(lambda: self._is_at_work(watch, stage, files, job), timeout_s=PATIENCE_S)
            if victim == "driver":
                kill_all(job)
            elif victim == "executor":
                # One that was killed in the stage before may still be on its way back.
                until(lambda: executors_of(job))[0].kill()
            else:
                self.group.kill(victim)
        if victim in self.group.services:
            self.group.start_all([victim])

    def _is_at_work(self, watch: Session, stage: str, files: set[str], job: Job) -> bool:
        assert job.poll() is None, f"the job ended before its stage {stage}"
        row = watch.execute("SELECT stage FROM batch_runs WHERE status = 'running'").fetchone()
        if row is None or row["stage"] != stage:
            return False
        if stage == "rds":
            return watch.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is not None
        return self._files(stage) > files

    def _files(self, stage: str) -> set[str]:
        """Return the data files of the stage's tables."""
        bucket = self.settings.silver_bucket if stage == "silver" else self.settings.gold_bucket
        return {found.key for found in self.store.newest(bucket, "") if "/data/" in found.key}

    def log(self) -> str:
        """Return how the job's log ends."""
        return "\n".join((self.settings.data_dir / "job.log").read_text().splitlines()[-60:])

    def revisions(self) -> list[tuple[date, int, Decimal, Decimal]]:
        found = query(
            self.settings, "SELECT as_of_date, revision, market_value, pnl_price FROM client_metrics ORDER BY 1, 2"
        )
        return [tuple(row.values()) for row in found]

    def expected_revisions(self) -> list[tuple[date, int, Decimal, Decimal]]:
        """Return one revision of Friday, and one of Monday for each correction: 100 units at 11, 12, ... after 10."""
        gains = [Decimal(100 * n) for n in range(1, self.corrections + 1)]
        return [(FRIDAY, 1, Decimal(1000), Decimal(0))] + [
            (MONDAY, number, 1000 + gain, gain) for number, gain in enumerate(gains, 1)
        ]


def kill_all(job: Job) -> None:
    """Kill the driver: Python, its JVM, and what they started."""
    if job.poll() is None:
        for started in psutil.Process(job.pid).children(recursive=True):
            started.kill()
        job.kill()
        job.wait()


def executors_of(job: Job) -> list[psutil.Process]:
    return [one for one in psutil.Process(job.pid).children(recursive=True) if EXECUTOR in " ".join(one.cmdline())]


@contextmanager
def attacked_bank(data_dir: Path, **settings: str) -> Iterator[Bank]:
    """Start the stores of a bank in a folder of its own; they and the folder are gone afterwards."""
    own = make_settings(data_dir).model_copy(update=settings)
    group = ProcessGroup((one for one in services(own) if one.name in ("postgres", "s3")), own.data_dir)
    try:
        group.start_all()
        migrate(own, ROOT / "contracts" / "sql")
        yield Bank(own, group)
    finally:
        group.stop_all()
        shutil.rmtree(own.data_dir, ignore_errors=True)


def require_one_revision_each(bank: Bank) -> None:
    """Compare PostgreSQL and the lake with what the corrections say."""
    assert bank.revisions() == bank.expected_revisions()
    with closing(open_catalog(bank.settings)) as catalog:
        (price,) = find_rows(catalog, "silver.prices", ["price"], where={"as_of_date": MONDAY})
        (position,) = find_rows(catalog, "gold.position_metrics", ["market_value"], where={"as_of_date": MONDAY})
    assert (price["price"], position["market_value"]) == (10 + bank.corrections, 1000 + 100 * bank.corrections)
