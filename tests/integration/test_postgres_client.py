"""The PostgreSQL client's snapshots on a real server."""

from __future__ import annotations

import asyncio

import pytest

from clients.postgres import AsyncSession, DatabaseUnavailable, async_pool, snapshot
from core.settings import Settings

_ISOLATION = "SELECT current_setting('transaction_isolation') AS level"


async def _isolation(session: AsyncSession) -> str:
    row = await (await session.execute(_ISOLATION)).fetchone()
    assert row is not None
    return str(row["level"])


def test_a_snapshot_is_one_state_and_leaves_the_connection_as_it_was(postgres: Settings) -> None:
    async def run() -> list[str]:
        async with async_pool(postgres, size=1) as pool, pool.connection() as session:
            before = await _isolation(session)
            async with snapshot(session):
                inside = await _isolation(session)
            return [before, inside, await _isolation(session)]

    assert asyncio.run(run()) == ["read committed", "repeatable read", "read committed"]


def test_a_connection_lost_in_a_snapshot_is_said_to_be_lost(postgres: Settings) -> None:
    async def run() -> None:
        async with async_pool(postgres, size=1) as pool, pool.connection() as session, snapshot(session):
            await session.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(DatabaseUnavailable):
        asyncio.run(run())
