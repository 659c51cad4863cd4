"""Files for the lake's tests: rows as CSV, put into bronze as a bank would, and loaded into silver."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from batch.lake import Lake
from batch.landing.files import LandedFile, sync_landed
from batch.landing.layout import place_of
from batch.rules.ruleset import ruleset
from batch.silver import FileResult, SilverResult, load

Row = Mapping[str, object]
PLAIN: dict[str, Row] = {
    "positions": {
        "client_id": "SILVER-1", "account_id": "SILVER-1-A", "id_type": "INT", "instrument_id": "FUND-1",
        "quantity": "100", "price": "10.5", "price_ccy": "EUR", "base_ccy": "EUR",
    },
    "prices": {"instrument_id": "FUND-1", "price": "10.5", "ccy": "EUR"},
    "fx": {"pair": "EURUSD", "rate": "1.1"},
    "transactions": {
        "client_id": "SILVER-1", "account_id": "SILVER-1-A", "instrument_id": "FUND-1", "kind": "buy",
        "quantity": "10", "price": "10", "ccy": "EUR", "amount": "-100",
    },
    "instruments": {"instrument_id": "FUND-1", "issuer": "A Fund", "asset_class": "fund", "country": "LU"},
}  # fmt: skip


def csv_of(kind: str, day: date, rows: Sequence[Row]) -> str:
    """Return rows as CSV, each a plain row with what it says itself; a value None is an empty cell."""
    columns = dict.fromkeys([*ruleset(kind).columns, *(name for row in rows for name in row)])
    lines = [",".join(columns)]
    for row in rows:
        whole = {ruleset(kind).date: day, **PLAIN[kind], **row}
        lines.append(",".join("" if whole.get(name) is None else str(whole[name]) for name in columns))
    return "\n".join(lines) + "\n"


def many(kind: str, count: int, start: int = 0) -> list[Row]:
    """Return so many good rows of different keys."""
    if kind == "fx":
        return [
            {"pair": f"EUR{ccy}"}
            for ccy in ("USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF")[:count]
        ]
    return [{"instrument_id": f"FUND-{number}"} for number in range(start, start + count)]


def put(lake: Lake, kind: str, day: date, content: str | bytes, name: str = "file.csv") -> str:
    """Put a file into bronze and return its key."""
    key = place_of(kind, day, name).key
    lake.store.put(lake.settings.bronze_bucket, key, content.encode() if isinstance(content, str) else content)
    return key


def load_days(lake: Lake, *days: date) -> SilverResult:
    """Load what has landed for these days and is new."""
    return load(lake, landed(lake, *days), str(uuid.uuid4()))


def landed(lake: Lake, *days: date) -> list[LandedFile]:
    """Return the files of these days that wait to be loaded."""
    with lake.open_session() as session:
        return [file for file in sync_landed(session, lake.store, lake.settings, days) if file.status == "landed"]


def result_of(result: SilverResult, key: str) -> FileResult:
    """Return what became of one file."""
    return next(one for one in result.files if one.file.key == key)


def rows_of(lake: Lake, table: str, *days: date) -> list[dict[str, Any]]:
    """Return a table's rows of these days as PyIceberg reads them, in the order of files and lines."""
    scanned = lake.catalog.load_table(table).scan().to_arrow().to_pylist()
    column = "trade_date" if table == "silver.transactions" else "as_of_date"
    return sorted((row for row in scanned if row[column] in days), key=lambda row: (row["file_id"], row["line"]))


def add_accounts(lake: Lake, accounts: Mapping[str, tuple[str, str]]) -> None:
    """Give clients accounts: account id to client id and base currency."""
    with lake.open_session() as session:
        for account_id, (client_id, base_ccy) in accounts.items():
            session.execute(
                "INSERT INTO client_accounts (account_id, client_id, base_ccy) VALUES (%s, %s, %s)"
                " ON CONFLICT (account_id) DO NOTHING",
                (account_id, client_id, base_ccy),
            )
