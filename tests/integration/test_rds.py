"""Gold to PostgreSQL: revisions, their status, and a day that is there whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from clients.postgres import DatabaseError
from core.clock import utc_now
from core.settings import Settings
from tests.integration.gold_rows import GoldRows, client, open_gold, pnl, position


@pytest.fixture(scope="module")
def gold(postgres: Settings, s3_server: Settings) -> Iterator[GoldRows]:
    with open_gold(postgres) as gold:
        yield gold


def revisions(gold: GoldRows, day: date, client_id: str = "A") -> list[tuple[int, str, Decimal]]:
    found = gold.rows(
        "SELECT revision, status, market_value FROM client_metrics WHERE as_of_date = %s AND client_id = %s ORDER BY 1",
        day,
        client_id,
    )
    return [(row["revision"], row["status"], row["market_value"]) for row in found]


def stored_positions(gold: GoldRows, day: date) -> list[tuple[str, int]]:
    found = gold.rows("SELECT client_id, revision FROM positions_eod WHERE as_of_date = %s ORDER BY 1, 2", day)
    return [(row["client_id"], row["revision"]) for row in found]


def worth(amount: str, **other: Any) -> dict[str, Any]:
    return client("A", market_value=Decimal(amount), **other)


def test_a_day_arrives_with_every_figure_and_comes_no_second_time(gold: GoldRows) -> None:
    day = gold.new_day()
    figures = pnl(price="12.34", fx="-0.05", trading="1.00", income="2.00", fees="-0.29", unexplained="0.01")
    mover = '{"best": [{"instrument_id": "X, \\"Y\\"", "pnl_total": "15.01"}]}'
    unpriced = position("A", "CASH, EUR", price=None, price_date=None, quality="missing", quality_days=None)
    gold.write(
        day,
        [client("A", **figures, top_movers=mover, twr=Decimal("0.0123456789")), client("B")],
        [position("A", **figures), unpriced, position("B")],
    )
    assert gold.sync(day) == {day: 2}
    (row,) = gold.rows("SELECT * FROM client_metrics_current WHERE as_of_date = %s AND client_id = 'A'", day)
    assert {name: row[name] for name in figures} == figures
    assert (row["revision"], row["status"], row["twr"]) == (1, "final", Decimal("0.0123456789"))
    assert row["top_movers"] == {"best": [{"instrument_id": 'X, "Y"', "pnl_total": "15.01"}]}
    stored = gold.rows("SELECT * FROM positions_eod_current WHERE as_of_date = %s AND client_id = 'A'", day)
    assert {(one["instrument_id"], one["price"], one["quality"]) for one in stored} == {
        ("DE0007164600", Decimal(100), "ok"), ("CASH, EUR", None, "missing"),
    }  # fmt: skip
    gold.write(day, [client("A", **figures, top_movers=mover, twr=Decimal("0.0123456789")), client("B")],
               [position("B"), unpriced, position("A", **figures)])  # fmt: skip
    assert gold.sync(day) == {}
    assert stored_positions(gold, day) == [("A", 1), ("A", 1), ("B", 1)]


@pytest.mark.parametrize(
    ("runs", "statuses"),
    [
        ([("flash", "5"), ("final", "5")], ["flash", "final"]),
        ([("flash", "5"), ("flash", "6"), ("final", "7")], ["flash", "flash", "final"]),
        ([("final", "5"), ("final", "6"), ("final", "7")], ["final", "restated", "restated"]),
        ([("final", "5"), ("final", "6"), ("final", "6"), ("flash", "6")], ["final", "restated"]),
        ([("final", "5"), ("flash", "5")], ["final"]),
    ],
)
def test_status_follows_from_what_was_known_before(
    gold: GoldRows, runs: list[tuple[str, str]], statuses: list[str]
) -> None:
    day = gold.new_day()
    for finality, amount in runs:
        gold.write(day, [worth(amount, finality=finality)], [position("A")])
        gold.sync(day)
    assert [status for _, status, _ in revisions(gold, day)] == statuses
    assert stored_positions(gold, day) == [("A", 1)], "equal positions are not stored again"


def test_other_positions_under_equal_figures_are_a_restatement_of_that_client_alone(gold: GoldRows) -> None:
    day = gold.new_day()
    gold.write(day, [client("A"), client("B")], [position("A"), position("B")])
    gold.sync(day)
    gold.write(day, [client("A"), client("B")], [position("A", "US0378331005"), position("B")])
    assert gold.sync(day) == {day: 1}
    assert [status for _, status, _ in revisions(gold, day)] == ["final", "restated"]
    current = "SELECT instrument_id FROM positions_eod_current WHERE as_of_date = %s AND client_id = 'A'"
    assert gold.rows(current, day) == [{"instrument_id": "US0378331005"}]
    assert stored_positions(gold, day) == [("A", 1), ("A", 2), ("B", 1)]


def test_what_was_known_at_a_time_stays_readable(gold: GoldRows) -> None:
    day, monday = gold.new_day(), utc_now()
    for hours, amount in ((0, "5"), (24, "6")):
        gold.write(day, [worth(amount, computed_at=monday + timedelta(hours=hours))], [position("A")])
        gold.sync(day)
    known = "SELECT market_value FROM client_metrics_known_at(%s) WHERE as_of_date = %s AND client_id = 'A'"
    values = [gold.rows(known, monday + timedelta(hours=hours), day) for hours in (-1, 1, 25)]
    assert values == [[], [{"market_value": Decimal(5)}], [{"market_value": Decimal(6)}]]


def test_a_client_that_a_corrected_file_lacks_is_withdrawn_and_may_come_back(gold: GoldRows) -> None:
    day = gold.new_day()
    gold.write(day, [client("A"), client("B")], [position("A"), position("B")])
    gold.sync(day)
    gold.write(day, [client("B")], [position("B")])
    assert gold.sync(day) == {day: 1}
    assert gold.sync(day) == {}
    assert gold.rows("SELECT client_id FROM client_metrics_current WHERE as_of_date = %s", day) == [{"client_id": "B"}]
    gold.write(day, [client("A"), client("B")], [position("A"), position("B")])
    assert gold.sync(day) == {day: 1}
    assert [status for _, status, _ in revisions(gold, day)] == ["final", "restated", "restated"]
    assert stored_positions(gold, day) == [("A", 1), ("A", 3), ("B", 1)]


@pytest.mark.parametrize("broken", [{"pnl_fx": Decimal("0.01")}, {"quality": "splendid"}])
def test_a_day_that_cannot_be_stored_leaves_nothing_of_itself(gold: GoldRows, broken: dict[str, Any]) -> None:
    day, next_day = gold.new_day(), gold.new_day()
    gold.write(day, [client("A"), client("B", **broken)], [position("A"), position("B")])
    gold.write(next_day, [client("A")], [position("A")])
    with pytest.raises(DatabaseError):
        gold.sync(day, next_day)
    assert (revisions(gold, day), stored_positions(gold, day), revisions(gold, next_day)) == ([], [], [])
    gold.write(day, [client("A"), client("B")], [position("A"), position("B")])
    assert gold.sync(day, next_day) == {day: 2, next_day: 1}


def test_two_syncs_at_once_write_one_revision(gold: GoldRows) -> None:
    days = [gold.new_day() for _ in range(3)]
    for day in days:
        gold.write(day, [client("A")], [position("A")])
    with ThreadPoolExecutor(2) as threads:
        written = list(threads.map(lambda _: gold.sync(*days), range(2)))
    assert sorted(map(len, written)) == [0, 3]
    assert [revisions(gold, day) for day in days] == [[(1, "final", Decimal(1000))]] * 3


def test_days_that_gold_does_not_have_are_passed_over(gold: GoldRows) -> None:
    assert gold.sync(gold.new_day()) == {}
    assert gold.sync() == {}
