"""The table of what each role may do, and for whom a task acts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from api.policy import act_as, acting_rm
from api.principal import ALLOWED, ROLES, Action, Principal, permits
from core.errors import Forbidden

EXPECTED: dict[str, set[Action]] = {
    "rm": {"alerts.read", "alerts.change", "portfolios.read", "coverage.change", "review.decide"},
    "deputy": {"alerts.read", "alerts.change", "portfolios.read", "review.decide"},
    "head": {"alerts.read", "alerts.change", "portfolios.read", "coverage.change", "review.decide"},
    "compliance": {"alerts.read", "portfolios.read", "audit.read", "sql.run"},
    "analyst": {"sql.run"},
    "engineer": {"sql.run", "operations.read"},
    "operator": {"operations.read"},
}


def somebody(role: str, rm_id: str = "x") -> Principal:
    return Principal(rm_id, "X", role, b"", datetime.now(UTC) + timedelta(hours=1))


def test_every_role_is_in_the_table_and_none_else() -> None:
    assert set(EXPECTED) == set(ROLES)
    assert {role for roles in ALLOWED.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_this_and_nothing_else(role: str) -> None:
    assert {action for action in ALLOWED if permits(role, action)} == EXPECTED[role]
    for action in ALLOWED:
        if action not in EXPECTED[role]:
            with pytest.raises(Forbidden):
                somebody(role).must(action)


@pytest.mark.parametrize("role", ["", "RM", "admin"])
def test_an_unknown_role_may_nothing(role: str) -> None:
    assert not any(permits(role, action) for action in ALLOWED)


async def test_a_task_acts_for_its_own_person_whatever_others_do() -> None:
    both_began = asyncio.Barrier(2)

    async def request(rm_id: str) -> str:
        act_as(somebody("rm", rm_id))
        await both_began.wait()
        return await asyncio.create_task(started_by_it())

    async def started_by_it() -> str:
        return acting_rm()

    assert list(await asyncio.gather(request("ann"), request("bob"))) == ["ann", "bob"]
    assert acting_rm() == ""
