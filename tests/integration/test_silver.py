"""Loading silver: whole files that fail, days made of several files, corrections, crashes and new columns."""

from __future__ import annotations

import gzip
from datetime import date, timedelta
from decimal import Decimal

import pytest

from batch.lake import Lake
from batch.publish import AuditFailed
from batch.silver import checking, load
from core.clock import utc_now
from core.errors import DependencyUnavailable
from tests.integration.lake_files import add_accounts, csv_of, landed, load_days, many, put, result_of, rows_of


@pytest.fixture(scope="module", autouse=True)
def accounts(lake: Lake) -> None:
    add_accounts(lake, {"SILVER-1-A": ("SILVER-1", "EUR"), "SILVER-2-A": ("SILVER-2", "USD")})


def test_a_bad_file_fails_as_a_whole_with_its_reason(lake: Lake) -> None:
    start, good = date(2025, 4, 1), csv_of("positions", date(2025, 4, 1), many("positions", 20))
    whole: dict[str, tuple[str | bytes, str]] = {
        "wrong delimiter": (good.replace(",", "|"), "delimiter"),
        "cut in the middle": (gzip.compress(good.encode())[:-20], "truncated"),
        "mixed encodings": (good.encode() + "Zürich,".encode() + "Zürich\n".encode("latin-1"), "encodings"),
        "a column is missing": (good.replace("quantity", "pieces"), "quantity"),
        "a column has another type": (good.replace(",100,", ",a hundred,"), "quantity breaks `type` 20 times"),
        "every date is another day's": (good.replace("2025-04-01", "2025-01-01"), "breaks `folder_date`"),
        "too many bad rows": (good.replace("FUND-7,", "=7,").replace("FUND-8,", "@8,"), "2 of 20 rows are bad"),
        "no rows": (good.splitlines()[0] + "\n", "no rows"),
        "a zip bomb": (gzip.compress(b"0" * 300_000_000), "bomb"),
        "a column called a;b": (good.replace("base_ccy\n", "base_ccy,a;b\n").replace("EUR\n", "EUR,1\n"), "a;b"),
    }  # fmt: skip
    keys = {}
    for number, (name, (content, _)) in enumerate(whole.items()):
        day = start + timedelta(days=number)
        if isinstance(content, str) and name != "every date is another day's":
            content = content.replace("2025-04-01", str(day))
        keys[name] = put(lake, "positions", day, content)
    days = [start + timedelta(days=number) for number in range(len(whole))]
    result = load_days(lake, *days)
    for name, (_, reason) in whole.items():
        failed = result_of(result, keys[name])
        assert reason in (failed.reason or ""), name
        assert (failed.reason or "").startswith(keys[name]), name
    assert rows_of(lake, "silver.positions", *days) == []
    assert result.snapshots == {}
    with lake.open_session() as session:
        found = session.execute("SELECT DISTINCT status FROM landed_files WHERE key = ANY(%s)", (list(keys.values()),))
        assert [row["status"] for row in found] == ["failed"]


def test_a_day_that_has_not_begun_fails(lake: Lake) -> None:
    tomorrow = utc_now().date() + timedelta(days=2)
    key = put(lake, "prices", tomorrow, csv_of("prices", tomorrow, many("prices", 3)))
    assert "in the future" in (result_of(load_days(lake, tomorrow), key).reason or "")
    assert rows_of(lake, "silver.prices", tomorrow) == []


def test_the_same_day_twice_is_the_same_day(lake: Lake) -> None:
    day, before = date(2025, 5, 2), date(2025, 5, 1)
    for each in (before, day):
        put(lake, "prices", each, csv_of("prices", each, many("prices", 30)))
    files = landed(lake, before, day)
    load(lake, files, "00000000-0000-0000-0000-000000000001")
    once = rows_of(lake, "silver.prices", before, day)
    result = load(lake, files, "00000000-0000-0000-0000-000000000002")
    assert rows_of(lake, "silver.prices", before, day) == once
    assert len(once) == 60
    assert result.dates == {"silver.prices": [before, day]}


def test_a_day_is_all_its_files_and_a_failed_correction_leaves_what_it_corrects(lake: Lake) -> None:
    day = date(2025, 5, 5)
    put(lake, "positions", day, csv_of("positions", day, many("positions", 20)), "first.csv")
    put(lake, "positions", day, csv_of("positions", day, many("positions", 20, start=20)), "second.csv")
    load_days(lake, day)
    assert len(rows_of(lake, "silver.positions", day)) == 40

    put(lake, "positions", day, csv_of("positions", day, [{"quantity": "wrong"}]), "first.csv")
    corrected = [{**row, "quantity": "5"} for row in many("positions", 20, start=20)]
    put(lake, "positions", day, csv_of("positions", day, corrected), "second.csv")
    result = load_days(lake, day)
    found = rows_of(lake, "silver.positions", day)
    assert sorted(row["quantity"] for row in found) == [Decimal(5)] * 20 + [Decimal(100)] * 20
    assert sorted(one.reason is None for one in result.files) == [False, True, True]


