"""How many deliveries may be on their way at once: each may hold a body of a megabyte."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from core.errors import Overloaded, RateLimited

IN_ALL = 128
# Nobody proves who he is before his body is read, so a crowd in one source's name may cost that source alone its turn.
OF_ONE_SOURCE = 64


class Slots:
    """Counts the deliveries on their way, in all and by source; beyond the limits we say so instead of queueing."""

    def __init__(self, in_all: int = IN_ALL, of_one_source: int = OF_ONE_SOURCE) -> None:
        self._in_all, self._of_one_source = in_all, of_one_source
        self._taken: Counter[str] = Counter()

    @contextmanager
    def one(self, source: str) -> Iterator[None]:
        """Hold a slot; RateLimited when the source has its share already, Overloaded when there is none left."""
        if self._taken[source] >= self._of_one_source:
            raise RateLimited("too many deliveries of this source at once", retry_after_s=1)
        if self._taken.total() >= self._in_all:
            raise Overloaded("too many deliveries at once", retry_after_s=1)
        self._taken[source] += 1
        try:
            yield
        finally:
            self._taken[source] -= 1
