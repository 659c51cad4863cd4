"""Quarantined rows: read, written as CSV for a person to correct, and put back into bronze.

A row is known by its file's version and its line, written `file_id:line`. A corrected row carries that in its column
`resubmits`; silver then takes it in place of the row that it names.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from typing import Any

from batch.landing.layout import MANIFEST_SUFFIX, place_of
from batch.landing.reader import make_manifest
from batch.silver.staging import RESUBMITS
from clients.iceberg import open_catalog
from clients.postgres import Session, UniqueViolation, connect, transaction
from clients.s3 import Store
from core.errors import BadInput, Conflict, NotFound
from core.settings import Settings

ERRORS = "errors"
OPEN, RESUBMITTED = "open", "resubmitted"
# A cell that begins so is a formula to a spreadsheet; an apostrophe before it says that it is text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "'")
_COLUMNS = ("as_of_date", "kind", "file_id", "key", "line", "rule", "field", "value", "row")

Error = dict[str, Any]


def read_errors(settings: Settings, day: date | None = None, file_id: str | None = None) -> list[Error]:
    """Return what is wrong with quarantined rows, by day, file and line; `status` is `open` or `resubmitted`."""
    conditions = [f"as_of_date = '{day.isoformat()}'"] if day else []
    conditions += [f"file_id = '{_uuid(file_id)}'"] if file_id else []
    return _read(settings, " AND ".join(conditions) or "True")


def export(settings: Settings, file_id: str) -> str:
    """Return a file's quarantined rows as CSV, each once: `resubmits`, `errors`, then the columns of the file."""
    by_row = _by_row(read_errors(settings, file_id=file_id))
    if not by_row:
        raise NotFound(f"file {file_id} has no rows in quarantine")
    rows = [(row_id, errors, json.loads(errors[0]["row"])) for row_id, errors in by_row.items()]
    columns = list(dict.fromkeys(name for _, _, row in rows for name in row if name != RESUBMITS))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([RESUBMITS, ERRORS, *columns])
    for row_id, errors, row in rows:
        reasons = "; ".join(f"{one['field'] or 'row'} breaks {one['rule']}: {one['value']}" for one in errors)
        writer.writerow([row_id, reasons, *(_without_formula(row.get(name)) for name in columns)])
    return text.getvalue()


def resubmit(settings: Settings, text: str) -> list[dict[str, Any]]:
    """Put the corrected rows of an exported CSV into bronze, one object for each kind and day.

    Raises BadInput where the CSV is not one of ours or a corrected number is none, NotFound for a row that is not in
    quarantine, Conflict for one that was resubmitted already.
    """
    columns, rows = _parse(text)
    at = columns.index(RESUBMITS)
    known = _by_row(_read(settings, _files_condition(row[at] for row in rows)))
    places: dict[tuple[str, date], list[list[str]]] = {}
    for number, row in enumerate(rows, 2):
        if row[at] not in known:
            raise NotFound(f"row {number}: `{row[at]}` is not in quarantine; export it again")
        error = known[row[at]][0]
        places.setdefault((error["kind"], error["as_of_date"]), []).append(row)
    store = Store(settings)
    with connect(settings) as session:
        _require_loaded(session, {row[at].partition(":")[0] for row in rows})
        return [_put(settings, session, store, place, columns, some) for place, some in places.items()]


def harmless(text: str) -> str:
    """Write control characters as escapes: text from outside must not steer the terminal."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _read(settings: Settings, condition: str) -> list[Error]:
    with closing(open_catalog(settings)) as catalog:
        table = catalog.load_table("silver.quarantine")
        found: list[Error] = table.scan(row_filter=condition, selected_fields=_COLUMNS).to_arrow().to_pylist()
    with connect(settings) as session:
        marked = session.execute("SELECT file_id::text, line FROM resubmitted_rows").fetchall()
    resubmitted = {f"{row['file_id']}:{row['line']}" for row in marked}
    for error in found:
        error["id"] = f"{error['file_id']}:{error['line']}"
        error["status"] = RESUBMITTED if error["id"] in resubmitted else OPEN
    return sorted(found, key=lambda each: (each["as_of_date"], each["key"], each["file_id"], each["line"]))


def _by_row(errors: Iterable[Error]) -> dict[str, list[Error]]:
    by_row: dict[str, list[Error]] = {}
    for error in errors:
        by_row.setdefault(error["id"], []).append(error)
    return by_row


def _parse(text: str) -> tuple[list[str], list[list[str]]]:
    """Return the columns and rows without the errors, cells as they are meant."""
    try:
        header, *rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (csv.Error, ValueError) as error:
        raise BadInput(f"this is no CSV with a header: {error}") from None
    if RESUBMITS not in header:
        raise BadInput(f"there is no column {RESUBMITS}: correct what `tipline batch quarantine export` wrote")
    for number, row in enumerate(rows, 2):
        if len(row) != len(header):
            raise BadInput(f"row {number} has {len(row)} fields, the header {len(header)}")
    kept = [index for index, name in enumerate(header) if name != ERRORS]
    return [header[index] for index in kept], [[row[index].removeprefix("'") for index in kept] for row in rows]


def _put(
    settings: Settings, session: Session, store: Store, place: tuple[str, date], columns: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> dict[str, Any]:  # fmt: skip
    """Write one object with its manifest, and mark the rows in the same transaction: both, or the rows stay open."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    body = text.getvalue().encode()
    kind, day = place
    key = place_of(kind, day, f"resubmitted-{hashlib.sha256(body).hexdigest()[:16]}.csv").key
    manifest = make_manifest(io.BytesIO(body), kind)
    at = columns.index(RESUBMITS)
    with transaction(session):
        _mark(session, (row[at] for row in rows), key)
        version = store.put(settings.bronze_bucket, key, body, ContentType="text/csv")
        # After its file: a manifest belongs to the version that is there when it comes.
        store.put(settings.bronze_bucket, key + MANIFEST_SUFFIX, manifest.model_dump_json().encode())
    return {"key": key, "version_id": version, "kind": kind, "as_of_date": day, "rows": len(rows)}


def _mark(session: Session, row_ids: Iterable[str], key: str) -> None:
    for row_id in row_ids:
        file_id, _, line = row_id.partition(":")
        try:
            session.execute(
                "INSERT INTO resubmitted_rows (file_id, line, key) VALUES (%s, %s, %s)", (file_id, int(line), key)
            )
        except UniqueViolation:
            raise Conflict(f"row {row_id} was resubmitted already; its correction waits for the next run") from None


def _require_loaded(session: Session, file_ids: set[str]) -> None:
    found = session.execute(
        "SELECT key, reason FROM landed_files WHERE file_id = ANY(%s::uuid[]) AND status = 'failed'", (list(file_ids),)
    ).fetchone()
    if found:
        raise Conflict(f"no row of {found['key']} was loaded, so send the whole file again: {found['reason']}")


def _files_condition(row_ids: Iterable[str]) -> str:
    files = {_uuid(row_id.partition(":")[0]) for row_id in row_ids}
    if not files:
        raise BadInput("there are no rows")
    return " OR ".join(f"file_id = '{file_id}'" for file_id in sorted(files))


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise BadInput(f"`{text[:80]}` is no file's id") from None


def _without_formula(value: str | None) -> str:
    if value is None or _is_number(value):
        return value or ""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    # Not its names of what is no number, such as `-inf`.
    return value[-1].isdigit()
