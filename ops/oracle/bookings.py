"""What the transactions of a day did to each position: trades, splits, income and fees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from ops.oracle.files import ONE, ZERO, TextRow, major, number
from ops.oracle.market import Market

# Client, account, instrument; a cash position's instrument is its currency.
Key = tuple[str, str, str]
# The rate from a currency to an account's base currency on the day.
RateOf = Callable[[Key, str], Decimal]


@dataclass(frozen=True, slots=True)
class Trade:
    """Units that came (or went, negative) at a unit price, with the accrued interest paid for, in one currency.

    `fx` is the rate to the base currency; `external` marks what crossed the client's border: a transfer.
    """

    quantity: Decimal
    price: Decimal
    accrued: Decimal
    ccy: str
    fx: Decimal
    external: bool

    @property
    def value(self) -> Decimal:
        """What it brought into the position, in base currency."""
        return (self.quantity * self.price + self.accrued) * self.fx


@dataclass(slots=True)
class Bookings:
    """All that was booked to one position on one day; income and fees in base currency."""

    trades: list[Trade] = field(default_factory=list)
    split_units: Decimal = ZERO
    income: Decimal = ZERO
    fees: Decimal = ZERO


def book(rows: Iterable[TextRow], day: date, market: Market, rate_of: RateOf) -> dict[Key, Bookings]:
    """Book the rows of one day: every movement of money also moves the account's cash in that currency."""
    books: defaultdict[Key, Bookings] = defaultdict(Bookings)
    for row in rows:
        _book_row(books, row, day, market, rate_of)
    return dict(books)


def _book_row(books: defaultdict[Key, Bookings], row: TextRow, day: date, market: Market, rate_of: RateOf) -> None:
    ccy, unit = major(row["ccy"])
    account = row["client_id"], row["account_id"]
    instrument, kind = row.get("instrument_id") or "", row["kind"]
    is_cash = instrument in ("", row["ccy"], ccy)
    cash, position = (*account, ccy), (*account, ccy if is_cash else instrument)
    fx = number(row, "fx_rate") or rate_of(position, ccy)
    quantity = number(row, "quantity") or ZERO
    price = (number(row, "price") or ZERO) * unit * (ONE if is_cash else market.factor(instrument, day))
    amount = number(row, "amount")
    amount = None if amount is None else amount * unit

    if kind == "split":
        books[position].split_units += quantity
        return
    if kind in ("transfer_in", "transfer_out"):
        if is_cash:
            moved = quantity if amount is None else amount
            books[cash].trades.append(Trade(moved, ONE, ZERO, ccy, fx, external=True))
        else:
            books[position].trades.append(Trade(quantity, price, ZERO, ccy, fx, external=True))
        return
    if kind in ("buy", "sell"):
        amount = -quantity * price if amount is None else amount
        accrued = -amount - quantity * price
        books[position].trades.append(Trade(quantity, price, accrued, ccy, fx, external=False))
    else:
        if amount is None:
            raise ValueError(f"a {kind} without an amount: {row}")
        if kind == "fee":
            books[position].fees += amount * fx
        else:
            books[position].income += amount * fx
    books[cash].trades.append(Trade(amount, ONE, ZERO, ccy, fx, external=False))
