"""CSV: Arrow reads what is regular; what is not goes through the csv module, which knows each record's line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from batch.landing.columns import COLUMNS, LINE, MALFORMED, names_of, plain_name
from batch.landing.errors import BadFile
from batch.landing.numbers import DecimalComma
from batch.landing.text import Text, Unclosed, as_text, inspect

DELIMITERS = (",", ";", "\t")
_REFUSED_DELIMITERS = ("|", ":")
_BLOCK_BYTES = 8 * 1024 * 1024
_BATCH_ROWS = 50_000
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class _Record:
    """A record's fields, or why it has none, and the lines that it fills."""

    fields: list[str] | None
    first: int
    last: int
    reason: str | None


def read_csv(file: IO[bytes], kind: str) -> Iterator[pa.RecordBatch]:
    """Read a CSV file: text columns under our names, `line` and `malformed`; empty cells are null."""
    text = inspect(file)
    delimiter, header, first_line = _header(file, text, kind)
    names = names_of(header, kind)
    decimal_comma = DecimalComma(kind, delimiter)
    rows = 0
    for batch in _batches(file, text, delimiter, names, first_line):
        tidy = decimal_comma.to_points(_tidy(batch, names, padded=text.padded or text.quotes))
        rows += tidy.num_rows
        yield tidy
    # A day may pass without a transaction; no bank has a day without positions, prices or rates.
    if rows == 0 and kind != "transactions":
        raise BadFile("the file has a header and no rows", 1)


def _header(file: IO[bytes], text: Text, kind: str) -> tuple[str, list[str], int]:
    """Return the delimiter that makes most sense of the first record, its fields, and the line after it."""
    best_known, best_delimiter, best = 0, "", _Record([], 1, 1, None)
    for delimiter in DELIMITERS + _REFUSED_DELIMITERS:
        try:
            record = next(_records(file, text, delimiter))
        except (BadFile, StopIteration):
            continue  # with another delimiter the quotes may make sense
        known = sum(plain_name(name, kind) in COLUMNS[kind].known for name in record.fields or ())
        if known > best_known:
            best_known, best_delimiter, best = known, delimiter, record
    if best.fields is None or best_known == 0:
        raise BadFile(f"the first line is no header of a file of {kind}", 1)
    if best_delimiter in _REFUSED_DELIMITERS:
        raise BadFile(f"the delimiter is `{best_delimiter}`; it must be a comma, a semicolon or a tab", 1)
    return best_delimiter, best.fields, best.last


def _batches(file: IO[bytes], text: Text, delimiter: str, names: list[str], after: int) -> Iterator[pa.RecordBatch]:
    """Read what follows the header, quickly while row n is line n + 1, exactly from where it is not."""
    if not text.quotes and not text.lone_cr:
        try:
            for batch in _fast(file, text, delimiter, names):
                yield batch
                after = batch[LINE][-1].as_py()
            return
        except pa.ArrowInvalid:
            pass  # a row with too few or too many fields: the slow way says which, and why
    yield from _exact(file, text, delimiter, names, after)


def _fast(file: IO[bytes], text: Text, delimiter: str, names: list[str]) -> Iterator[pa.RecordBatch]:
    file.seek(0)
    reader = arrow_csv.open_csv(
        pa.PythonFile(Unclosed(file), mode="r"),
        read_options=arrow_csv.ReadOptions(
            column_names=names, skip_rows=1, block_size=_BLOCK_BYTES, encoding=text.encoding.removesuffix("-sig")
        ),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), null_values=[""], strings_can_be_null=True
        ),
    )
    line = 2
    for batch in reader:
        count = batch.num_rows
        if count:
            lines = pa.array(np.arange(line, line + count, dtype=np.int64))
            yield _with_lines(batch.columns, names, lines, pa.nulls(count, pa.string()))
            line += count


def _exact(file: IO[bytes], text: Text, delimiter: str, names: list[str], after: int) -> Iterator[pa.RecordBatch]:
    """Read the records that begin after a line."""
    records: list[_Record] = []
    for record in _records(file, text, delimiter):
        if record.first <= after or record.fields == []:
            continue
        if record.fields is not None and len(record.fields) != len(names):
            found = f"{len(record.fields)} fields where the header has {len(names)}"
            record = _without_fields(record, f"{found}: {delimiter.join(record.fields)[:_SHOWN]}")
        records.append(record)
        if len(records) == _BATCH_ROWS:
            yield _to_batch(records, names)
            records = []
    if records:
        if records[-1].reason and not text.ends_with_newline:
            raise BadFile(f"the file ends in the middle of a row: {records[-1].reason}", records[-1].first)
        yield _to_batch(records, names)


def _records(file: IO[bytes], text: Text, delimiter: str) -> Iterator[_Record]:
    """Yield the records from the beginning of the file on."""
    file.seek(0)
    reader = csv.reader(as_text(file, text.encoding), delimiter=delimiter, strict=True)
    last = 0
    while True:
        first = last + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            last = reader.line_num
            yield _without_fields(_Record(None, first, last, None), str(error))
        else:
            last = reader.line_num
            yield _Record(fields, first, last, None)


def _without_fields(record: _Record, reason: str) -> _Record:
    """Return a malformed record; BadFile where it fills several lines.

    Then a quote that was never closed swallowed the rows that follow it, and nobody can tell how many.
    """
    if record.last > record.first:
        raise BadFile(f"a quote that opens here is not closed rightly by line {record.last}: {reason}", record.first)
    return _Record(None, record.first, record.last, reason)


def _to_batch(records: list[_Record], names: list[str]) -> pa.RecordBatch:
    blank = [None] * len(names)
    rows = [record.fields or blank for record in records]
    columns = [_empty_as_null(pa.array(column, pa.string())) for column in zip(*rows, strict=True)]
    lines = pa.array([record.first for record in records], pa.int64())
    return _with_lines(columns, names, lines, pa.array([record.reason for record in records], pa.string()))


def _with_lines(columns: list[pa.Array], names: list[str], lines: pa.Array, reasons: pa.Array) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([*columns, lines, reasons], names=[*names, LINE, MALFORMED])


def _tidy(batch: pa.RecordBatch, names: list[str], *, padded: bool) -> pa.RecordBatch:
    """Strip padding, and drop rows of nothing but empty cells, which spreadsheets append."""
    if padded:
        stripped = [_empty_as_null(pc.utf8_trim_whitespace(batch[name])) for name in names]
        batch = _with_lines(stripped, names, batch[LINE], batch[MALFORMED])
    if batch[names[0]].null_count:
        filled = pc.is_valid(batch[MALFORMED])
        for name in names:
            filled = pc.or_(filled, pc.is_valid(batch[name]))
        batch = batch.filter(filled)
    return batch


def _empty_as_null(column: pa.Array) -> pa.Array:
    return pc.if_else(pc.equal(column, ""), None, column)
