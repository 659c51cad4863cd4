"""Every dialect that a bank sends gives the same rows."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from batch.landing import csv_files
from tests.unit.batch.landing.samples import CASH, HEADER, NAMES, POSITIONS, ROW, read

PLAIN = read(POSITIONS)


def semicolons(text: str) -> str:
    return text.replace(",", ";").replace(".", ",")


def quoted(text: str) -> str:
    return "".join('"' + line.replace(",", '","') + '"\n' for line in text.splitlines())


def test_a_plain_file_gives_text_with_lines_and_nulls() -> None:
    assert PLAIN[0]["instrument_id"] == "US0378331005"
    assert PLAIN[0]["price"] == "187.25"
    assert [(row["line"], row["malformed"], row["accrued"]) for row in PLAIN] == [(2, None, "0"), (3, None, None)]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("\ufeff" + POSITIONS, id="byte order mark"),
        pytest.param(POSITIONS.replace("\n", "\r\n"), id="Windows line ends"),
        pytest.param(POSITIONS.replace("\n", "\r"), id="old Mac line ends"),
        pytest.param(POSITIONS.removesuffix("\n"), id="no last newline"),
        pytest.param(POSITIONS.replace(",", "\t"), id="tabs"),
        pytest.param(POSITIONS.replace(",", ";"), id="semicolons with decimal points"),
        pytest.param(semicolons(POSITIONS), id="semicolons with decimal commas"),
        pytest.param(POSITIONS.replace(",", " , "), id="padding"),
        pytest.param(POSITIONS.replace("USD", '"USD"'), id="quotes"),
        pytest.param(quoted(POSITIONS), id="all quoted"),
        pytest.param(POSITIONS + ",,,,,,,,,,,\n\n", id="empty rows at the end"),
        pytest.param(POSITIONS.replace("instrument_id", "ID").replace("base_ccy", "Base Currency"), id="other names"),
        pytest.param(gzip.compress(POSITIONS.encode()), id="gz"),
        pytest.param(gzip.compress(HEADER.encode()) + gzip.compress(f"\n{ROW}\n{CASH}\n".encode()), id="gz in parts"),
        pytest.param(zstandard.compress(POSITIONS.encode()), id="zst"),
    ],
)  # fmt: skip
def test_dialects_agree(content: str | bytes) -> None:
    assert read(content) == PLAIN


def test_grouped_decimal_commas_become_points() -> None:
    rows = read(semicolons(POSITIONS).replace(";10;", ";-1.234.567,5;"))
    assert [row["quantity"] for row in rows] == ["-1234567.5", "-250.75"]


def test_a_comma_between_commas_stays_for_the_rules_to_refuse() -> None:
    assert read(POSITIONS.replace(",10,", ',"1,234",'))[0]["quantity"] == "1,234"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_letters_beyond_ascii(encoding: str) -> None:
    rows = read(f"{HEADER},note\n{ROW},Zürich\n{CASH},Genève\n".encode(encoding))
    assert [row["note"] for row in rows] == ["Zürich", "Genève"]


def test_lines_count_through_quoted_newlines_and_blank_lines() -> None:
    rows = read(f'{HEADER},note\n{ROW},"two\r\nlines"\n\n{CASH},\n')
    assert [(row["line"], row["note"]) for row in rows] == [(2, "two\r\nlines"), (5, None)]


@pytest.mark.parametrize("at", [2, 40, 79])
def test_a_row_of_another_width_is_named_and_the_others_stay(at: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "_BLOCK_BYTES", 1024)
    lines = [HEADER, *[f"{ROW}"] * 80]
    lines[at - 1] = "2026-01-05,C-1"
    rows = read("\n".join(lines) + "\n")
    assert [row["line"] for row in rows] == list(range(2, 82))
    assert [row["line"] for row in rows if row["malformed"]] == [at]
    assert rows[at - 2]["malformed"] == "2 fields where the header has 12: 2026-01-05,C-1"


def test_a_stray_quote_is_named_and_the_others_stay() -> None:
    rows = read(f"{HEADER}\n{ROW.replace('10', chr(34) + '1' + chr(34) + '0')}\n{ROW}\n")
    assert [(row["line"], row["malformed"] is None) for row in rows] == [(2, False), (3, True)]


@settings(max_examples=30, deadline=None)
@given(
    cells=st.lists(
        st.tuples(st.text("ab\",;\t é'\n", max_size=6), st.text('x1,."', max_size=4)), min_size=1, max_size=5
    ),
    delimiter=st.sampled_from(csv_files.DELIMITERS),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_whatever_a_csv_writer_writes_is_read(cells: list[tuple[str, str]], delimiter: str, quoting: int) -> None:
    sink = io.StringIO()
    writer = csv.writer(sink, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow([*NAMES, "note", "other"])
    writer.writerows([*ROW.split(","), *pair] for pair in cells)
    rows = read(sink.getvalue())
    assert [(row["note"], row["other"]) for row in rows] == [(a.strip() or None, b.strip() or None) for a, b in cells]
    assert {row["malformed"] for row in rows} == {None}


def test_parquet_gives_the_same_text() -> None:
    columns = {name: [row[name] for row in PLAIN] for name in NAMES}
    table = pa.table(columns)
    typed = {"quantity": pa.decimal128(20, 6), "price": pa.decimal128(20, 10)}
    for name, kind in typed.items():
        decimals = [Decimal(text) for text in columns[name]]
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(decimals, kind))
    days = pa.array([date(2026, 1, 5)] * 2, pa.date32())
    table = table.set_column(0, "as_of_date", days)
    table = table.set_column(3, "id_type", table["id_type"].dictionary_encode())
    sink = io.BytesIO()
    pq.write_table(table, sink)
    rows = read(sink.getvalue())
    assert [row["line"] for row in rows] == [1, 2]
    for typed_row, row in zip(rows, PLAIN, strict=True):
        assert {**typed_row, "line": row["line"], "quantity": "", "price": ""} == {**row, "quantity": "", "price": ""}
        assert Decimal(typed_row["quantity"]) == Decimal(row["quantity"])
    assert rows[0]["price"] == "187.2500000000"


def test_small_decimals_come_without_an_exponent() -> None:
    sink = io.BytesIO()
    rate = pa.array([Decimal("0.000000012")], pa.decimal128(20, 12))
    pq.write_table(pa.table({"as_of_date": ["2026-01-05"], "pair": ["XXXUSD"], "rate": rate}), sink)
    assert read(sink.getvalue(), "fx")[0]["rate"] == "0.000000012000"


def test_a_day_may_have_no_transactions() -> None:
    header = "trade_date,client_id,account_id,instrument_id,kind,quantity,price,ccy,fx_rate,amount\n"
    assert read(header, "transactions") == []
