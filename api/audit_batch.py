"""Records of pushes, many in one insert: whoever comes while an insert is under way shares the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import Any

from api.audit import Actor
from clients.postgres import AsyncPool, Jsonb

_INSERT = """
    INSERT INTO audit_log (actor, role, action, clients, detail)
    SELECT actor, role, action, clients, detail
    FROM jsonb_to_recordset(%s) AS r (actor text, role text, action text, clients text[], detail jsonb)
"""


class AuditBatch:
    """What the sockets of one process record; two thousand pushes of one alert are a few inserts."""

    def __init__(self, pool: AsyncPool) -> None:
        self._pool = pool
        self._rows: list[dict[str, Any]] = []
        self._stored: asyncio.Future[None] | None = None
        self._writing: asyncio.Task[None] | None = None

    async def record(
        self, actor: Actor, action: str, *, clients: Collection[str], detail: Mapping[str, object]
    ) -> None:
        """Return once the record is stored, so that nothing is shown that is not recorded; the pool's errors pass."""
        self._rows.append(
            {
                "actor": actor.rm_id,
                "role": actor.role,
                "action": action,
                "clients": sorted(set(clients)),
                "detail": detail,
            }
        )
        stored = self._stored = self._stored or asyncio.get_running_loop().create_future()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        # A socket that ends while it waits must not end the wait of the others.
        await asyncio.shield(stored)

    async def _write(self) -> None:
        while self._stored is not None:
            rows, self._rows = self._rows, []
            stored, self._stored = self._stored, None
            try:
                async with self._pool.connection() as session:
                    await session.execute(_INSERT, (Jsonb(rows),))
            except Exception as error:
                stored.set_exception(error)
                # Nobody may be left to hear of it: then it is no news to anybody.
                stored.exception()
            else:
                stored.set_result(None)
