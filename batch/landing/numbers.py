"""Decimal commas: `1.234,50` becomes `1234.50`, and a file that also has decimal points is refused, not guessed at."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from batch.landing.columns import LINE, NUMERIC
from batch.landing.errors import BadFile

# Arrow's regular expressions are RE2's.
_COMMA = r"^[+-]?(\d+|\d{1,3}(\.\d{3})+),\d*$"


class DecimalComma:
    """Turns the decimal commas of one file into points; remembers which of the two the file uses.

    Only for delimiters other than the comma: there a comma in a number may as well group its digits, and stays.
    """

    def __init__(self, kind: str, delimiter: str) -> None:
        self._columns = NUMERIC[kind] if delimiter != "," else ()
        self._mark: str | None = None

    def to_points(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the batch with decimal points only; BadFile at the first line that breaks the file's own habit."""
        for name in self._columns:
            at = batch.schema.get_field_index(name)
            if at >= 0:
                column = batch.column(at)
                commas = pc.match_substring_regex(column, _COMMA)
                points = pc.and_(pc.match_substring(column, "."), pc.invert(commas))
                self._expect(",", commas, name, batch)
                self._expect(".", points, name, batch)
                if self._mark == ",":
                    batch = batch.set_column(at, name, _converted(column, commas))
        return batch

    def _expect(self, mark: str, mask: pa.Array, name: str, batch: pa.RecordBatch) -> None:
        if not pc.any(mask).as_py():
            return
        if self._mark not in (None, mark):
            row = pc.index(mask, True).as_py()
            reason = f"{name} `{batch[name][row].as_py()[:80]}` has a decimal `{mark}`, others have `{self._mark}`"
            raise BadFile(reason, batch[LINE][row].as_py())
        self._mark = mark


def _converted(column: pa.Array, commas: pa.Array) -> pa.Array:
    plain = pc.replace_substring(pc.replace_substring(column, ".", ""), ",", ".")
    return pc.if_else(commas, plain, column)
