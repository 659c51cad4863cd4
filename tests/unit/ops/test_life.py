"""When the supervisor starts a process again, over a made-up clock."""

from __future__ import annotations

from ops.life import BACKOFF_FIRST_S, BACKOFF_MAX_S, STABLE_S, Life


def test_waits_double_up_to_the_limit() -> None:
    life = Life(patience_s=60)
    waits = []
    for _ in range(10):
        life.started(0)
        life.died(100)
        waits.append(life.due_at - 100)
    assert waits[:3] == [BACKOFF_FIRST_S, 2 * BACKOFF_FIRST_S, 4 * BACKOFF_FIRST_S]
    assert waits[-1] == BACKOFF_MAX_S


def test_a_process_that_stayed_ready_has_a_clean_slate() -> None:
    life = Life(patience_s=60, failures=9)
    life.started(0)
    life.seen(ready=True, excused=False, now=1)
    life.seen(ready=True, excused=False, now=1 + STABLE_S)
    life.died(200)
    assert life.due_at == 200 + BACKOFF_FIRST_S


def test_a_short_readiness_does_not_clean_the_slate() -> None:
    life = Life(patience_s=60, failures=3)
    life.started(0)
    life.seen(ready=True, excused=False, now=1)
    life.died(2)
    assert life.due_at == 2 + 8 * BACKOFF_FIRST_S


def test_it_is_due_only_while_it_is_gone_and_its_wait_is_over() -> None:
    life = Life(patience_s=60)
    assert life.due(0)
    life.started(0)
    assert not life.due(100)
    life.died(100)
    assert not life.due(100)
    assert life.due(100 + BACKOFF_FIRST_S)


def test_not_ready_for_longer_than_patience_is_stuck_unless_excused() -> None:
    life = Life(patience_s=60)
    life.started(0)
    life.seen(ready=True, excused=False, now=10)
    life.seen(ready=False, excused=False, now=20)
    assert not life.stuck(80)
    assert life.stuck(81)
    life.seen(ready=False, excused=True, now=81)
    assert not life.stuck(141)


def test_health_tells_starting_from_having_become_sick() -> None:
    life = Life(patience_s=60)
    told = [life.health]
    life.started(0)
    told.append(life.health)
    for now, ready in ((1, True), (2, False)):
        life.seen(ready=ready, excused=False, now=now)
        told.append(life.health)
    life.died(3)
    told.append(life.health)
    life.started(4)
    assert told == ["stopped", "starting", "ready", "not ready", "restarting"]
    assert (life.health, life.restarts) == ("starting", 1)
