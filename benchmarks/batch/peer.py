"""What the peers share: files from and to S3, the rules' SQL, exchange rates, the write to PostgreSQL, and `main`.

The rules and the crosses of rates come from the product as data, and the last step is the product's own SQL: what is
compared is reading, checking, joining, computing and writing.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import pyarrow as pa

from batch import rds, rds_sql
from batch.rates import cross_table
from batch.rules.identifiers import is_identifier
from batch.rules.ruleset import Jumps, Ruleset, ruleset
from batch.tables import RATE
from benchmarks.batch.measure import Report
from clients.postgres import connect, copy_csv, transaction
from clients.s3 import Store
from core.settings import Settings, load_settings

# The product remembers an instrument's price factor so long; its own constant is in a module that imports Spark.
FACTOR_DAYS = 92
KINDS = ("positions", "prices", "fx", "transactions")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a peer works: its settings, S3, a local folder, and the day with the one before it, if there is one."""

    settings: Settings
    store: Store
    folder: Path
    day: date
    previous: date | None
    run_id: str
    now: datetime

    def bronze(self, kind: str) -> Path:
        """Fetch one of the day's files."""
        return self._download(self.settings.bronze_bucket, f"{kind}/date={self.day}/{kind}.csv")

    def absent(self, rules: Ruleset) -> list[str]:
        """Return the columns that the day's file, as it may, does not have."""
        with self.bronze(rules.kind).open() as file:
            there = file.readline().strip().split(",")
        return [name for name in rules.columns if name not in there]

    def fetch(self, bucket: str, kind: str, day: date) -> Path:
        """Fetch what was written for a day."""
        return self._download(bucket, _key(kind, day))

    def silver_days(self, kind: str, days_back: int) -> list[date]:
        """Return the earlier days that were written and are not older than so many days."""
        keys = (found.key for found in self.store.newest(self.settings.silver_bucket, f"{kind}/"))
        written = (date.fromisoformat(key.split("date=")[1][:10]) for key in keys)
        return [each for each in written if self.day - timedelta(days=days_back) <= each < self.day]

    def new_file(self, kind: str) -> Path:
        """Return where to write a Parquet file."""
        return self.folder / f"{kind}.parquet"

    def upload(self, bucket: str, kind: str) -> None:
        """Upload what was written there as the day's."""
        with self.new_file(kind).open("rb") as file:
            self.store.upload(bucket, _key(kind, self.day), file)

    def _download(self, bucket: str, key: str) -> Path:
        path = self.folder / key.replace("/", "_")
        with self.store.open(bucket, key) as body, path.open("wb") as file:
            shutil.copyfileobj(body, file, 1 << 20)
        return path


def _key(kind: str, day: date) -> str:
    return f"{kind}/date={day}/part-0.parquet"


class Peer(Protocol):
    """One day's work in another engine."""

    def silver(self) -> int:
        """Check and store the day's files; return how many rows were refused."""

    def gold(self) -> tuple[pa.Table, pa.Table]:
        """Compute and store the day's figures; return those of clients and of positions, as PostgreSQL has them."""


def identifiers(distinct: Iterable[tuple[str, str]]) -> pa.Table:
    """Return the check of each (id_type, instrument_id)."""
    checked = [(id_type, name, is_identifier(id_type, name)) for id_type, name in distinct]
    columns = zip(*checked, strict=True)
    return pa.table(dict(zip(("id_type", "instrument_id", "_identifier_valid"), map(list, columns), strict=True)))


def jump_rule(kind: str) -> Jumps:
    """Return the rule on day-on-day jumps that prices and rates have."""
    rule = ruleset(kind).jumps
    if rule is None:
        raise ValueError(f"{kind} has no rule on jumps")
    return rule


def audit_jumps(rule: Jumps, compared: int, jumped: int) -> None:
    """Refuse the file where too many values jumped."""
    if compared >= rule.from_rows and jumped > rule.fail_share * compared:
        raise ValueError(f"{jumped} of {compared} values of {rule.value} jumped")


def audit_length(rules: Ruleset, rows: int, rows_before: int) -> None:
    """Refuse half a file."""
    rule = rules.shrinks
    if rule and rows_before >= rule.from_rows and rows < rule.below * rows_before:
        raise ValueError(f"{rows} rows after {rows_before} on the day before")


def crosses(fx: pa.Table, days: list[date], bases: Iterable[str]) -> pa.Table:
    """Return day, ccy, base_ccy, rate and rate_age from silver rates of several days."""
    quoted: defaultdict[date, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    for row in fx.to_pylist():
        quoted[row["as_of_date"]][row["from_ccy"], row["to_ccy"]] = row["rate"]
    columns = zip(*cross_table(quoted, days, bases), strict=True)
    types = (pa.date32(), pa.string(), pa.string(), RATE, pa.int32())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=["day", "ccy", "base_ccy", "rate", "rate_age"])


def accounts(settings: Settings) -> pa.Table:
    """Return the accounts that core banking knows: client_id, account_id, _account_ccy."""
    with connect(settings) as session:
        rows = session.execute("SELECT client_id, account_id, base_ccy AS _account_ccy FROM client_accounts")
        return pa.Table.from_pylist(rows.fetchall())


def sync(place: Place, clients: pa.Table, positions: pa.Table) -> int:
    """Write the figures to PostgreSQL as the product does, from memory; return how many revisions there are."""
    with connect(place.settings) as session, transaction(session):
        session.execute(rds_sql.STAGE.encode())
        for table, columns, rows in (
            ("staged_clients", rds_sql.STAGED_CLIENTS, clients),
            ("staged_positions", rds_sql.STAGED_POSITIONS, positions),
        ):
            copy_csv(session, table, columns, rds.csv_chunks(rows.select(columns).to_batches()))
        session.execute(rds_sql.ANALYSE)
        return sum(rds.publish(session, place.run_id).values())


def main(peer_at: Callable[[Place], Peer]) -> None:
    """Do one day: `REPORT DAY [PREVIOUS]`."""
    report, settings = Report(Path(sys.argv[1])), load_settings()
    day, previous = date.fromisoformat(sys.argv[2]), [date.fromisoformat(text) for text in sys.argv[3:]]
    with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
        place = Place(
            settings, Store(settings), Path(folder), day, next(iter(previous), None), str(uuid.uuid4()),
            datetime.now(UTC),
        )  # fmt: skip
        peer = peer_at(place)
        report.done("session")
        report.say(refused=peer.silver())
        report.done("silver")
        clients, positions = peer.gold()
        report.done("gold")
        report.say(revisions=sync(place, clients, positions), positions=positions.num_rows)
        report.done("sync")
    report.write()
