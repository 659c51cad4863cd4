"""Rows of silver for tests that do not load files, written by PyIceberg."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from batch.lake import Lake
from batch.tables import TABLES

Row = Mapping[str, Any]


def position(day: date, client: str, instrument: str, quantity: str, **more: Any) -> Row:
    """A position in EUR of an account A1; cash when the instrument is a currency."""
    cash = len(instrument) == 3 and instrument.isupper()
    return {
        "as_of_date": day,
        "client_id": client,
        "account_id": "A1",
        "id_type": "CASH" if cash else "INT",
        "instrument_id": instrument,
        "quantity": quantity,
        "price": "1" if cash else None,
        "price_ccy": instrument if cash else "EUR",
        "price_date": day,
        "base_ccy": "EUR",
        **more,
    }


def price(day: date, instrument: str, value: str, ccy: str = "EUR", unit_factor: str = "1") -> Row:
    return {"as_of_date": day, "instrument_id": instrument, "price": value, "ccy": ccy, "unit_factor": unit_factor}


def instrument(day: date, name: str, issuer: str | None, asset_class: str, country: str | None) -> Row:
    return {
        "as_of_date": day,
        "instrument_id": name,
        "issuer": issuer,
        "asset_class": asset_class,
        "country": country,
    }


def rate(day: date, pair: str, value: str) -> Row:
    return {"as_of_date": day, "from_ccy": pair[:3], "to_ccy": pair[3:], "rate": value}


def transaction(day: date, client: str, kind: str, instrument: str, **more: Any) -> Row:
    """A transaction in EUR of the account A1."""
    return {
        "trade_date": day,
        "client_id": client,
        "account_id": "A1",
        "instrument_id": instrument,
        "kind": kind,
        "ccy": "EUR",
        **more,
    }


def append(lake: Lake, table: str, rows: Iterable[Row]) -> None:
    """Append rows to a table; numbers may be text, and what a row does not name is null."""
    schema = next(each.schema for each in TABLES if each.name == table)
    columns = {
        field.name: pa.array([_value(row.get(field.name), field.type) for row in rows], field.type) for field in schema
    }
    lake.catalog.load_table(table).append(pa.table(columns, schema=schema))


def _value(value: Any, kind: pa.DataType) -> Any:
    return Decimal(value) if pa.types.is_decimal(kind) and value is not None else value
