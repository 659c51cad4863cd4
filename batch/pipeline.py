"""From files in bronze to figures in PostgreSQL: silver, gold and the sync, for a set of days in one run.

Every stage gives the same result when it runs again, so a run that was cut off is simply repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from batch import gold, rds, silver
from batch.inputs import Day, Made, by_day, last_made, needing
from batch.lake import Lake
from batch.landing.files import sync_landed
from batch.lineage import tell
from batch.lock import sole_writer
from batch.record import Finality, Kind, RunRecord
from batch.silver import SilverResult
from clients.postgres import DatabaseError, DatabaseUnavailable
from core.errors import BadInput, DependencyUnavailable, NotFound, TiplineError
from core.logs import get_logger

SOURCES = ("silver.positions", "silver.prices", "silver.fx", "silver.transactions", "silver.instruments")
log = get_logger(__name__)


class FilesRefused(BadInput):
    """Some days' files could not be used: these days' figures stay as they were, the other days' were made."""

    code = "files_refused"


def run(
    lake: Lake,
    dates: Collection[date],
    *,
    kind: Kind = "nightly",
    finality: Finality = "final",
    force: bool = False,
    job_run_id: str | None = None,
) -> str:
    """Make the figures of these days and return the id of the run that made them.

    Args:
        lake: Spark, the catalog, the buckets and PostgreSQL.
        dates: the days; those without files, and those that the same files have made before, are passed over.
        kind: what the run is for; a `nightly` that makes a day anew is recorded as `restatement`.
        finality: `flash` while files are missing; a `final` day needs them all.
        force: also days that the same files have made before, and files that were refused.
        job_run_id: the Glue run that this belongs to.

    Raises:
        NotFound: nothing has landed for any of the days.
        FilesRefused: some days are not complete, or their files could not be used; everything else was done.
        DependencyUnavailable: a server was lost; the next run goes on.
    """
    try:
        with sole_writer(lake.settings) as session:
            days = by_day(sync_landed(session, lake.store, lake.settings, set(dates)))
            if not days:
                raise NotFound("no files have landed for the days asked for")
            made = last_made(session, set(days))
            todo = list(days.values()) if force else needing(days.values(), made, finality)
            if not todo:
                log.info("batch_had_nothing_to_do", days=len(days))
                return made[max(made)].run_id
            # Through the connection that holds the lock: were it lost, no later stage would begin.
            record = RunRecord(session, todo, _kind(kind, todo, made), finality, job_run_id)
            refused = _recorded(lake, record, todo, made, everything=force)
    except DatabaseUnavailable as error:
        raise DependencyUnavailable("PostgreSQL was lost", code="postgres_unavailable") from error
    if refused:
        raise FilesRefused("; ".join(refused.values()))
    return record.run_id


def _kind(kind: Kind, days: Sequence[Day], made: Mapping[date, Made]) -> Kind:
    again = any(made[day.as_of_date].inputs_hash for day in days if day.as_of_date in made)
    return "restatement" if kind == "nightly" and again else kind


def _recorded(
    lake: Lake, record: RunRecord, days: Sequence[Day], made: Mapping[date, Made], *, everything: bool
) -> dict[Day, str]:
    """Do all stages and record how they end; return the days that were refused, with the reason."""
    try:
        return _stages(lake, record, days, made, everything=everything)
    except Exception as error:
        reason = error.message if isinstance(error, TiplineError) else f"{type(error).__name__}: {error}"[:500]
        tell(lake.settings, record.run_id, "FAIL", error=reason)
        try:
            record.fail(reason)
        except DatabaseError:
            log.warning("failure_not_recorded", run_id=record.run_id)
        raise


def _stages(
    lake: Lake, record: RunRecord, days: Sequence[Day], made: Mapping[date, Made], *, everything: bool
) -> dict[Day, str]:
    refused = {} if everything or record.finality == "flash" else _incomplete(days, made)
    files = [file for day in days if day not in refused for file in day.to_load(everything=everything)]
    tell(lake.settings, record.run_id, "START", files=files)
    loaded = silver.load(lake, files, record.run_id)
    refused |= _refused(days, loaded)
    record.add(loaded.snapshots, _counts(loaded))
    good = [day for day in days if day not in refused]
    if not good:
        record.refuse((), refused)
        return refused
    # All that the figures are made of, not only what is new: by it a figure is traced back to its lines.
    sources = _sources(lake)
    record.add(sources, {})
    record.stage("gold")
    built = gold.build(lake, [day.as_of_date for day in good], record.finality, record.run_id)
    record.add(built.snapshots, built.counts)
    record.stage("rds")
    synced = rds.sync(lake, {*built.position_dates, *built.client_dates}, record.run_id)
    revisions = {"client_metrics": sum(synced.revisions_written.values())}
    record.add({}, revisions)
    if refused:
        record.refuse(good, refused)
    else:
        record.succeed(good)
    snapshots, rows = sources | built.snapshots, _counts(loaded) | built.counts | revisions
    tell(lake.settings, record.run_id, "COMPLETE", files=files, snapshots=snapshots, rows=rows)
    log.info("batch_done", run_id=record.run_id, days=len(good), refused=len(refused), **rows)
    return refused


def _sources(lake: Lake) -> dict[str, int]:
    """Return the snapshot of each silver table that gold reads now."""
    current = {name: lake.catalog.load_table(name).current_snapshot() for name in SOURCES}
    return {name: snapshot.snapshot_id for name, snapshot in current.items() if snapshot is not None}


def _incomplete(days: Sequence[Day], made: Mapping[date, Made]) -> dict[Day, str]:
    """Return the days that cannot be final and why; those without positions have no figures, final or not."""
    return {
        day: (made[day.as_of_date].reason if day.as_of_date in made else None) or "; ".join(day.obstacles)
        for day in days
        if day.expects_figures and not day.is_complete
    }


def _refused(days: Sequence[Day], loaded: SilverResult) -> dict[Day, str]:
    """Return the days of which silver refused a file, with the reasons."""
    by_date = {day.as_of_date: day for day in days}
    reasons: dict[Day, str] = {}
    for result in loaded.files:
        if result.reason is not None:
            day = by_date[result.file.as_of_date]
            told = result.reason if result.file.key in result.reason else f"{result.file.key}: {result.reason}"
            reasons[day] = f"{reasons[day]}; {told}" if day in reasons else told
    return reasons


def _counts(loaded: SilverResult) -> dict[str, int]:
    """Return the good rows by silver table, and how many rows were quarantined."""
    counts: dict[str, int] = {}
    for result in loaded.files:
        good, bad = f"silver.{result.file.kind}", "silver.quarantine"
        counts[good] = counts.get(good, 0) + result.rows_good
        counts[bad] = counts.get(bad, 0) + result.rows_bad
    return counts
