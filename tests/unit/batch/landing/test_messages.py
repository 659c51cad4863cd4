"""SWIFT MT535 and ISO 20022 semt.002: a custodian's statement becomes rows of a positions file, in exact decimals."""

from __future__ import annotations

from typing import Any

import pytest

from batch.landing.errors import BadFile
from tests.unit.batch.landing.samples import MT535, SEMT002, read

COMMON = {"as_of_date": "2026-01-05", "client_id": "C-7", "account_id": "ACC-7", "base_ccy": "EUR", "malformed": None,
          "cost_price": None}  # fmt: skip


def test_mt535_reads_units_percent_face_amounts_and_funds_without_a_price() -> None:
    share, bond, fund = read(MT535)
    assert share == COMMON | {
        "line": 12, "id_type": "ISIN", "instrument_id": "US0378331005", "quantity": "652", "price": "187.25",
        "price_factor": "1", "price_ccy": "USD", "price_date": "2026-01-02", "accrued": None,
    }  # fmt: skip
    assert bond == COMMON | {
        "line": 24, "id_type": "CUSIP", "instrument_id": "037833AK6", "quantity": "-100000", "price": "98.5",
        "price_factor": "0.01", "price_ccy": "USD", "price_date": None, "accrued": "1234.56",
    }  # fmt: skip
    assert fund == COMMON | {
        "line": 35, "id_type": "INT", "instrument_id": "A1B2C3", "quantity": "0.43761", "price": None,
        "price_factor": None, "price_ccy": "EUR", "price_date": None, "accrued": None,
    }  # fmt: skip


def test_mt535_reads_several_pages() -> None:
    first, second = MT535.replace("1/ONLY", "1/MORE"), MT535.replace("1/ONLY", "2/LAST")
    assert [row["line"] for row in read(first + second)] == [12, 24, 35, 54, 66, 77]


def test_mt535_without_headers_reads_alike() -> None:
    body = MT535.partition("{4:\n")[2].replace("-}\n", "")
    assert [row["quantity"] for row in read(body)] == ["652", "-100000", "0.43761"]


def test_an_account_nobody_knows_stays_without_a_client() -> None:
    assert read(MT535.replace("ACC-7", "ACC-8"))[0]["client_id"] is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (":93B::AGGR//UNIT/652,", ":93B::AGGR//UNIT/652", "`652` is not a SWIFT number"),
        (":93B::AGGR//UNIT/652,\n", "", "0 aggregate balances"),
        (":35B:ISIN US0378331005\n", ":35B:APPLE\n", "identifies no instrument"),
        (":19A::ACRU//USD1234,56", ":19A::ACRU//CHF1234,56", "accrued interest in CHF, the price is in USD"),
        (":92B::EXCH//USD/EUR/0,9137\n", "", "nothing says which currency the price is in"),
        (":98A::PRIC//20260102", ":98A::PRIC//20260231", "day is out of range"),
        ("MRKT//PRCT/98,5", "MRKT//YIEL/3,5", "a price of type YIEL"),
        ("MRKT//ACTU/USD187,25", "MRKT//DISC/USD187,25", "a price of type DISC"),
    ],
)
def test_mt535_names_the_holding_it_cannot_read(old: str, new: str, reason: str) -> None:
    bad = [row for row in read(MT535.replace(old, new)) if row["malformed"]]
    assert len(bad) == 1
    assert reason in bad[0]["malformed"]


def test_semt002_reads_short_units_and_face_amounts() -> None:
    share, bond = read(SEMT002)
    assert share == COMMON | {
        "line": 7, "id_type": "ISIN", "instrument_id": "US0378331005", "quantity": "-319.5", "price": "187.25",
        "price_factor": "1", "price_ccy": "USD", "price_date": "2026-01-02", "accrued": None,
    }  # fmt: skip
    assert bond == COMMON | {
        "line": 14, "id_type": "CUSIP", "instrument_id": "037833AK6", "quantity": "100000", "price": "98.5",
        "price_factor": "0.01", "price_ccy": "USD", "price_date": None, "accrued": "-1234.56",
    }  # fmt: skip


