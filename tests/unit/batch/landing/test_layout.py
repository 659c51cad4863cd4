"""Keys in bronze: which are files, and why the others are nobody's."""

from __future__ import annotations

from datetime import date

import pytest

from batch.landing.layout import Place, parse_key, place_of
from core.errors import BadInput


def test_a_key_says_kind_day_and_name() -> None:
    place = parse_key("fx/date=2024-02-29/rates of today.csv.gz")
    assert place == Place("fx", date(2024, 2, 29), "rates of today.csv.gz")
    assert place.key == "fx/date=2024-02-29/rates of today.csv.gz"
    assert not place.is_manifest
    assert parse_key("fx/date=2024-02-29/a.csv.manifest.json").is_manifest


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("positions.csv", "not `kind/date="),
        ("positions/2026-01-05/a.csv", "not `kind/date="),
        ("positions/date=2026-01-05/sub/a.csv", "not `kind/date="),
        ("postions/date=2026-01-05/a.csv", "`postions` is none of"),
        ("positions/date=2026-02-30/a.csv", "2026-02-30 does not exist"),
        ("positions/date=20260105/a.csv", "is not a date"),
        ("positions/date=2026-W01-1/a.csv", "is not a date"),
        ("positions/date=٢٠٢٦-01-05/a.csv", "is not a date"),
        ("positions/date=2026-01-05/../a.csv", "`..`"),
        ("../positions/date=2026-01-05/a.csv", "`..`"),
        ("positions/date=2026-01-05//a.csv", "empty segment"),
        ("/positions/date=2026-01-05/a.csv", "empty segment"),
        ("positions/date=2026-01-05/", "empty segment"),
        ("positions/date=2026-01-05/a\\..\\b.csv", "backslashes"),
        ("positions/date=2026-01-05/a\n.csv", "control characters"),
        ("positions/date=2026-01-05/_SUCCESS", "no name of a data file"),
        ("positions/date=2026-01-05/.manifest.json", "no name of a data file"),
    ],
)
def test_other_keys_say_why_nobody_reads_them(key: str, reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_key(key)
    assert reason in refused.value.message


def test_a_name_that_makes_no_key_is_not_uploaded() -> None:
    with pytest.raises(BadInput):
        place_of("positions", date(2026, 1, 5), "_hidden.csv")
