"""Where figures came from: what a run of the batch read and wrote, told as it starts and as it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from batch.landing.files import LandedFile
from batch.tables import TABLES
from clients.openlineage import Dataset, Event, Lineage
from core.clock import utc_now
from core.logs import get_logger
from core.settings import Settings

POSTGRES_TABLES = ("client_metrics", "positions_eod")
log = get_logger(__name__)


def tell(
    settings: Settings,
    run_id: str,
    state: Literal["START", "COMPLETE", "FAIL"],
    *,
    files: Sequence[LandedFile] = (),
    snapshots: Mapping[str, int] | None = None,
    rows: Mapping[str, int] | None = None,
    error: str | None = None,
) -> None:
    """Send one event of a run.

    Args:
        settings: where to send it.
        run_id: the run, a UUID.
        state: what happened to it.
        files: the bronze files that it read, each in its version.
        snapshots: the Iceberg snapshot of each lake table that it wrote or read.
        rows: how many rows it wrote, by table.
        error: why it failed.
    """
    counts = rows or {}
    tables = [
        Dataset(f"s3://{table.bucket(settings)}", table.name, str(snapshot), counts.get(table.name))
        for table in TABLES
        if (snapshot := (snapshots or {}).get(table.name)) is not None
    ]
    database = [Dataset("postgresql", name, rows=counts.get(name)) for name in POSTGRES_TABLES]
    event = Event(
        run_id=run_id,
        job="nightly",
        state=state,
        at=utc_now(),
        inputs=[Dataset(f"s3://{each.bucket}", each.key, each.version_id) for each in files],
        outputs=[*tables, *database] if state == "COMPLETE" else tables,
        error=error,
    )
    try:
        Lineage(settings).emit(event)
    except Exception as problem:
        # The path is in PostgreSQL and in the tables themselves: a collector that is away must not stop the figures.
        log.warning("lineage_not_sent", run_id=run_id, error=type(problem).__name__)