def test_semt002_names_its_own_base_currency_for_an_account_nobody_knows() -> None:
    rows = read(SEMT002.replace("ACC-7", "ACC-8"))
    assert [(row["client_id"], row["base_ccy"]) for row in rows] == [(None, "CHF"), (None, None)]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("<Unit>319.5</Unit>", "<Unit>NaN</Unit>", "out of range"),
        ("<Unit>319.5</Unit>", "<Unit>1e400</Unit>", "out of range"),
        ("<Unit>319.5</Unit>", "<Unit>3,5</Unit>", "is not a number"),
        ("<Unit>319.5</Unit>", "<AmtsdVal>1</AmtsdVal>", "0 aggregate balances"),
        ("<ISIN>US0378331005</ISIN>", "<Desc>APPLE</Desc>", "identifies no instrument"),
        ("<DnmtnCcy>USD</DnmtnCcy>", "<DnmtnCcy>CHF</DnmtnCcy>", "accrued interest only in another currency"),
    ],
)
def test_semt002_names_the_holding_it_cannot_read(old: str, new: str, reason: str) -> None:
    bad = [row for row in read(SEMT002.replace(old, new)) if row["malformed"]]
    assert len(bad) == 1
    assert reason in bad[0]["malformed"]


REFUSED: list[tuple[str, str, int | None, str]] = [
    ("a page missing", MT535.replace("1/ONLY", "1/MORE"), None, "stops at page 1"),
    ("a later page alone", MT535.replace("1/ONLY", "2/LAST"), 2, "page 2 of the statement of account ACC-7"),
    ("changes only", MT535.replace("CODE//COMP", "CODE//DELT"), 2, "DELT"),
    ("cancelled", MT535.replace("23G:NEWM", "23G:CANC"), 2, "CANC"),
    ("no account", MT535.replace(":97A::SAFE//ACC-7\n", ""), 2, "without an account"),
    ("no such date", MT535.replace("STAT//20260105", "STAT//20260230"), 2, "the statement's date"),
    ("another message", MT535.replace("{2:O535", "{2:O940"), 1, "an MT940 where MT535 is read"),
    ("cut off", MT535[: MT535.index(":19A::HOLD//EUR24")], 35, "the file ends in the middle of a message"),
    ("cut off after a block", MT535.replace("-}\n", ""), 1, "the file ends in the middle of a message"),
    ("blocks crossed", MT535.replace(":16S:SUBBAL\n", ""), 22, "sequence FIN ends here and did not begin"),
    ("page of several", SEMT002.replace(">true<", ">false<"), 3, "one page of several"),
    ("changes", SEMT002.replace("COMP", "DELT"), 3, "update type DELT"),
    ("no date", SEMT002.replace("StmtDtTm", "OthrDtTm"), 3, "without its date"),
    ("cut off XML", SEMT002[:900], 16, "not well-formed XML"),
    ("entities", SEMT002.replace("<Document", '<!DOCTYPE d [<!ENTITY a "b">]><Document', 1), 2, "document type"),
    ("too deep", SEMT002.replace("<ISIN>", "<a>" * 80), 8, "nested deeper"),
    ("another report", SEMT002.replace("SctiesBalCtdyRpt", "SctiesTxPstngRpt"), None, "holds no SctiesBalCtdyRpt"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "line", "reason"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_statements_refused_whole(content: str, line: int | None, reason: str) -> None:
    with pytest.raises(BadFile) as refused:
        read(content)
    assert reason in refused.value.reason
    assert refused.value.line == line


def test_a_statement_is_no_file_of_prices() -> None:
    rows: list[dict[str, Any]] = []
    with pytest.raises(BadFile, match="a custody statement where a file of prices is expected"):
        rows = read(MT535, "prices")
    assert rows == []
