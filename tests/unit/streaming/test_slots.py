"""Nobody's deliveries take another source's turn."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from core.errors import Overloaded, RateLimited
from streaming.intake.slots import Slots


def test_a_source_has_its_share_and_all_have_the_whole() -> None:
    slots = Slots(in_all=3, of_one_source=2)
    with ExitStack() as held:
        held.enter_context(slots.one("a"))
        held.enter_context(slots.one("a"))
        with pytest.raises(RateLimited), slots.one("a"):
            pass
        held.enter_context(slots.one("b"))
        with pytest.raises(Overloaded), slots.one("b"):
            pass
    with slots.one("a"), slots.one("a"), slots.one("b"):
        pass
