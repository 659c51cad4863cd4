"""What books said last: it changes with figures, clients and day only, and all three are cheap to ask for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from api.principal import Principal
from clients.postgres import AsyncSession

REMEMBERED_BYTES = 64 * 2**20

_MEMBERS = """
    WITH seen AS MATERIALIZED (SELECT client_id, display FROM clients_seen_by(%(rm_id)s))
    SELECT (SELECT version FROM figures_version) AS version,
           (SELECT sha256(convert_to(jsonb_agg(seen ORDER BY client_id)::text, 'UTF8')) FROM seen) AS digest,
           ARRAY(SELECT client_id FROM seen WHERE client_id > %(after)s ORDER BY client_id LIMIT %(limit)s) AS shown
"""


@dataclass(frozen=True, slots=True)
class Members:
    """Whom the caller sees now: a digest of ids and names, the ids to show, and the version of the figures."""

    version: int
    digest: bytes | None
    shown: list[str]

    @property
    def key(self) -> tuple[int, bytes | None]:
        """What names everything that can be said of these clients' newest figures."""
        return self.version, self.digest


class BookMemory:
    """The most recently asked answers of this process, as they were sent, `limit_bytes` of them at most."""

    def __init__(self, limit_bytes: int = REMEMBERED_BYTES) -> None:
        self._limit_bytes = limit_bytes
        self._held_bytes = 0
        self._known: OrderedDict[Hashable, bytes] = OrderedDict()

    def recall(self, key: Hashable) -> bytes | None:
        """Return the answer of this key, None when it is not known."""
        if key in self._known:
            self._known.move_to_end(key)
        return self._known.get(key)

    def keep(self, key: Hashable, answer: bytes) -> bytes:
        """Remember an answer, forget those that were asked for longest ago, and return it."""
        self._held_bytes += len(answer) - len(self._known.pop(key, b""))
        self._known[key] = answer
        while self._held_bytes > self._limit_bytes:
            self._held_bytes -= len(self._known.popitem(last=False)[1])
        return answer


async def read_members(
    session: AsyncSession, principal: Principal, *, limit: int | None = None, after: str = ""
) -> Members:
    """Return whom the caller sees, in the transaction that the figures are read in."""
    asked = {"rm_id": principal.rm_id, "after": after, "limit": limit}
    row = await (await session.execute(_MEMBERS, asked)).fetchone()
    assert row is not None  # noqa: S101 - three scalars are one row
    return Members(**row)
