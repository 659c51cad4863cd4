from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import cusip, figi, isin
from stdnum.gb import sedol

from ops.demo.portfolios.days import KINDS, Day, business_days, generate, misstated
from ops.oracle.clients import client_rows
from ops.oracle.files import DayFiles
from ops.oracle.pnl import compute

END = date(2026, 4, 17)
PARTS = ("pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained")


def files(day: Day) -> DayFiles:
    return DayFiles.of_csv(day.as_of, {kind: day.csv(kind).decode() for kind in KINDS})


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), end=st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_nothing_is_unexplained_and_everything_adds_up(seed: int, end: date) -> None:
    rows = compute(map(files, generate(3, 4, seed, end, per_client=(5, 20))))
    for row in rows.values():
        assert abs(row.pnl_unexplained) <= Decimal("0.01"), row
        assert row.pnl_total == sum(getattr(row, part) for part in PARTS)
    for (day, client), book in client_rows(rows).items():
        own = [row for row in rows.values() if (row.as_of, row.client_id) == (day, client)]
        assert book.sums["pnl_total"] == sum(row.pnl_total for row in own)
        assert book.sums["pnl_total"] == sum(book.sums[part] for part in PARTS)


def test_a_month_has_every_kind_of_event() -> None:
    days = [files(day) for day in generate(40, 12, 6, END, per_client=(10, 30))]
    booked = {row["kind"] for day in days for row in day.transactions}
    assert booked == {"buy", "sell", "dividend", "interest", "fee", "split", "transfer_in", "transfer_out"}
    quoted = {row["ccy"] for day in days for row in day.prices}
    assert {"GBX", "ZAc", "ILA", "GBP"} <= quoted
    held = [row for day in days for row in day.positions if row["id_type"] != "CASH"]
    assert {row["instrument_id"] for row in held} - {row["instrument_id"] for day in days for row in day.prices}
    assert any(row["quantity"].startswith("-") for row in held)
    assert any(row["price_date"] < row["as_of_date"] for row in held)
    sizes = {len(day.prices) for day in days}
    assert len(sizes) > 1, "every price came on every day"


def test_every_check_digit_is_right() -> None:
    valid = {"ISIN": isin.is_valid, "CUSIP": cusip.is_valid, "SEDOL": sedol.is_valid, "FIGI": figi.is_valid}
    (day,) = generate(20, 1, 5, END)
    found = {(row["id_type"], row["instrument_id"]) for row in files(day).positions if row["id_type"] != "CASH"}
    assert {id_type for id_type, _ in found} == set(valid)
    assert [each for each in found if not valid[each[0]](each[1])] == []


def test_every_instrument_that_is_held_is_described_once_on_the_first_day() -> None:
    first, second = (DayFiles.of_csv(day.as_of, {kind: day.csv(kind).decode() for kind in day.tables})
                     for day in generate(20, 2, 5, END))  # fmt: skip
    described = {row["instrument_id"]: row for row in first.instruments}
    assert len(described) == len(first.instruments)
    assert second.instruments == []
    held = {row["instrument_id"] for row in (*first.positions, *second.positions) if row["id_type"] != "CASH"}
    assert held <= set(described)
    assert {row["asset_class"] for row in described.values()} == {"equity", "bond", "fund", "crypto"}
    issuers = Counter((row["issuer"], row["country"]) for row in described.values() if row["issuer"])
    assert 1 < max(issuers.values()) < len(described) / 20


def test_a_seed_gives_the_same_files_and_a_longer_run_begins_with_them() -> None:
    short = [day.csv(kind) for day in generate(["A", "B"], 3, 7, date(2026, 4, 15)) for kind in KINDS]
    long = [day.csv(kind) for day in generate(["A", "B"], 5, 7, END) for kind in KINDS]
    assert long[: len(short)] == short
    assert short != [day.csv(kind) for day in generate(["A", "B"], 3, 8, date(2026, 4, 15)) for kind in KINDS]


def test_days_without_files_are_weekends() -> None:
    assert [day.isoweekday() for day in business_days(6, date(2026, 4, 19))] == [5, 1, 2, 3, 4, 5]


def test_the_first_version_of_a_day_is_wrong_in_one_position() -> None:
    (day,) = generate(2, 1, 3, END)
    first, right = files(misstated(day)), files(day)
    assert [one != other for one, other in zip(first.positions, right.positions, strict=True)].count(True) == 1
    assert first.transactions == right.transactions


def test_files_lie_as_they_do_in_bronze(tmp_path: Path) -> None:
    (day,) = generate(2, 1, 3, END)
    assert day.write(tmp_path) == len(files(day).positions)
    kinds = (*KINDS, "instruments")
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.csv"))
    assert written == sorted(f"{kind}/date=2026-04-17/{kind}.csv" for kind in kinds)
