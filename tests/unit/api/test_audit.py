"""The chain's links, and the batch of pushes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from api.audit import Caller
from api.audit_batch import AuditBatch
from api.audit_chain import Head, link
from clients.postgres import AsyncPool, DatabaseUnavailable
from core.errors import BadInput

RECORD = {
    "audit_id": 7, "at": datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), "actor": "ann", "role": "rm", "action": "a.b",
    "subject": "s", "clients": ["C-1"], "detail": '{"x": 1}',
}  # fmt: skip


class Database:
    """A pool whose inserts wait for each other, and fail when told."""

    def __init__(self) -> None:
        self.inserts: list[list[dict[str, Any]]] = []
        self.failure: Exception | None = None

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Database]:
        yield self

    async def execute(self, _query: str, parameters: tuple[Any]) -> None:
        await asyncio.sleep(0)
        if self.failure:
            raise self.failure
        self.inserts.append(parameters[0].obj)


@pytest.mark.parametrize(
    "change",
    [
        {"audit_id": 8}, {"at": RECORD["at"].replace(microsecond=678902)},  # type: ignore[attr-defined]
        {"actor": "bob"}, {"role": None}, {"action": "a.c"}, {"subject": None}, {"clients": []},
        {"clients": ["C-1", "C-2"]}, {"detail": '{"x": 2}'},
    ],
)  # fmt: skip
def test_every_part_of_a_record_is_in_its_link(change: dict[str, Any]) -> None:
    assert link(bytes(32), RECORD | change) != link(bytes(32), RECORD)


def test_a_link_depends_on_all_before_it() -> None:
    assert link(b"\1" * 32, RECORD) != link(bytes(32), RECORD)


def test_a_head_is_read_as_it_was_written() -> None:
    head = Head(12, link(bytes(32), RECORD))
    assert Head.parse(f"{head}\n") == head


@pytest.mark.parametrize("text", ["", "12", "x:00", "12:zz", "12:00"])
def test_what_is_no_head_is_told(text: str) -> None:
    with pytest.raises(BadInput):
        Head.parse(text)


async def test_two_thousand_pushes_of_one_alert_are_a_few_inserts() -> None:
    database = Database()
    batch = AuditBatch(cast(AsyncPool, database))
    pushes = [batch.record(Caller(f"rm-{n}"), "alert.pushed", clients=["C"], detail={}) for n in range(2000)]
    await asyncio.gather(*pushes)
    assert sum(map(len, database.inserts)) == 2000
    assert len(database.inserts) <= 2


async def test_a_push_that_could_not_be_recorded_is_told_and_later_ones_are_recorded() -> None:
    database = Database()
    batch = AuditBatch(cast(AsyncPool, database))
    database.failure = DatabaseUnavailable("away")
    with pytest.raises(DatabaseUnavailable):
        await batch.record(Caller("ann"), "alert.pushed", clients=["C"], detail={})
    database.failure = None
    await batch.record(Caller("bob"), "alert.pushed", clients=["C"], detail={})
    assert [row["actor"] for rows in database.inserts for row in rows] == ["bob"]


async def test_a_socket_that_ends_while_it_waits_leaves_the_others_waiting() -> None:
    database = Database()
    batch = AuditBatch(cast(AsyncPool, database))
    first, second = (
        asyncio.create_task(batch.record(Caller(name), "alert.pushed", clients=["C"], detail={}))
        for name in ("ann", "bob")
    )
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert [row["actor"] for rows in database.inserts for row in rows] == ["ann", "bob"]
