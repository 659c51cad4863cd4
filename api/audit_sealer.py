"""Seals the audit log each second, and keeps the chain's head in a file, out of the database's reach."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from api.audit_chain import Head, holds, newest, seal
from clients.postgres import AsyncPool, AsyncSession, DatabaseError
from core.errors import TiplineError
from core.logs import get_logger
from core.settings import Settings

SEAL_EVERY_S = 1.0

log = get_logger(__name__)


def head_file(settings: Settings) -> Path:
    """Return the file that keeps the newest head which a process of this installation has sealed."""
    return settings.data_dir / "audit" / "head"


def read_head(path: Path) -> Head:
    """Return the kept head; place 0 where none was kept yet."""
    return Head.parse(path.read_text()) if path.exists() else Head()


class Sealer:
    """The loop that every gateway runs; one of them seals at a time."""

    def __init__(self, pool: AsyncPool, path: Path) -> None:
        self._pool, self._path = pool, path
        self._well = True

    async def run(self) -> None:
        """Seal for ever; a lost database is tried again until it is back."""
        while True:
            await asyncio.sleep(SEAL_EVERY_S)
            try:
                async with self._pool.connection() as session:
                    while await seal(session):
                        pass
                    # Another process may have sealed: the head is kept on every machine that has a gateway.
                    self._well = await self._keep(await newest(session), session)
            except (DatabaseError, TiplineError, OSError) as error:
                self._complain("audit_not_sealed", error=type(error).__name__)

    async def _keep(self, head: Head, session: AsyncSession) -> bool:
        """Replace the kept head, unless the chain no longer has it (False): then the file is the evidence."""
        kept = read_head(self._path)
        if not await holds(session, kept):
            self._complain("audit_chain_broken", seq=head.seq)
            return False
        if head.seq > kept.seq:
            await asyncio.to_thread(_write, self._path, str(head))
        return True

    def _complain(self, event: str, **details: object) -> None:
        if self._well:
            log.error(event, **details)
        self._well = False


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = path.with_suffix(f".{os.getpid()}")
    temporary.write_text(text)
    temporary.replace(path)
