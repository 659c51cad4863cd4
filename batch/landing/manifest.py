"""Manifests: what the sender counted, `{rows, sha256, control_sums{column: "decimal text"}}`, against what came."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, Inexact, InvalidOperation

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from batch.landing.columns import LINE, MALFORMED, NUMERIC
from batch.landing.errors import BadFile

# Exact or not at all: a number too wide for this many digits is refused, never rounded.
_EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
_ARROW_DECIMAL = pa.decimal128(38, 12)


class Manifest(BaseModel):
    """The sender's count of rows, SHA-256 of the object's bytes, and sums of numeric columns."""

    model_config = ConfigDict(extra="ignore", strict=True)

    rows: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-fA-F]{64}$")
    control_sums: dict[str, str] = {}


def parse_manifest(body: bytes, name: str) -> Manifest:
    """Read a manifest; BadFile when it is not one."""
    try:
        return Manifest.model_validate_json(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadFile(f"{where + ': ' if where else ''}{first['msg']}", name=name) from None


class Totals:
    """Counts rows and sums columns of the batches that pass through."""

    def __init__(self, columns: list[str]) -> None:
        self.rows = 0
        self.sums = {column: Decimal(0) for column in columns}

    def count(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Pass the batches on; BadFile at the line of a number that cannot be added."""
        for batch in batches:
            self.rows += batch.num_rows
            for name in self.sums.keys() & set(batch.schema.names):
                self.sums[name] = _EXACT.add(self.sums[name], _sum(batch, name))
            yield batch

    def check(self, manifest: Manifest) -> None:
        """Compare with the manifest; BadFile says what differs."""
        if self.rows != manifest.rows:
            raise BadFile(f"{self.rows} rows came, the manifest says {manifest.rows}")
        for column, text in manifest.control_sums.items():
            if column not in self.sums:
                raise BadFile(f"the manifest sums `{column}`, which is no numeric column")
            try:
                expected = _EXACT.create_decimal(text)
            except (InvalidOperation, Inexact):
                raise BadFile(f"the manifest's sum of {column}, `{text}`, is not a decimal number") from None
            if self.sums[column] != expected:
                raise BadFile(f"{column} sums to {self.sums[column]:f}, the manifest says {text}")


def checked(batches: Iterator[pa.RecordBatch], manifest: Manifest, kind: str) -> Iterator[pa.RecordBatch]:
    """Pass the batches on and, after the last, refuse the file where the manifest does not agree."""
    totals = Totals([name for name in NUMERIC[kind] if name in manifest.control_sums])
    yield from totals.count(batches)
    totals.check(manifest)


def describe(batches: Iterator[pa.RecordBatch], sha256: str, kind: str) -> Manifest:
    """Return the manifest of a file: all its numeric columns are summed. BadFile where a row is malformed."""
    totals = Totals(list(NUMERIC[kind]))
    present: set[str] = set()
    for batch in totals.count(batches):
        present |= set(batch.schema.names)
        for row in batch.filter(pc.is_valid(batch[MALFORMED])).to_pylist():
            raise BadFile(row[MALFORMED], row[LINE])
    sums = {name: f"{value:f}" for name, value in totals.sums.items() if name in present}
    return Manifest(rows=totals.rows, sha256=sha256, control_sums=sums)


def _sum(batch: pa.RecordBatch, name: str) -> Decimal:
    column = batch[name]
    try:
        return pc.sum(column.cast(_ARROW_DECIMAL)).as_py() or Decimal(0)
    except pa.ArrowInvalid:
        return _exact_sum(column, batch[LINE])


def _exact_sum(column: pa.Array, lines: pa.Array) -> Decimal:
    total = Decimal(0)
    for text, line in zip(column.to_pylist(), lines.to_pylist(), strict=True):
        try:
            total = _EXACT.add(total, _EXACT.create_decimal(text)) if text is not None else total
        except (InvalidOperation, Inexact):
            raise BadFile(f"`{text[:80]}` cannot be added to the control sum", line) from None
    if not total.is_finite():
        raise BadFile("a column with a control sum holds what is no number")
    return total
