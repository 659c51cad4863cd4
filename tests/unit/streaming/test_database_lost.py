"""Whichever way PostgreSQL is lost, intake and poller hear that it is away and may come back."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest

from clients.postgres import ConnectionLost, DatabaseUnavailable
from core.errors import DependencyUnavailable
from streaming.intake.ledger import Ledger
from streaming.poller.state import FeedStates


class LostPool:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def connection(self, **_options: Any) -> NoReturn:
        raise self.error


@pytest.mark.parametrize(
    "error", [DatabaseUnavailable("server closed"), ConnectionLost("the connection is closed"), TimeoutError()]
)
async def test_a_lost_database_is_a_dependency_away(error: Exception) -> None:
    pool: Any = LostPool(error)
    with pytest.raises(DependencyUnavailable):
        await Ledger(pool).forget_old_messages()
    with pytest.raises(DependencyUnavailable):
        await FeedStates(pool).read()
