"""CSV for spreadsheets (RFC 4180) in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from core.clock import rfc3339

MEDIA_TYPE = "text/csv; charset=utf-8; header=present"
# A cell that begins with one of these, or its full-width form, is a formula to some spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield each row, the header among them, as a line."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([cell(value) for value in row])
        yield line.getvalue()


def cell(value: object) -> str:
    """Return a value as text that no spreadsheet takes for a formula; None is nothing."""
    if value is None:
        return ""
    text = rfc3339(value) if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
