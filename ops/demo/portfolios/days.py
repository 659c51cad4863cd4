"""Made-up days, one after the other: the same seed and first day always give the same files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

from ops.demo.portfolios.books import draw_books
from ops.demo.portfolios.columns import csv_bytes
from ops.demo.portfolios.events import pass_day
from ops.demo.portfolios.ledger import Ledger
from ops.demo.portfolios.market import Market
from ops.demo.portfolios.universe import draw_universe

KINDS = ("positions", "prices", "fx", "transactions")
PER_CLIENT = (10, 150)
_SATURDAY = 5
_MOST_INSTRUMENTS, _FEWEST_INSTRUMENTS = 4000, 300


@dataclass(frozen=True, slots=True)
class Day:
    """The files of one business day by kind, and the accounts they speak of.

    Every day has `KINDS`; what the instruments are is in a file of the first day only, as they never change.
    """

    as_of: date
    tables: dict[str, pa.Table]
    accounts: pa.Table

    def csv(self, kind: str) -> bytes:
        """Return one of the files as CSV."""
        return csv_bytes(self.tables[kind])

    def write(self, folder: Path) -> int:
        """Write the files as they lie in bronze, `{kind}/date=D/{kind}.csv`; return the rows of positions."""
        for kind in self.tables:
            path = folder / kind / f"date={self.as_of}" / f"{kind}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(self.csv(kind))
        return int(self.tables["positions"].num_rows)


def business_days(count: int, end: date) -> list[date]:
    """Return the last `count` days, Monday to Friday, up to and with `end`."""
    found: list[date] = []
    while len(found) < count:
        if end.weekday() < _SATURDAY:
            found.append(end)
        end -= timedelta(days=1)
    return found[::-1]


def generate(
    clients: int | Sequence[str], days: int, seed: int, end: date, *, per_client: tuple[int, int] = PER_CLIENT
) -> Iterator[Day]:
    """Yield the business days up to `end` for so many clients, or for clients of these ids."""
    ids = [f"C{number:07d}" for number in range(1, clients + 1)] if isinstance(clients, int) else list(clients)
    rng = np.random.default_rng(seed)
    size = int(np.clip(len(ids) * 2, _FEWEST_INSTRUMENTS, _MOST_INSTRUMENTS))
    universe = draw_universe(rng, size)
    books = draw_books(rng, universe, ids, per_client)
    dates = business_days(days, end)
    market = Market(universe, rng, dates[0])
    for number, day in enumerate(dates):
        ledger = Ledger(books, market, rng)
        if number:
            market.move_to(day)
            pass_day(books, market, ledger, number)
        tables = {
            "positions": books.positions_table(market, number),
            "prices": market.price_table(),
            "fx": market.fx_table(),
            "transactions": ledger.table(),
            **({} if number else {"instruments": market.instrument_table()}),
        }
        yield Day(day, tables, books.accounts_table())


def misstated(day: Day) -> Day:
    """Return the day as a bank might send it first: the units of its first position are wrong, tenfold."""
    positions = day.tables["positions"]
    quantity = positions.column("quantity").combine_chunks()
    wrong = pa.array([quantity[0].as_py() * 10], quantity.type)
    column = positions.column_names.index("quantity")
    changed = pa.chunked_array([wrong, quantity.slice(1)])
    return Day(day.as_of, {**day.tables, "positions": positions.set_column(column, "quantity", changed)}, day.accounts)