def test_a_crash_before_publication_leaves_the_day_as_it_was(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2025, 5, 6)
    put(lake, "fx", day, csv_of("fx", day, [{"pair": "EURUSD", "rate": "1.1"}]))
    load_days(lake, day)
    put(lake, "fx", day, csv_of("fx", day, [{"pair": "EURUSD", "rate": "1.2"}]))

    def lose(*_: object) -> None:
        raise DependencyUnavailable("S3 is gone")

    with monkeypatch.context() as broken:
        broken.setattr("batch.silver.loading.release", lose)
        with pytest.raises(DependencyUnavailable):
            load_days(lake, day)
    assert [row["rate"] for row in rows_of(lake, "silver.fx", day)] == [Decimal("1.1")]
    load_days(lake, day)
    assert [row["rate"] for row in rows_of(lake, "silver.fx", day)] == [Decimal("1.2")]


def test_rows_that_get_lost_on_the_way_stop_the_publication(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    day = date(2025, 5, 7)
    put(lake, "fx", day, csv_of("fx", day, many("fx", 3)))
    good_rows = checking.good_rows
    monkeypatch.setattr(checking, "good_rows", lambda *given: good_rows(*given).limit(2))
    with pytest.raises(AuditFailed, match="3 rows staged, 2 written or refused"):
        load_days(lake, day)
    assert rows_of(lake, "silver.fx", day) == []


def test_a_new_column_is_taken(lake: Lake) -> None:
    first, second = date(2025, 5, 8), date(2025, 5, 9)
    put(lake, "prices", first, csv_of("prices", first, many("prices", 2)))
    put(
        lake,
        "prices",
        second,
        csv_of("prices", second, [{"instrument_id": "A", "venue": "XETR"}, {"instrument_id": "B"}]),
    )
    load_days(lake, first, second)
    assert [row["venue"] for row in rows_of(lake, "silver.prices", first, second)] in (
        [None, None, "XETR", None], ["XETR", None, None, None],
    )  # fmt: skip
    put(lake, "prices", first, csv_of("prices", first, many("prices", 3)))
    load_days(lake, first)
    assert [row["venue"] for row in rows_of(lake, "silver.prices", first)] == [None] * 3


def test_jumps_are_a_warning_and_a_file_full_of_them_fails(lake: Lake) -> None:
    first, second, third = date(2025, 5, 12), date(2025, 5, 13), date(2025, 5, 14)
    instruments = many("prices", 30)
    put(lake, "prices", first, csv_of("prices", first, instruments))
    one_jumps = [{**instruments[0], "price": "105"}, *instruments[1:]]
    odd = put(lake, "prices", second, csv_of("prices", second, one_jumps))
    wrong = put(lake, "prices", third, csv_of("prices", third, [{**row, "price": "1050"} for row in instruments]))
    result = load_days(lake, first, second, third)
    assert result_of(result, odd).reason is None
    assert "1 of 30 values of price" in result_of(result, odd).warnings[0]
    assert "30 of 30 values of price" in (result_of(result, wrong).reason or "")
    assert len(rows_of(lake, "silver.prices", first, second)) == 60
    assert rows_of(lake, "silver.prices", third) == []


def test_half_a_file_fails_unless_its_manifest_says_so(lake: Lake) -> None:
    first, second = date(2025, 5, 19), date(2025, 5, 20)
    put(lake, "positions", first, csv_of("positions", first, many("positions", 120)))
    half = put(lake, "positions", second, csv_of("positions", second, many("positions", 50)))
    result = load_days(lake, first, second)
    assert "50 rows, the day before it had 120" in (result_of(result, half).reason or "")
    assert len(rows_of(lake, "silver.positions", first)) == 120
    assert rows_of(lake, "silver.positions", second) == []


def test_a_day_without_transactions_empties_the_day(lake: Lake) -> None:
    day = date(2025, 5, 21)
    put(lake, "transactions", day, csv_of("transactions", day, [{}]))
    load_days(lake, day)
    put(lake, "transactions", day, csv_of("transactions", day, []))
    load_days(lake, day)
    assert rows_of(lake, "silver.transactions", day) == []
