"""Every rule of silver in Spark: each bad row is refused for its own reason, and only it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from batch.lake import Lake
from batch.landing.layout import KINDS
from batch.rules.ruleset import ruleset
from tests.integration.lake_files import add_accounts, csv_of, load_days, many, put, rows_of

DAY = date(2025, 3, 3)
OTHER: dict[str, object] = {"client_id": "SILVER-1", "account_id": "SILVER-2-A"}
# What is changed in a good row, and the rule and field that must refuse it.
CASES: dict[str, list[tuple[dict[str, object], str, str | None]]] = {
    "positions": [
        ({"as_of_date": "2025-03-04"}, "folder_date", "as_of_date"),
        ({"as_of_date": "03.03.2025"}, "folder_date", "as_of_date"),
        ({"as_of_date": None}, "required", "as_of_date"),
        ({"client_id": "SILVER-9"}, "account", "account_id"),
        ({"account_id": "SILVER-9-A"}, "account", "account_id"),
        (OTHER, "account", "account_id"),
        ({"base_ccy": "USD"}, "base_ccy", "base_ccy"),
        ({"id_type": "WKN"}, "one_of", "id_type"),
        ({"id_type": "ISIN", "instrument_id": "US0378331006"}, "identifier", "instrument_id"),
        ({"id_type": "FIGI", "instrument_id": "BBG000BLNQ15"}, "identifier", "instrument_id"),
        ({"id_type": "CUSIP", "instrument_id": "037833101"}, "identifier", "instrument_id"),
        ({"id_type": "SEDOL", "instrument_id": "0263495"}, "identifier", "instrument_id"),
        ({"quantity": None}, "required", "quantity"),
        ({"quantity": "1e400"}, "type", "quantity"),
        ({"quantity": "abc"}, "type", "quantity"),
        ({"quantity": "NaN"}, "type", "quantity"),
        ({"quantity": "0x10"}, "type", "quantity"),
        ({"quantity": "2000000000000"}, "range", "quantity"),
        ({"price": "-1"}, "range", "price"),
        ({"quantity": "900000000000", "price": "1000"}, "value", "quantity"),
        ({"price_ccy": "EURO"}, "currency", "price_ccy"),
        ({"base_ccy": "GBX"}, "currency", "base_ccy"),
        ({"price_date": "2025-03-04"}, "future", "price_date"),
        ({"price_date": "2025-02-30"}, "type", "price_date"),
        ({"price_date": "2025-3-1"}, "type", "price_date"),
        ({"cost_price": "-0.01"}, "range", "cost_price"),
        ({"instrument_id": "=HYPERLINK(1)"}, "formula", "instrument_id"),
        ({"instrument_id": "@SUM(A1)"}, "formula", "instrument_id"),
        ({"instrument_id": "X" * 65}, "text", "instrument_id"),
        ({"id_type": "CASH", "instrument_id": "USD", "price_ccy": "USD", "price": "2"}, "cash_price", "price"),
        ({"id_type": "CASH", "instrument_id": "CHF", "price": "1"}, "cash_ccy", "price_ccy"),
        ({"instrument_id": "TWICE"}, "duplicate", "instrument_id"),
        ({"instrument_id": "TWICE", "quantity": "7"}, "duplicate", "instrument_id"),
        ({"note": "+1+cmd"}, "formula", "note"),
    ],
    "prices": [
        ({"price": "-3"}, "range", "price"),
        ({"price": None}, "required", "price"),
        ({"ccy": "GBx"}, "currency", "ccy"),
        ({"price_factor": "0"}, "range", "price_factor"),
        ({"price": "9000000000", "price_factor": "10"}, "value", "price"),
    ],
    "fx": [
        ({"pair": "EURUS"}, "pair", "pair"),
        ({"pair": "EURGBX"}, "pair", "pair"),
        ({"pair": "CHFCHF"}, "pair", "pair"),
        ({"pair": "CHFUSD", "rate": "0"}, "range", "rate"),
        ({"pair": "USDJPY", "rate": "1,5"}, "malformed", None),
    ],
    "transactions": [
        ({"trade_date": "2025-03-02"}, "folder_date", "trade_date"),
        ({"kind": "swap"}, "one_of", "kind"),
        ({"instrument_id": None}, "required", "instrument_id"),
        ({"quantity": None}, "required", "quantity"),
        ({"price": None}, "required", "price"),
        ({"kind": "transfer_in", "price": None, "amount": None}, "required", "price"),
        ({"kind": "dividend", "amount": None}, "required", "amount"),
        ({"quantity": "-10"}, "sign", "quantity"),
        ({"kind": "sell", "amount": None}, "sign", "quantity"),
        ({"kind": "transfer_out", "amount": None}, "sign", "quantity"),
        ({"amount": "100"}, "sign", "amount"),
        ({"kind": "split", "price": "10", "amount": None}, "split", "price"),
        ({"kind": "split", "price": "0", "amount": "1"}, "split", "amount"),
        ({"fx_rate": "0"}, "range", "fx_rate"),
    ],
    "instruments": [
        ({"instrument_id": "BAD-0", "asset_class": "stock"}, "one_of", "asset_class"),
        ({"instrument_id": "BAD-1", "asset_class": None}, "required", "asset_class"),
        ({"instrument_id": "BAD-2", "country": "Germany"}, "country", "country"),
        ({"instrument_id": "BAD-3", "country": "de"}, "country", "country"),
        ({"instrument_id": "BAD-4", "issuer": "=cmd()"}, "formula", "issuer"),
        ({"instrument_id": "BAD-5", "issuer": "x" * 201}, "text", "issuer"),
        ({"instrument_id": "FUND-4"}, "duplicate", "instrument_id"),
        ({"instrument_id": "FUND-4"}, "duplicate", "instrument_id"),
    ],
}  # fmt: skip
GOOD = {"positions": 3, "prices": 3, "fx": 3, "transactions": 3, "instruments": 3}


@pytest.fixture(scope="module")
def loaded(lake: Lake) -> Lake:
    """A day whose files hold a few good rows, and then every bad one."""
    add_accounts(lake, {"SILVER-1-A": ("SILVER-1", "EUR"), "SILVER-2-A": ("SILVER-2", "USD")})
    for kind in KINDS:
        bad = [{"instrument_id": f"BAD-{number}", **case[0]} if kind == "prices" or kind == "positions" else case[0]
               for number, case in enumerate(CASES[kind])]  # fmt: skip
        put(lake, kind, DAY, csv_of(kind, DAY, [*many(kind, GOOD[kind]), *bad]))
    patient = lake.settings.model_copy(update={"bad_share_limit": 0.99})
    result = load_days(replace(lake, settings=patient), DAY)
    assert {one.reason for one in result.files} == {None}
    return lake


@pytest.mark.parametrize("kind", KINDS)
def test_each_bad_row_is_refused_by_its_rule(loaded: Lake, kind: str) -> None:
    found = [row for row in rows_of(loaded, "silver.quarantine", DAY) if row["kind"] == kind]
    first_bad = GOOD[kind] + 2
    expected = {(first_bad + number, rule, field) for number, (_, rule, field) in enumerate(CASES[kind])}
    assert {(row["line"], row["rule"], row["field"]) for row in found} >= expected
    # A value may break a second rule of the same field; a good row is never here.
    assert {row["line"] for row in found} == {line for line, _, _ in expected}
    assert {row["key"] for row in found} == {f"{kind}/date=2025-03-03/file.csv"}


@pytest.mark.parametrize("kind", KINDS)
def test_good_rows_are_in_the_table_and_bad_ones_are_not(loaded: Lake, kind: str) -> None:
    found = rows_of(loaded, ruleset(kind).table, DAY)
    assert [row["line"] for row in found] == list(range(2, GOOD[kind] + 2))


def test_quarantine_shows_the_value_and_the_row(loaded: Lake) -> None:
    found = [row for row in rows_of(loaded, "silver.quarantine", DAY) if row["value"] == "US0378331006"]
    assert [(row["rule"], row["kind"]) for row in found] == [("identifier", "positions")]
    assert '"instrument_id":"US0378331006"' in found[0]["row"]


def test_prices_are_per_unit_in_a_major_currency(loaded: Lake) -> None:
    day = date(2025, 3, 4)
    rows: list[dict[str, object]] = [
        {"instrument_id": "LONDON", "price": "250.5", "ccy": "GBX"},
        {"instrument_id": "BOND", "price": "99.25", "price_factor": "0.01"},
        {"instrument_id": "JOBURG", "price": "123456", "ccy": "ZAc", "price_factor": "2"},
    ]
    put(loaded, "prices", day, csv_of("prices", day, rows))
    put(loaded, "positions", day, csv_of("positions", day, [
        {"price": "250.5", "price_ccy": "GBX", "accrued": "30", "cost_price": "100"},
        {"id_type": "CASH", "instrument_id": "EUR", "price": None},
    ]))  # fmt: skip
    put(loaded, "fx", day, csv_of("fx", day, [{"pair": "EURUSD", "rate": "1.08125"}]))
    put(loaded, "transactions", day, csv_of("transactions", day, [{"ccy": "GBX", "price": "200", "amount": "-2000"}]))
    load_days(loaded, day)
    assert _values(rows_of(loaded, "silver.prices", day), "instrument_id", "price", "ccy", "unit_factor") == [
        ("LONDON", Decimal("2.505"), "GBP", Decimal(1)),
        ("BOND", Decimal("0.9925"), "EUR", Decimal("0.01")),
        ("JOBURG", Decimal("2469.12"), "ZAR", Decimal(2)),
    ]
    assert _values(rows_of(loaded, "silver.positions", day), "price", "price_ccy", "accrued", "cost_price") == [
        (Decimal("2.505"), "GBP", Decimal("0.3"), Decimal(1)),
        (None, "EUR", Decimal(0), None),
    ]
    assert _values(rows_of(loaded, "silver.fx", day), "from_ccy", "to_ccy", "rate") == [
        ("EUR", "USD", Decimal("1.08125")),
    ]  # fmt: skip
    assert _values(rows_of(loaded, "silver.transactions", day), "price", "ccy", "amount", "quantity") == [
        (Decimal(2), "GBP", Decimal(-20), Decimal(10)),
    ]  # fmt: skip


def _values(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]
