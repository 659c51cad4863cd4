"""Daily P&L of every position, recomputed from the raw files.

total = MV1 - MV0 - flows + income + fees, from the files alone; price, FX, trading, income and fees from trades, prices
and rates; what the second cannot say about the first is `unexplained`. Splits act before the open. All Decimal, exact
until the last step; money is rounded half-even to cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from ops.oracle.bookings import Bookings, Key, book
from ops.oracle.files import DIGITS, ONE, ZERO, DayFiles, TextRow, cents, major, number
from ops.oracle.market import Market

QUALITIES = ("ok", "stale", "estimated", "missing")


@dataclass(frozen=True, slots=True)
class Holding:
    """A position at the end of a day: units at an effective price and a rate to the base currency."""

    base_ccy: str
    quantity: Decimal
    price: Decimal
    ccy: str
    accrued: Decimal
    fx: Decimal
    quality: str
    quality_days: int

    @property
    def value(self) -> Decimal:
        """Market value in base currency, not rounded."""
        return (self.quantity * self.price + self.accrued) * self.fx


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one position on one day; money in base currency, in cents."""

    as_of: date
    client_id: str
    account_id: str
    instrument_id: str
    base_ccy: str
    quantity: Decimal
    price: Decimal
    price_ccy: str
    fx_rate: Decimal
    market_value: Decimal
    pnl_total: Decimal
    pnl_price: Decimal
    pnl_fx: Decimal
    pnl_trading: Decimal
    pnl_income: Decimal
    pnl_fees: Decimal
    pnl_unexplained: Decimal
    net_flows: Decimal
    quality: str
    quality_days: int


def compute(days: Iterable[DayFiles]) -> dict[tuple[date, str, str, str], Row]:
    """Return a row for each (date, client, account, instrument) that was held, closed or touched that day."""
    ordered = sorted(days, key=lambda day: day.as_of)
    market = Market(ordered)
    transactions = [row for day in ordered for row in day.transactions]
    rows: dict[tuple[date, str, str, str], Row] = {}
    before: dict[Key, Holding] = {}
    previous = date.min
    with localcontext(prec=DIGITS):
        for day in ordered:
            if not day.positions:
                continue
            booked = [row for row in transactions if previous < date.fromisoformat(row["trade_date"]) <= day.as_of]
            after = {_key(row): _held(row, day.as_of, market) for row in day.positions}
            for row in _day_rows(day.as_of, market, before, after, booked):
                rows[row.as_of, row.client_id, row.account_id, row.instrument_id] = row
            before, previous = after, day.as_of
    return rows


def _day_rows(
    day: date, market: Market, before: Mapping[Key, Holding], after: Mapping[Key, Holding], booked: Sequence[TextRow]
) -> Iterable[Row]:
    known = {key[0] for key in before}
    bases = {
        **{key[:2]: held.base_ccy for key, held in before.items()},
        **{k[:2]: h.base_ccy for k, h in after.items()},
    }

    def rate_of(key: Key, ccy: str) -> Decimal:
        found = market.rate(ccy, bases[key[:2]], day)
        return found[0] if found else ZERO

    of_known = [row for row in booked if row["client_id"] in known and (row["client_id"], row["account_id"]) in bases]
    books = book(of_known, day, market, rate_of)
    for key in sorted({*before, *after, *books}):
        if key[0] not in known:
            yield _inception(day, key, after[key])
            continue
        bookings, start = books.get(key, Bookings()), before.get(key)
        end = after.get(key) or _closed(key, day, market, bases[key[:2]], start, bookings)
        yield _row(day, key, start, end, bookings)


def _key(row: TextRow) -> Key:
    return row["client_id"], row["account_id"], row["instrument_id"]


def _held(row: TextRow, day: date, market: Market) -> Holding:
    ccy, unit = major(row["price_ccy"])
    own = number(row, "price")
    instrument = row["instrument_id"]
    if own is not None:
        own *= unit * (number(row, "price_factor") or market.factor(instrument, day))
    price = (ONE, instrument, "ok", 0) if row["id_type"] == "CASH" else _price(instrument, day, market, own, ccy)
    quantity, accrued = number(row, "quantity") or ZERO, (number(row, "accrued") or ZERO) * unit
    return _valued(price, market, day, row["base_ccy"], quantity, accrued)


