"""The canary's portfolio on two days, with other figures each time: the four files of each day as CSV."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

CLIENT, ACCOUNT, BASE_CCY = "CANARY-1", "CANARY-1-A", "USD"
# Nobody's book has prices in it, so the canary's rate meets no other.
CCY = "KPW"
INSTRUMENT = "CANARY-INSTRUMENT"
FILE = "canary.csv"

_COLUMNS = {
    "positions": (
        "as_of_date", "client_id", "account_id", "id_type", "instrument_id", "quantity", "price", "price_ccy",
        "price_date", "accrued", "cost_price", "base_ccy",
    ),
    "prices": ("as_of_date", "instrument_id", "price", "ccy", "price_factor"),
    "fx": ("as_of_date", "pair", "rate"),
    "transactions": (
        "trade_date", "client_id", "account_id", "instrument_id", "kind", "quantity", "price", "ccy", "fx_rate",
        "amount",
    ),
}  # fmt: skip
Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CanaryDay:
    """One day's files, CSV text by kind."""

    day: date
    files: dict[str, str]


def canary_days(before: date, day: date, draw: random.Random) -> tuple[CanaryDay, CanaryDay]:
    """Return the canary's files of two days; on the second it buys at noon, earns a dividend and pays a fee."""
    units, bought = Decimal(draw.randint(500, 5000)), Decimal(draw.randint(10, 100))
    opening, noon, closing = (_amount(draw, 80, 120) for _ in range(3))
    rates = [Decimal(draw.randint(900_000, 1_100_000)).scaleb(-9) for _ in range(3)]
    dividend, fee = _amount(draw, 50, 90), -_amount(draw, 5, 9)
    cash, dollars = Decimal(200_000), _amount(draw, 1000, 9000)
    paid = -(bought * noon)
    booked = {"trade_date": day, "client_id": CLIENT, "account_id": ACCOUNT}
    trades: list[Row] = [
        {**booked, "instrument_id": INSTRUMENT, "kind": "buy", "quantity": bought, "price": noon, "ccy": CCY,
         "fx_rate": rates[1], "amount": paid},
        {**booked, "instrument_id": INSTRUMENT, "kind": "dividend", "ccy": CCY, "amount": dividend},
        {**booked, "kind": "fee", "ccy": BASE_CCY, "amount": fee},
    ]  # fmt: skip
    start = _day(before, {INSTRUMENT: units, CCY: cash, BASE_CCY: dollars}, opening, rates[0], [])
    holdings = {INSTRUMENT: units + bought, CCY: cash + paid + dividend, BASE_CCY: dollars + fee}
    return start, _day(day, holdings, closing, rates[2], trades)


def _day(day: date, holdings: Mapping[str, Decimal], price: Decimal, rate: Decimal, trades: list[Row]) -> CanaryDay:
    positions = [
        {
            "as_of_date": day, "client_id": CLIENT, "account_id": ACCOUNT, "base_ccy": BASE_CCY, "price_date": day,
            "instrument_id": name, "quantity": quantity, "id_type": "INT" if name == INSTRUMENT else "CASH",
            "price": price if name == INSTRUMENT else 1, "price_ccy": CCY if name == INSTRUMENT else name,
        }
        for name, quantity in holdings.items()
    ]  # fmt: skip
    prices = [{"as_of_date": day, "instrument_id": INSTRUMENT, "price": price, "ccy": CCY}]
    fx = [{"as_of_date": day, "pair": CCY + BASE_CCY, "rate": rate}]
    rows: dict[str, list[Row]] = {"fx": [*fx], "prices": [*prices], "transactions": trades, "positions": [*positions]}
    return CanaryDay(day, {kind: _csv(_COLUMNS[kind], each) for kind, each in rows.items()})


def _csv(columns: Iterable[str], rows: Iterable[Row]) -> str:
    """Write rows whose values need no quotes."""
    names = tuple(columns)
    lines = [names, *(tuple(str(row.get(name, "")) for name in names) for row in rows)]
    return "".join(",".join(line) + "\n" for line in lines)


def _amount(draw: random.Random, low: int, high: int) -> Decimal:
    return Decimal(draw.randint(low * 100, high * 100)).scaleb(-2)
