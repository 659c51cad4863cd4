from __future__ import annotations

from datetime import date

from batch.days import affected_days, booking_days, plan_rebuild, previous_day, spans

FRIDAY, MONDAY, TUESDAY = date(2026, 3, 6), date(2026, 3, 9), date(2026, 3, 10)
APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
EXISTING = [FRIDAY, MONDAY, TUESDAY, APRIL, MAY]


def test_the_day_before_is_the_latest_that_exists() -> None:
    assert previous_day(EXISTING, MONDAY) == FRIDAY
    assert previous_day(EXISTING, date(2026, 3, 8)) == FRIDAY
    assert previous_day(EXISTING, FRIDAY) is None


def test_a_change_touches_the_stale_window_and_the_day_after_it() -> None:
    assert affected_days(EXISTING, [FRIDAY]) == [FRIDAY, MONDAY, TUESDAY, APRIL]
    assert affected_days(EXISTING, [APRIL]) == [APRIL, MAY]
    assert affected_days(EXISTING, [MAY]) == [MAY]


def test_a_change_between_two_days_touches_the_later_one() -> None:
    assert affected_days(EXISTING, [date(2026, 4, 12)]) == [MAY]
    assert affected_days(EXISTING, [date(2026, 6, 1)]) == []


def test_a_weekends_trades_belong_to_monday() -> None:
    booked = booking_days(EXISTING, [MONDAY, TUESDAY])
    assert booked == {date(2026, 3, 7): MONDAY, date(2026, 3, 8): MONDAY, MONDAY: MONDAY, TUESDAY: TUESDAY}


def test_the_first_day_has_no_trades() -> None:
    assert booking_days(EXISTING, [FRIDAY]) == {}


def test_spans_reach_back_and_meet() -> None:
    assert spans([MONDAY, TUESDAY], 2) == [(date(2026, 3, 7), TUESDAY)]
    assert spans([FRIDAY, MONDAY], 2) == [(date(2026, 3, 4), MONDAY)]
    assert spans([MAY, FRIDAY], 1) == [(date(2026, 3, 5), FRIDAY), (date(2026, 4, 30), MAY)]


def test_a_plan_computes_what_depends_and_chains_the_rest() -> None:
    plan = plan_rebuild(EXISTING, [MONDAY])
    assert plan.days == [MONDAY, TUESDAY, APRIL]
    assert plan.chained == [MAY]
    assert plan.emptied == []
    assert plan.previous_of == {MONDAY: FRIDAY, TUESDAY: MONDAY, APRIL: TUESDAY, MAY: APRIL}
    assert plan.day_before == FRIDAY


def test_a_plan_empties_a_day_that_lost_its_positions() -> None:
    lost = date(2026, 3, 11)
    plan = plan_rebuild(EXISTING, [lost])
    assert plan.emptied == [lost]
    assert plan.days == [APRIL]
    assert plan.chained == [MAY]
    assert plan.day_before == TUESDAY


def test_a_plan_may_only_empty() -> None:
    plan = plan_rebuild([], [FRIDAY])
    assert (plan.days, plan.emptied, plan.chained, plan.day_before) == ([], [FRIDAY], [], None)