def _closed(key: Key, day: date, market: Market, base: str, start: Holding | None, booked: Bookings) -> Holding:
    """Value what is no longer held: without units, but with a price, the last known, at which trades are judged."""
    ccy = start.ccy if start else next((trade.ccy for trade in booked.trades), base)
    last = start.price if start else None
    price = (ONE, ccy, "ok", 0) if key[2] == ccy else _price(key[2], day, market, last, ccy)
    return replace(_valued(price, market, day, base, ZERO, ZERO), quality="ok", quality_days=0)


def _price(
    instrument: str, day: date, market: Market, own: Decimal | None, own_ccy: str
) -> tuple[Decimal, str, str, int]:
    """Return price, currency, quality and age: the prices file decides, the custodian's own price is an estimate."""
    quote = market.quote(instrument, day)
    if quote:
        age = (day - quote.day).days
        return quote.price, quote.ccy, "stale" if age else "ok", age
    return (ZERO, own_ccy, "missing", 0) if own is None else (own, own_ccy, "estimated", 0)


def _valued(
    price: tuple[Decimal, str, str, int], market: Market, day: date, base: str, quantity: Decimal, accrued: Decimal
) -> Holding:
    unit_price, ccy, quality, days = price
    found = market.rate(ccy, base, day)
    rate, age = found or (ZERO, 0)
    of_rate = "missing" if found is None else "stale" if age else "ok"
    worst = max(quality, of_rate, key=QUALITIES.index)
    return Holding(base, quantity, unit_price, ccy, accrued, rate, worst, max(days, age))


def _inception(day: date, key: Key, held: Holding) -> Row:
    """The first day of a client: what is there was contributed, and nothing was earned yet."""
    value = cents(held.value)
    zeros = (cents(ZERO),) * 7
    return Row(
        day, *key, held.base_ccy, held.quantity, held.price, held.ccy, held.fx, value, *zeros, value,
        held.quality, held.quality_days,
    )  # fmt: skip


def _row(day: date, key: Key, start: Holding | None, end: Holding, booked: Bookings) -> Row:
    parts = _parts(start, end, booked)
    value0 = start.value if start else ZERO
    flows = sum((trade.value for trade in booked.trades), ZERO)
    exact = end.value - value0 - flows + booked.income + booked.fees
    total = cents(end.value) - cents(value0) - cents(flows) + cents(booked.income) + cents(booked.fees)
    shown = {name: cents(part) for name, part in parts.items() if name != "pnl_price"}
    unexplained = cents(exact - sum(parts.values()))
    external = sum((trade.value for trade in booked.trades if trade.external), ZERO)
    return Row(
        day, *key, end.base_ccy, end.quantity, end.price, end.ccy, end.fx, cents(end.value),
        total, total - sum(shown.values()) - unexplained, shown["pnl_fx"], shown["pnl_trading"], shown["pnl_income"],
        shown["pnl_fees"], unexplained, cents(external), end.quality, end.quality_days,
    )  # fmt: skip


def _parts(start: Holding | None, end: Holding, booked: Bookings) -> dict[str, Decimal]:
    """Return the exact parts of one position's P&L."""
    q0, p0, a0, f0 = (start.quantity, start.price, start.accrued, start.fx) if start else (ZERO, ZERO, ZERO, ZERO)
    p1, a1, f1 = end.price, end.accrued, end.fx
    # A split keeps q0 x p0: written with that product, no quotient is ever rounded.
    units, worth = (q0 + booked.split_units if q0 else q0), q0 * p0
    cross = (units * p1 - worth) * (f1 - f0)
    on_trades = sum((t.quantity * t.price + t.accrued) * (f1 - t.fx) for t in booked.trades)
    accrued = a1 - a0 - sum(t.accrued for t in booked.trades)
    return {
        "pnl_price": (units * p1 - worth) * f0,
        "pnl_fx": worth * (f1 - f0) + cross + a0 * (f1 - f0) + on_trades,
        "pnl_trading": sum((t.quantity * (p1 - t.price) * f1 for t in booked.trades), ZERO),
        "pnl_income": booked.income + accrued * f1,
        "pnl_fees": booked.fees,
    }
