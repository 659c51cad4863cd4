"""Bronze to silver: every kind of file of a set of dates in one go, published when all of it stands the audits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from pyarrow.fs import FileSystem, FileType

from batch.lake import Lake
from batch.landing.files import LandedFile
from batch.publish import release
from batch.rules.ruleset import ruleset
from batch.silver.files import FileResult, account_owners, files_in_force, mark
from batch.silver.kind import Prepared, prepare
from batch.silver.quarantine import write_quarantine
from batch.silver.staging import Staging
from core.logs import get_logger

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SilverResult:
    """What became of each file, and by table the snapshot that readers now see and the dates that it replaced."""

    files: list[FileResult]
    snapshots: dict[str, int]
    dates: dict[str, list[date]]


def load(lake: Lake, files: Sequence[LandedFile], run_id: str) -> SilverResult:
    """Load files of any kinds and dates; loading them again changes nothing.

    A date's rows are those of all its files, so the other loaded files of the same kinds and dates are read again. A
    file that fails as a whole has a reason and leaves silver as it was. Raises AuditFailed when what was written is not
    what was read; then no table has changed.
    """
    if not files:
        return SilverResult([], {}, {})
    with lake.open_session() as session:
        in_force, owners = files_in_force(session, files), account_owners(session)

    def prepare_kind(kind: str) -> Prepared:
        staging = Staging(folder, ruleset(kind), lake.store, owners)
        new = [file for file in files if file.kind == kind]
        return prepare(lake, staging, new, [file for file in in_force if file.kind == kind], run_id)

    kinds = sorted({file.kind for file in files})
    # Threads, because small kinds leave cores idle while Spark plans and S3 answers.
    with _staging_folder(lake) as folder, ThreadPoolExecutor(len(kinds)) as pool:
        prepared = list(pool.map(prepare_kind, kinds))
        result = _publish(lake, prepared)
    with lake.open_session() as session:
        mark(session, result.files, run_id)
    for each in result.files:
        event = "file_loaded" if each.reason is None else "file_failed"
        counts = {"rows_good": each.rows_good, "rows_bad": each.rows_bad, "warnings": len(each.warnings)}
        log.info(event, file_id=each.file.file_id, kind=each.file.kind, **counts)
    return result


def _publish(lake: Lake, prepared: Iterable[Prepared]) -> SilverResult:
    result = SilverResult([], {}, {})
    bad = []
    for each in prepared:
        result.files.extend(each.results)
        bad += each.bad
        if each.attempt is not None:
            result.snapshots[each.rules.table] = release(lake, each.rules.table)
            result.dates[each.rules.table] = each.attempt.dates
    loaded = {one.file.key for one in result.files if one.reason is None}
    checked = {one.file.file_id for one in result.files}
    write_quarantine(lake, bad, {one.file.as_of_date for one in result.files}, checked, loaded)
    return result


@contextmanager
def _staging_folder(lake: Lake) -> Iterator[str]:
    """Make an empty folder for staged rows; what a killed run left there goes, since one job writes at a time."""
    folder = f"{lake.settings.batch_staging}/silver"
    files, path = FileSystem.from_uri(folder)
    if files.get_file_info(path).type != FileType.NotFound:
        files.delete_dir(path)
    files.create_dir(path)
    try:
        yield folder
    finally:
        # Bad rows and repeated keys were kept for this load only.
        lake.spark.catalog.clearCache()
        files.delete_dir(path)
