"""A day's transactions as they are written, each with its movement of cash."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from ops.demo.portfolios.books import Books
from ops.demo.portfolios.columns import RATE_DECIMALS, Flags, Ints, constant, decimals, named
from ops.demo.portfolios.market import Market
from ops.demo.portfolios.universe import CURRENCIES, MINOR_CODE, QUOTE_NAMES

_RATE_GIVEN, _RATE_NOISE, _AMOUNT_LEFT_OUT = 0.7, 0.001, 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """Transactions of one kind, a column each: `amount` in cents of `ccy`, signed as cash moves.

    Without an `instrument` the rows name their currency. `in_minor` writes the rows in pence where the instrument is
    quoted so; without `moves_cash` the amount stays empty and no cash moves.
    """

    kind: str
    account: Ints
    ccy: Ints
    amount: Ints
    instrument: Ints | None = None
    units: Ints | None = None
    quote: Ints | None = None
    in_minor: bool = False
    moves_cash: bool = True


@dataclass(slots=True)
class Ledger:
    """Collects one day's transactions and moves the books' cash by them."""

    books: Books
    market: Market
    rng: np.random.Generator
    _tables: list[pa.Table] = field(default_factory=list)

    def post(self, entry: Entry) -> None:
        """Book the entry's rows."""
        if not len(entry.account):
            return
        if entry.moves_cash:
            np.add.at(self.books.cash, (entry.account, entry.ccy), entry.amount)
            self.books.holds_cash[entry.account, entry.ccy] = True
        self._tables.append(self._written(entry))

    def table(self) -> pa.Table:
        """Return the day's transactions file."""
        none = np.empty(0, np.int64)
        return pa.concat_tables([self._written(Entry("fee", none, none, none)), *self._tables])

    def _written(self, entry: Entry) -> pa.Table:
        books, ids, zeros = self.books, self.market.universe.ids, np.zeros(len(entry.account), np.int64)
        units = zeros if entry.units is None else entry.units
        quote = zeros if entry.quote is None else entry.quote
        minor = zeros > 0
        if entry.in_minor and entry.instrument is not None:
            minor = self.market.minor[entry.instrument]
        scale = np.where(minor, 100, 1)
        rates, given = self._rates(entry, minor)
        return pa.table(
            {
                "trade_date": constant(self.market.day, len(zeros)),
                "client_id": named(books.client[entry.account], books.client_ids),
                "account_id": named(entry.account, books.account_ids),
                "instrument_id": named(
                    len(ids) + entry.ccy if entry.instrument is None else entry.instrument, [*ids, *CURRENCIES]
                ),
                "kind": constant(entry.kind, len(zeros)),
                "quantity": decimals(units, 4),
                "price": decimals(quote * scale, 4),
                "ccy": named(np.where(minor, MINOR_CODE[entry.ccy], entry.ccy), QUOTE_NAMES),
                "fx_rate": decimals(rates, RATE_DECIMALS, given),
                "amount": decimals(entry.amount * scale, 2, self._amount_known(entry, units, quote, minor)),
            }
        )

    def _rates(self, entry: Entry, minor: Flags) -> tuple[Ints, Flags]:
        """Some rows carry the rate of their own moment, near the day's."""
        base, size = self.books.base[entry.account], len(entry.account)
        rates = self.market.rates(entry.ccy, base) * (1 + _RATE_NOISE * self.rng.standard_normal(size))
        given = (entry.ccy != base) & ~minor & (self.rng.random(size) < _RATE_GIVEN)
        return np.rint(rates * 10**RATE_DECIMALS).astype(np.int64), given

    def _amount_known(self, entry: Entry, units: Ints, quote: Ints, minor: Flags) -> Flags:
        """Some rows leave the amount to the reader, where units x price gives it to the cent."""
        plain = (units * quote == -entry.amount * 1_000_000) & ~minor
        left_out = plain & (entry.kind in ("buy", "sell")) & (self.rng.random(len(plain)) < _AMOUNT_LEFT_OUT)
        return np.asarray(~left_out & entry.moves_cash, bool)
