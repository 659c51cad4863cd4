"""How Athena lays results out: CSV for a SELECT, plain lines for SHOW and DESCRIBE."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from api.athena.describing import is_utility

Record = list[str | None]
# As wide as Athena makes the columns of DESCRIBE.
PAD = 20
_CELL = re.compile(rb'(?:"((?:[^"]|"")*)")?([,\n])')


class Layout(Protocol):
    """How records become bytes and are found in them again."""

    suffix: str
    has_header: bool

    def line(self, record: Record) -> bytes:
        """Return a record as bytes, its end included."""

    def records(self, data: bytes, position: int) -> Iterator[tuple[Record, int]]:
        """Yield the records that are there whole from a place on, each with the place after it."""


class _Csv:
    """Every cell quoted, the header first, and nothing at all for null."""

    suffix, has_header = ".csv", True

    def line(self, record: Record) -> bytes:
        cells = ("" if one is None else '"' + one.replace('"', '""') + '"' for one in record)
        return (",".join(cells) + "\n").encode()

    def records(self, data: bytes, position: int) -> Iterator[tuple[Record, int]]:
        record: Record = []
        # A quote at the very end may be the first half of two: only what follows a cell ends it.
        while found := _CELL.match(data, position):
            text = found[1]
            record.append(None if text is None else text.replace(b'""', b'"').decode())
            position = found.end()
            if found[2] == b"\n":
                yield record, position
                record = []


class _Lines:
    """No header; the cells of a record are padded, parted by tabs and read again as one."""

    suffix, has_header = ".txt", False

    def line(self, record: Record) -> bytes:
        width = PAD if len(record) > 1 else 0
        return ("\t".join(f"{one or '':<{width}}" for one in record) + "\n").encode()

    def records(self, data: bytes, position: int) -> Iterator[tuple[Record, int]]:
        while (end := data.find(b"\n", position)) >= 0:
            yield [data[position:end].decode()], end + 1
            position = end + 1


CSV: Layout = _Csv()
LINES: Layout = _Lines()


def layout_of(query: str) -> Layout:
    """Return the layout that Athena gives the result of a query."""
    return LINES if is_utility(query) else CSV
