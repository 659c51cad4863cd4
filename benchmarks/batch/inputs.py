"""The generator's days in bronze, with one row of positions in a thousand spoiled."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from clients.s3 import Store
from core.settings import Settings
from ops.demo.portfolios.columns import csv_bytes
from ops.demo.portfolios.days import KINDS, Day, generate

END, SEED = date(2026, 6, 12), 4
# Holdings a client, so that with the cash there are a hundred positions on average.
PER_CLIENT = (10, 156)
POSITIONS_PER_CLIENT = 100
SPOILED_EVERY = 1000

Flaw = Callable[[bytes], bytes]


def _set(column: int, value: bytes) -> Flaw:
    def spoiled(row: bytes) -> bytes:
        fields = row.split(b",")
        fields[column] = value
        return b",".join(fields)

    return spoiled


def _wrong_check_digit(row: bytes) -> bytes:
    name = row.split(b",")[4]
    return _set(4, name[:-1] + (b"1" if name[-1:] != b"1" else b"2"))(row)


def _twice(row: bytes) -> bytes:
    return row + b"\n" + row


# In turn, what goes wrong in banks; the columns are those of the positions file.
FLAWS: tuple[Flaw, ...] = (
    _wrong_check_digit,
    _twice,
    _set(0, b"2026-01-01"),
    _set(1, b"NOBODY"),
    _set(3, b"WKN"),
    _set(5, b"1e400"),
    _set(5, b"n/a"),
    _set(6, b"-1.0000"),
    _set(7, b"XXX"),
    _set(8, b"2027-01-01"),
    _set(4, b"=cmd()"),
)


@dataclass(frozen=True, slots=True)
class Landed:
    """A day in bronze: its date, its rows of positions, how many of them are spoiled, and the bytes of all files."""

    as_of: date
    positions: int
    spoiled: int
    size_bytes: int


def land(settings: Settings, positions: int, days: int) -> tuple[bytes, list[Landed]]:
    """Upload so many days of about so many positions; return the accounts as headerless CSV, and what has landed."""
    store, accounts, landed = Store(settings), b"", []
    for day in _days(positions, days):
        accounts = csv_bytes(day.accounts).partition(b"\n")[2]
        landed.append(_upload(store, settings.bronze_bucket, day))
    return accounts, landed


def _days(positions: int, days: int) -> Iterator[Day]:
    return generate(max(positions // POSITIONS_PER_CLIENT, 1), days, SEED, END, per_client=PER_CLIENT)


def _upload(store: Store, bucket: str, day: Day) -> Landed:
    size, spoiled = 0, 0
    for kind in KINDS:
        body = day.csv(kind)
        if kind == "positions":
            body, spoiled = spoil(body)
        size += len(body)
        store.upload(bucket, f"{kind}/date={day.as_of}/{kind}.csv", io.BytesIO(body))
    return Landed(day.as_of, day.tables["positions"].num_rows, spoiled, size)


def spoil(body: bytes) -> tuple[bytes, int]:
    """Return the file with each thousandth row spoiled, and how many those are."""
    ends = np.flatnonzero(np.frombuffer(body, np.uint8) == ord("\n"))
    pieces, at = [], 0
    chosen = range(SPOILED_EVERY, len(ends), SPOILED_EVERY)
    for number, row in enumerate(chosen):
        start, end = int(ends[row - 1]) + 1, int(ends[row])
        flaw = FLAWS[number % len(FLAWS)]
        pieces += [body[at:start], flaw(body[start:end])]
        at = end
    return b"".join([*pieces, body[at:]]), len(chosen)
