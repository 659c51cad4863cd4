"""Which days are complete, new, or to be shown as flash."""

from __future__ import annotations

from datetime import date

from batch.inputs import Day, Made, by_day, combined_hash, due_final, due_flash
from batch.landing.files import LandedFile

FRIDAY, SATURDAY, MONDAY = date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 2)


def landed(
    kind: str, day: date = MONDAY, *, status: str = "landed", version: str = "v1", name: str = "a"
) -> LandedFile:
    key = f"{kind}/date={day}/{name}.csv"
    return LandedFile(f"{key}@{version}", "bronze", key, version, kind, day, 1, status)


def day_of(*files: LandedFile) -> Day:
    (day,) = by_day(files).values()
    return day


def whole(day: date = MONDAY, **changes: str) -> list[LandedFile]:
    return [landed(kind, day, **changes) for kind in ("positions", "prices", "fx")]


def made_of(day: Day, finality: str = "final") -> dict[date, Made]:
    return {day.as_of_date: Made(day.inputs_hash, finality, None, "run")}


def dates(due: list[Day]) -> list[date]:
    return [day.as_of_date for day in due]


def test_a_day_is_complete_with_positions_prices_and_rates() -> None:
    assert day_of(*whole()).is_complete
    assert day_of(*whole(), landed("transactions")).is_complete
    assert day_of(*whole()[:2]).obstacles == [f"fx of {MONDAY} have not landed"]


def test_a_file_that_waits_or_was_refused_keeps_its_day_incomplete() -> None:
    waiting = day_of(*whole(), landed("transactions", status="waiting"))
    refused = day_of(*whole()[:2], landed("fx", status="failed"))
    assert waiting.obstacles == [f"transactions/date={MONDAY}/a.csv waits for its manifest"]
    assert refused.obstacles == [f"fx/date={MONDAY}/a.csv was refused"]


def test_only_new_files_are_read_unless_everything_is_asked_for() -> None:
    day = day_of(
        landed("positions", status="loaded"),
        landed("prices"),
        landed("fx", status="failed"),
        landed("transactions", status="waiting"),
    )
    assert [file.kind for file in day.to_load()] == ["prices"]
    assert [file.kind for file in day.to_load(everything=True)] == ["positions", "prices", "fx"]


def test_the_hash_knows_versions_and_not_whether_they_were_read() -> None:
    before = day_of(*whole())
    assert day_of(*whole(status="loaded")).inputs_hash == before.inputs_hash
    assert day_of(*reversed(whole())).inputs_hash == before.inputs_hash
    assert day_of(*whole()[:2], landed("fx", version="v2")).inputs_hash != before.inputs_hash
    assert combined_hash([before]) != combined_hash([before, day_of(*whole(FRIDAY))])


def test_a_complete_day_is_due_once_and_again_when_a_file_is_corrected() -> None:
    day = day_of(*whole())
    assert dates(due_final({MONDAY: day}, {})) == [MONDAY]
    assert due_final({MONDAY: day}, made_of(day)) == []
    corrected = day_of(*whole()[:2], landed("fx", version="v2"))
    assert dates(due_final({MONDAY: corrected}, made_of(day))) == [MONDAY]


def test_a_flash_day_becomes_final_once_it_is_complete() -> None:
    day = day_of(*whole())
    assert dates(due_final({MONDAY: day}, made_of(day, "flash"))) == [MONDAY]


def test_a_day_that_was_refused_is_not_due_until_its_files_change() -> None:
    refused = day_of(*whole()[:2], landed("fx", status="failed"))
    earlier = {MONDAY: Made(None, None, "fx was refused", "run")}
    assert due_final({MONDAY: refused}, earlier) == []
    assert dates(due_final({MONDAY: day_of(*whole(version="v2"))}, earlier)) == [MONDAY]


def test_weekend_trades_go_with_the_day_that_follows() -> None:
    days = by_day([*whole(), landed("transactions", SATURDAY), landed("prices", date(2026, 1, 10))])
    assert dates(due_final(days, {})) == [SATURDAY, MONDAY]
    assert due_final(by_day([landed("transactions", SATURDAY)]), {}) == []


def test_weekend_trades_that_come_late_are_due_by_themselves() -> None:
    days = by_day([*whole(), landed("transactions", SATURDAY)])
    assert dates(due_final(days, made_of(days[MONDAY]))) == [SATURDAY]


def test_flash_takes_what_has_positions_and_is_not_complete() -> None:
    days = by_day([*whole(), landed("positions", FRIDAY), landed("prices", SATURDAY)])
    assert dates(due_flash(days, {})) == [FRIDAY]
    assert due_flash(days, made_of(days[FRIDAY], "flash")) == []


def test_flash_never_takes_a_day_back_that_was_final() -> None:
    before = day_of(*whole())
    waiting = day_of(*whole()[:2], landed("fx", version="v2", status="waiting"))
    assert due_flash({MONDAY: waiting}, made_of(before)) == []
