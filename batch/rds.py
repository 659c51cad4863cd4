"""Gold to PostgreSQL, where the page reads: a new revision of each client and day whose figures changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import pyarrow as pa
from pyarrow import csv

from batch import rds_sql
from clients.iceberg import SqlCatalog, read_batches
from clients.postgres import Session, copy_csv, transaction

# Days that become visible together; a longer span is done in such steps, and a restart repeats only the last.
DATES_PER_TRANSACTION = 31
CSV_ROWS = 16_384

_LOCK = 7214102


class Gold(Protocol):
    """What the sync needs of the lake: the catalog that has the gold tables, and PostgreSQL."""

    @property
    def catalog(self) -> SqlCatalog:
        """PyIceberg's view of the catalog."""

    def open_session(self) -> Session:
        """Open a connection to PostgreSQL."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """How many revisions were written for each date; dates without a change are left out."""

    revisions_written: dict[date, int]


def sync(lake: Gold, dates: Iterable[date], run_id: str) -> SyncResult:
    """Bring PostgreSQL up to gold's state of these dates; doing so again changes nothing.

    Args:
        lake: where gold is, and PostgreSQL.
        dates: the days to compare; days that gold does not have are passed over.
        run_id: the run (a UUID) that new revisions name.

    Raises:
        DependencyUnavailable: PostgreSQL was lost; the days of the transaction under way stay as they were.
    """
    written: Counter[date] = Counter()
    ordered = sorted(set(dates))
    with lake.open_session() as session:
        for start in range(0, len(ordered), DATES_PER_TRANSACTION):
            with transaction(session):
                # Two syncs at once would number their revisions alike.
                session.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
                stage(session, lake.catalog, ordered[start : start + DATES_PER_TRANSACTION])
                written += publish(session, run_id)
    return SyncResult(dict(written))


def stage(session: Session, catalog: SqlCatalog, dates: Sequence[date]) -> None:
    """Copy gold's rows of these dates into temporary tables of the session's transaction."""
    session.execute(rds_sql.STAGE.encode())
    _copy(session, "staged_clients", rds_sql.STAGED_CLIENTS, catalog, "gold.client_metrics", dates)
    _copy(session, "staged_positions", rds_sql.STAGED_POSITIONS, catalog, "gold.position_metrics", dates)
    session.execute(rds_sql.ANALYSE)


def publish(session: Session, run_id: str) -> Counter[date]:
    """Write the revisions that the staged rows make necessary and count them by date."""
    run = {"run_id": run_id}
    # Sorting and comparing a night's positions in memory instead of on disk.
    session.execute("SET LOCAL work_mem = '128MB'")
    session.execute(rds_sql.CURRENT)
    session.execute(rds_sql.CHANGES.encode())
    session.execute(rds_sql.REVISIONS.encode(), run)
    session.execute(rds_sql.POSITIONS.encode())
    withdrawn = session.execute(rds_sql.WITHDRAWALS.encode(), run).fetchall()
    counts = {row["as_of_date"]: row["revisions"] for row in session.execute(rds_sql.COUNTS)}
    return Counter(counts) + Counter(row["as_of_date"] for row in withdrawn)


def _copy(
    session: Session, table: str, columns: list[str], catalog: SqlCatalog, source: str, dates: Sequence[date]
) -> None:
    batches = read_batches(catalog, source, columns, column="as_of_date", values=dates)
    copy_csv(session, table, columns, csv_chunks(batches))


def csv_chunks(batches: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Write batches as headerless CSV, some thousand rows a piece."""
    options = csv.WriteOptions(include_header=False)
    for batch in batches:
        for start in range(0, batch.num_rows, CSV_ROWS):
            sink = pa.BufferOutputStream()
            csv.write_csv(batch.slice(start, CSV_ROWS), sink, options)
            yield sink.getvalue().to_pybytes()
