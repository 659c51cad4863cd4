"""Partitions older than a year leave the lake for the cold tier: copied, checked there, and only then deleted here.

A run that dies in between is repeated: what the cold tier already vouches for is not written again. Later rows of a day
that has left (a late file, a correction) leave in their turn, with a manifest of their own.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from batch.cold_files import Manifest, PartWriter, folder, read_manifests, to_line, upload_parts
from batch.tables import TABLES, LakeTable
from batch.warm.tables import WARM_TABLES
from clients.client_keys import ClientKeys
from clients.iceberg import SqlCatalog, Table, drop_partition, load_table, partitions, read_table_batches
from clients.postgres import Session
from clients.s3 import Store
from core.clock import utc_now
from core.errors import Conflict
from core.logs import get_logger
from core.sealing import IDENTIFYING, DataKey
from core.settings import Settings

# Rejected rows are for people to mend or drop, not for the archive.
TIERED = tuple(table for table in (*TABLES, *WARM_TABLES) if table.name != "silver.quarantine")
# In the cold tier the identifying columns are one value of this name, beside the client's token.
SEALED = "sealed"
log = get_logger(__name__)


class Tiering:
    """Moves whole partitions; one process at a time, while no batch writes."""

    def __init__(self, settings: Settings, catalog: SqlCatalog, store: Store, session: Session) -> None:
        self._settings, self._catalog, self._store, self._session = settings, catalog, store, session
        self._keys = ClientKeys.from_settings(settings)
        self._bucket = settings.archive_bucket
        store.ensure_bucket(self._bucket, versioned=True, lockable=True)

    def run(self, today: date) -> list[str]:
        """Move every partition that is too old; return each as `table/date`."""
        before, moved = today - timedelta(days=self._settings.warm_days), []
        for table in TIERED:
            for day in partitions(load_table(self._catalog, table.name), table.partition_by):
                if day < before and self._moved(table, day):
                    moved.append(f"{table.name}/{day}")
        return moved

    def _moved(self, table: LakeTable, day: date) -> bool:
        try:
            rows = self.move(table, day)
        except Conflict as error:
            log.warning("partition_stays", table=table.name, date=day.isoformat(), code=error.code)
            return False
        log.info("partition_moved", table=table.name, date=day.isoformat(), rows=rows)
        return True

    def move(self, table: LakeTable, day: date) -> int:
        """Move one partition and return its rows; Conflict when rows came meanwhile, then it stays for the next run."""
        loaded = load_table(self._catalog, table.name)
        known = read_manifests(self._store, self._bucket, table.name, day)
        with tempfile.TemporaryDirectory(prefix="tipline-cold-") as scratch:
            writer = PartWriter(Path(scratch))
            for batch in read_table_batches(loaded, table.schema.names, column=table.partition_by, values=[day]):
                for row, line in self._lines(table, batch.to_pylist()):
                    writer.add(row, line)
            writer.finish()
            if not any((each["rows"], each["digest"]) == (writer.rows, writer.digest) for each in known):
                self._keep(table, day, loaded, writer, known)
        drop_partition(loaded, table.partition_by, day)
        return writer.rows

    def _keep(self, table: LakeTable, day: date, loaded: Table, writer: PartWriter, known: list[Any]) -> None:
        first = 1 + sum(len(each["parts"]) for each in known)
        prefix = folder(table.name, day)
        snapshot = loaded.current_snapshot()
        manifest = Manifest(
            table=table.name,
            date=day,
            number=len(known) + 1,
            snapshot_id=snapshot.snapshot_id if snapshot else 0,
            rows=writer.rows,
            digest=writer.digest,
            columns={name: str(kind) for name, kind in table.columns},
            sealed=[name for name in table.schema.names if name in IDENTIFYING],
            parts=list(upload_parts(self._store, self._bucket, prefix, writer.parts, first)),
            written_at=utc_now(),
        )
        # Last, so that where it is, its parts are whole. It stays readable without a restore.
        self._store.put(self._bucket, manifest.key, manifest.to_json())

    def _lines(self, table: LakeTable, rows: list[dict[str, Any]]) -> Iterator[tuple[bytes, bytes]]:
        if "client_id" not in table.schema.names:
            for row in rows:
                yield (line := to_line(row)), line
            return
        tokens = {client: self._keys.token(client) for client in {row["client_id"] for row in rows}}
        keys = self._keys.keys(self._session, tokens.values())
        for row in rows:
            token = tokens[row["client_id"]]
            yield to_line(row), to_line(_sealed(table.name, row, token, keys[token]))


def open_sealed(table: str, row: dict[str, Any], key: DataKey) -> bytes:
    """Return the identifying columns of a cold row as JSON."""
    return key.open(table, SEALED, base64.b64decode(row[SEALED]))


def _sealed(table: str, row: dict[str, Any], token: str, key: DataKey | None) -> dict[str, Any]:
    secret = {name: value for name, value in row.items() if name in IDENTIFYING}
    plain = {name: value for name, value in row.items() if name not in IDENTIFYING}
    sealed = key.seal(table, SEALED, to_line(secret)) if key is not None else None
    return {"client_token": token, SEALED: sealed} | plain
