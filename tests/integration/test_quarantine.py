"""Quarantined rows there and back: exported, corrected, resubmitted, and loaded in place of the bad ones."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from batch.lake import Lake
from core.errors import BadInput, Conflict, NotFound
from ops.batch_quarantine import export, read_errors, resubmit
from tests.integration.lake_files import add_accounts, csv_of, landed, load_days, many, put, result_of, rows_of

DAY = date(2025, 6, 2)


@pytest.fixture(scope="module")
def file_id(lake: Lake) -> str:
    """A loaded file with three bad rows among forty: a formula, and two of one key."""
    add_accounts(lake, {"SILVER-1-A": ("SILVER-1", "EUR")})
    bad = [{"instrument_id": "=FUND-90"}, *[{"instrument_id": "FUND-91", "quantity": held} for held in ("-3", "4")]]
    key = put(lake, "positions", DAY, csv_of("positions", DAY, [*many("positions", 60), *bad]))
    result = result_of(load_days(lake, DAY), key)
    assert (result.rows_good, result.rows_bad, result.reason) == (60, 3, None)
    return result.file.file_id


def test_there_and_back(lake: Lake, file_id: str) -> None:
    assert [(one["rule"], one["line"], one["status"]) for one in read_errors(lake.settings, DAY, file_id)] == [
        ("formula", 62, "open"), ("duplicate", 63, "open"), ("duplicate", 64, "open"),
    ]  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(export(lake.settings, file_id))))
    assert [row["instrument_id"] for row in rows] == ["'=FUND-90", "FUND-91", "FUND-91"]
    assert rows[1]["quantity"] == "-3"
    rows[0]["instrument_id"] = "FUND-90"
    rows[2]["instrument_id"] = "FUND-92"
    sent = resubmit(lake.settings, _written(rows))
    assert [(one["kind"], one["as_of_date"], one["rows"]) for one in sent] == [("positions", DAY, 3)]
    assert {one["status"] for one in read_errors(lake.settings, DAY)} == {"resubmitted"}
    with pytest.raises(Conflict):
        resubmit(lake.settings, _written(rows))

    load_days(lake, DAY)
    found = {row["instrument_id"]: row["quantity"] for row in rows_of(lake, "silver.positions", DAY)}
    assert len(found) == 63
    assert [found[name] for name in ("FUND-90", "FUND-91", "FUND-92")] == [Decimal(100), Decimal(-3), Decimal(4)]
    assert read_errors(lake.settings, DAY) == []
    assert landed(lake, DAY) == []
    with pytest.raises(NotFound):
        export(lake.settings, file_id)


def test_what_is_not_an_export_is_refused(lake: Lake, file_id: str) -> None:
    with pytest.raises(BadInput, match="no column resubmits"):
        resubmit(lake.settings, "as_of_date,client_id\n")
    with pytest.raises(BadInput, match="no rows"):
        resubmit(lake.settings, "resubmits,quantity\n")
    with pytest.raises(BadInput, match="fields"):
        resubmit(lake.settings, f"resubmits,quantity\n{file_id}:2\n")
    with pytest.raises(NotFound, match="not in quarantine"):
        resubmit(lake.settings, f"resubmits,quantity\n{file_id}:2,5\n")


def test_rows_of_a_failed_file_go_back_with_their_file(lake: Lake) -> None:
    day = date(2025, 6, 3)
    key = put(lake, "fx", day, csv_of("fx", day, [{"rate": "-1"}]))
    failed = result_of(load_days(lake, day), key)
    text = export(lake.settings, failed.file.file_id)
    with pytest.raises(Conflict, match="send the whole file again"):
        resubmit(lake.settings, text)


def _written(rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
