"""`batch/maintenance.py --JOB_NAME maintenance`: keeps the lake small and quick; a Glue job for every night.

Old partitions leave for the cold tier, small files become large ones, snapshots beyond the reach of time travel expire,
and files that no snapshot knows are removed. Each step may be repeated; the warm tier's writer goes on meanwhile.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from batch.lake import Lake, open_lake
from batch.lock import sole_writer
from batch.tables import TABLES, ensure_tables
from batch.tiering import Tiering
from batch.warm.tables import WARM_TABLES
from clients.spark import CATALOG
from core.clock import utc_now
from core.errors import TiplineError
from core.logs import configure_logs, get_logger
from core.settings import Settings, load_settings

# Fewer small files than this in a partition are not worth writing anew.
MIN_FILES = 5
# A table that gets a commit a minute has no use for a month of snapshots, and its metadata would grow with them.
WARM_HISTORY = timedelta(days=1)
# A file may lie there for as long as its writer takes to commit it.
ORPHAN_AGE = timedelta(days=3)
log = get_logger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Maintain everything once and return the exit status; unknown arguments are those that Glue adds."""
    parser = argparse.ArgumentParser(prog="batch/maintenance.py", allow_abbrev=False)
    parser.add_argument("--JOB_NAME", default="maintenance", metavar="NAME", help="the Glue job's name")
    name = parser.parse_known_args(argv)[0].JOB_NAME
    settings = load_settings("batch")
    configure_logs(name, settings.log_level)
    try:
        _run(settings, name)
    except TiplineError as error:
        log.error("job_failed", error=error.message)
        return 1
    return 0


def _run(settings: Settings, name: str) -> None:
    with sole_writer(settings) as session, open_lake(settings, name) as lake:
        ensure_tables(settings, lake.catalog, WARM_TABLES)
        now = utc_now()
        Tiering(settings, lake.catalog, lake.store, session).run(now.date())
        for table in TABLES:
            maintain(lake, table.name, now - timedelta(days=settings.lake_history_days), now - ORPHAN_AGE)
        for table in WARM_TABLES:
            maintain(lake, table.name, now - WARM_HISTORY, now - ORPHAN_AGE)


def maintain(lake: Lake, table: str, history_from: datetime, orphans_before: datetime) -> None:
    """Compact a table, expire its snapshots from before `history_from`, and remove files of nobody from before that.

    The warm tier's offsets are a property of the table, which no expiry touches.
    """
    compacted = _call(lake, "rewrite_data_files", table, f"options => map('min-input-files', '{MIN_FILES}')")
    _call(lake, "rewrite_manifests", table)
    expired = _call(lake, "expire_snapshots", table, f"older_than => {_literal(history_from)}")
    # Listing by prefix is one request a thousand files; S3 has no folders to walk.
    orphans = f"older_than => {_literal(orphans_before)}, prefix_listing => true"
    removed = lake.spark.sql(_statement("remove_orphan_files", table, orphans)).count()
    log.info(
        "table_maintained",
        table=table, files_compacted=compacted["rewritten_data_files_count"],
        files_expired=expired["deleted_data_files_count"], orphans_removed=removed,
    )  # fmt: skip


def _call(lake: Lake, procedure: str, table: str, arguments: str = "") -> dict[str, int]:
    row = lake.spark.sql(_statement(procedure, table, arguments)).first()
    return row.asDict() if row is not None else {}


def _statement(procedure: str, table: str, arguments: str) -> str:
    return f"CALL {CATALOG}.system.{procedure}(table => '{CATALOG}.{table}'{', ' + arguments if arguments else ''})"


def _literal(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.astimezone(UTC).strftime('%Y-%m-%d %H:%M:%S.%f')}'"


if __name__ == "__main__":
    sys.exit(main())
