"""Records that rest until their time, released by due time while offsets are committed in order."""

from __future__ import annotations

import heapq
import itertools
from collections import OrderedDict

from clients.kafka import Record

Place = tuple[str, int]


class RetryQueue:
    """Holds records between poll and commit; `due_s` is on the caller's clock, in seconds."""

    def __init__(self) -> None:
        self._resting: list[tuple[float, int, Record]] = []
        self._order = itertools.count()
        # For each partition the polled offsets in order, and whether each is done with.
        self._polled: dict[Place, OrderedDict[int, tuple[Record, bool]]] = {}
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._resting)

    @property
    def size_bytes(self) -> int:
        """The bytes of all values held."""
        return self._bytes

    def add(self, record: Record, due_s: float) -> None:
        """Hold a polled record until `due_s`."""
        heapq.heappush(self._resting, (due_s, next(self._order), record))
        self._polled.setdefault(_place(record), OrderedDict())[record.offset] = (record, False)
        self._bytes += len(record.value)

    def take_due(self, now_s: float, limit: int) -> list[Record]:
        """Remove and return up to `limit` records whose time has come, earliest first."""
        due: list[Record] = []
        while self._resting and self._resting[0][0] <= now_s and len(due) < limit:
            due.append(heapq.heappop(self._resting)[2])
        return due

    def done(self, record: Record) -> None:
        """Note that a taken record is safe elsewhere."""
        self._polled[_place(record)][record.offset] = (record, True)

    def take_committable(self) -> list[Record]:
        """Forget and return the done records that no earlier, unfinished one of their partition precedes."""
        committable: list[Record] = []
        for polled in self._polled.values():
            while polled and next(iter(polled.values()))[1]:
                record, _ = polled.popitem(last=False)[1]
                committable.append(record)
                self._bytes -= len(record.value)
        return committable


def _place(record: Record) -> Place:
    return record.topic, record.partition
