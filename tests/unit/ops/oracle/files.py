"""Rows of the bank's files with everything a test does not speak of filled in: one client, one account, base EUR."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from ops.oracle.files import DayFiles, TextRow
from ops.oracle.pnl import Row, compute

MONDAY = date(2026, 1, 5)
TUESDAY = MONDAY + timedelta(days=1)
SHARE = "DE0007164600"
USD_AT = {MONDAY: "1.25", TUESDAY: "1.25"}
MONEY = ("total", "price", "fx", "trading", "income", "fees", "unexplained")


def position(instrument: str, quantity: str, price: str = "", ccy: str = "EUR", **fields: str) -> TextRow:
    row = {"client_id": "C", "account_id": "A", "id_type": "ISIN", "instrument_id": instrument, "quantity": quantity}
    return {**row, "price": price, "price_ccy": ccy, "base_ccy": "EUR"} | fields


def cash(ccy: str, quantity: str, **fields: str) -> TextRow:
    return position(ccy, quantity, "1", ccy, id_type="CASH", **fields)


def price(instrument: str, quote: str, ccy: str = "EUR", factor: str = "1") -> TextRow:
    return {"instrument_id": instrument, "price": quote, "ccy": ccy, "price_factor": factor}


def booking(
    kind: str, instrument: str, quantity: str = "", quote: str = "", ccy: str = "EUR", **fields: str
) -> TextRow:
    row = {"trade_date": str(TUESDAY), "client_id": "C", "account_id": "A", "instrument_id": instrument, "kind": kind}
    return {**row, "quantity": quantity, "price": quote, "ccy": ccy, "fx_rate": "", "amount": ""} | fields


def day(
    as_of: date,
    positions: list[TextRow],
    prices: list[TextRow],
    bookings: list[TextRow] | None = None,
    eurusd: str | None = None,
) -> DayFiles:
    rates = [{"pair": "EURUSD", "rate": eurusd or "1.25"}, {"pair": "GBPUSD", "rate": "1.5"}]
    return DayFiles(as_of, positions, prices, rates, bookings or [])


def tuesday_of(*days: DayFiles, instrument: str = SHARE) -> Row:
    """The last day's row of one instrument."""
    return compute(days)[days[-1].as_of, "C", "A", instrument]


def figures(row: Row) -> dict[str, Decimal]:
    """The parts of the P&L that are not zero, by their short names."""
    found = {name: getattr(row, f"pnl_{name}") for name in MONEY}
    return {name: value for name, value in found.items() if value}
