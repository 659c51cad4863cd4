"""CSV for spreadsheets (RFC 4180) in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

MEDIA_TYPE = "text/csv; charset=utf-8"
# What spreadsheets begin a formula with, by OWASP's list; line ends and tabs, because some skip them first.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(cell: object) -> str:
    """Return a cell's text with an apostrophe before what a spreadsheet would execute; None is nothing."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield each row, the header among them, as a line of quoted cells."""
    for row in rows:
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([harmless(cell) for cell in row])
        yield line.getvalue()
