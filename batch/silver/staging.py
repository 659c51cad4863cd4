"""Rows on their way from Python to Spark: text, as Parquet files that wait in a folder.

Spark would also take an Arrow table, but then the whole of it lies in two processes' memory; of Parquet, both hold a
batch at a time, and Spark reads only the columns that it needs. One folder holds all dates of a kind: one plan.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.fs import FileSystem

from batch.landing.errors import BadFile
from batch.landing.files import LandedFile
from batch.landing.messages import Owners
from batch.landing.reader import read_file
from batch.rules.identifiers import is_identifier
from batch.rules.ruleset import Ruleset
from clients.s3 import Store

# The column by which a corrected row names the one whose place it takes, as `file_id:line`.
RESUBMITS = "resubmits"
_PART_ROWS = 1 << 17
_SEPARATOR = "\x1f"
_COLUMN_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_SILVER_ONLY = {"file_id", "line", "malformed", "unit_factor", "from_ccy", "to_ccy"}
_ORIGIN = (("_file_id", pa.string()), ("_key", pa.string()), ("_version_id", pa.string()), ("_date", pa.date32()))


class Staging:
    """The staged files of one kind; `rows` counts them by file id, `added` are their undeclared columns, in order."""

    def __init__(self, folder: str, rules: Ruleset, store: Store, owners: Owners) -> None:
        self.rules, self.folder = rules, f"{folder}/{rules.kind}"
        self.rows: dict[str, int] = {}
        self.added: dict[str, None] = {}
        self._store, self._owners = store, owners
        self._files, self._path = FileSystem.from_uri(self.folder)
        self._files.create_dir(self._path)
        self._parts = 0
        self._keys: defaultdict[date, list[pa.Array]] = defaultdict(list)

    @property
    def may_repeat_keys(self) -> bool:
        """Whether a date has a key twice, be it in files or rows that will be left out; telling it here is cheap."""
        of_dates = map(pa.chunked_array, self._keys.values())
        return any(pc.count_distinct(keys).as_py() < len(keys) - keys.null_count for keys in of_dates)

    @property
    def schema(self) -> str:
        """The Parquet files' columns as Spark's DDL; a part without one of them has nulls there."""
        names = [*self.rules.columns, *self.added, "malformed", *(name for name, _ in _ORIGIN), "_account_ccy"]
        types = {"_date": "DATE"}
        columns = [f"`{name}` {types.get(name, 'STRING')}" for name in names]
        return ", ".join([*columns, "line BIGINT", "_identifier_valid BOOLEAN"])

    def add(self, files: Sequence[LandedFile]) -> dict[str, str]:
        """Stage files and return why some could not be, by file id; rows of those may be in the folder all the same."""
        reasons: dict[str, str] = {}
        writer = _Writer(self._next_part)
        try:
            for landed in sorted(files, key=lambda each: (each.as_of_date, each.key)):
                self.rows[landed.file_id] = 0
                try:
                    self._add(landed, writer)
                except BadFile as error:
                    reasons[landed.file_id] = error.message
        finally:
            writer.close()
        return reasons

    def _add(self, landed: LandedFile, writer: _Writer) -> None:
        for number, batch in enumerate(read_file(self._store, landed, self._owners)):
            if number == 0:
                self._take_added(batch.schema.names, landed.key)
            writer.write(self._with_origin(batch, landed))
            self.rows[landed.file_id] += batch.num_rows

    def _take_added(self, names: Sequence[str], file_name: str) -> None:
        added = [name for name in names if name not in self.rules.columns and name not in ("line", "malformed")]
        for name in added:
            if not _COLUMN_NAME.fullmatch(name) or name in _SILVER_ONLY:
                raise BadFile(f"a new column cannot be called `{name[:80]}`", 1, file_name)
        self.added.update(dict.fromkeys(added))

    def _with_origin(self, batch: pa.RecordBatch, landed: LandedFile) -> pa.RecordBatch:
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        origin = (landed.file_id, landed.key, landed.version_id, landed.as_of_date)
        for (name, kind), value in zip(_ORIGIN, origin, strict=True):
            columns[name] = pa.repeat(pa.scalar(value, kind), batch.num_rows)
        if self.rules.key:
            self._keys[landed.as_of_date].append(_joined(columns, self.rules.key))
        if "account_id" in columns:
            columns["_account_ccy"] = _looked_up(columns, ("client_id", "account_id"), pa.string(), self._base_ccy)
        if "id_type" in columns:
            columns["_identifier_valid"] = _looked_up(columns, ("id_type", "instrument_id"), pa.bool_(), is_identifier)
        return pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns))

    def _base_ccy(self, client_id: str, account_id: str) -> str | None:
        owner = self._owners.get(account_id)
        return owner.base_ccy if owner is not None and owner.client_id == client_id else None

    def _next_part(self, schema: pa.Schema) -> pq.ParquetWriter:
        self._parts += 1
        path = f"{self._path}/part-{self._parts}.parquet"
        return pq.ParquetWriter(path, schema, filesystem=self._files, compression="snappy")


class _Writer:
    """Gathers batches of the same columns into row groups of a size that is worth reading."""

    def __init__(self, new_part: Callable[[pa.Schema], pq.ParquetWriter]) -> None:
        self._new_part = new_part
        self._parts: dict[tuple[str, ...], pq.ParquetWriter] = {}
        self._waiting: list[pa.RecordBatch] = []

    def write(self, batch: pa.RecordBatch) -> None:
        """Take a batch; it may be written later."""
        if self._waiting and self._waiting[0].schema.names != batch.schema.names:
            self._flush()
        self._waiting.append(batch)
        if sum(each.num_rows for each in self._waiting) >= _PART_ROWS:
            self._flush()

    def close(self) -> None:
        """Write what waits, and close the files."""
        self._flush()
        for part in self._parts.values():
            part.close()

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.Table.from_batches(self._waiting)
        names = tuple(table.column_names)
        if names not in self._parts:
            self._parts[names] = self._new_part(table.schema)
        self._parts[names].write_table(table, row_group_size=_PART_ROWS)
        self._waiting.clear()


def _looked_up(
    columns: Mapping[str, pa.Array], names: Sequence[str], kind: pa.DataType, find: Callable[..., object]
) -> pa.Array:
    """Return what `find` says of each row's values, asked once for each distinct combination; null where one is."""
    encoded = _joined(columns, names).dictionary_encode()
    distinct = encoded.dictionary.to_pylist()
    answers = pa.array([find(*text.split(_SEPARATOR, len(names) - 1)) for text in distinct], kind)
    return answers.take(encoded.indices)


def _joined(columns: Mapping[str, pa.Array], names: Sequence[str]) -> pa.Array:
    """Return each row's values as one text; null where one is."""
    return pc.binary_join_element_wise(*(columns[name] for name in names), _SEPARATOR)
