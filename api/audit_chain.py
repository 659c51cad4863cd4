"""The hash chain over the audit log: each record's place, and the proof that none was changed or is missing.

The hash of a place is SHA-256 of the hash before it and the record as canonical JSON. A record gets its place within
about a second after its transaction ended, from one sealer at a time: no writer waits for another. Whoever can change
the database could write the whole chain anew, so its head is kept outside as well.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC

from clients.postgres import AsyncSession, Row, Session
from core.errors import BadInput

SEAL_AT_ONCE = 1000
VERIFY_AT_ONCE = 5000
# Records without a place are looked at only when the sealer surely had its turn.
UNSEALED_AFTER_S = 60

_LOCK = "SELECT pg_try_advisory_xact_lock(7214072) AS mine"
_HEAD = "SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1"
_PLACE = "SELECT seq, hash FROM audit_chain WHERE seq = %s"
_RECORD = "l.audit_id, l.at, l.actor, l.role, l.action, l.subject, l.clients, l.detail::text AS detail"
_PENDING = f"SELECT {_RECORD} FROM audit_pending JOIN audit_log l USING (audit_id) ORDER BY l.audit_id LIMIT %s"  # noqa: S608
_APPEND = "INSERT INTO audit_chain SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])"
_SEALED = "DELETE FROM audit_pending WHERE audit_id = ANY(%s)"
_CHAIN = f"""
    SELECT c.seq, c.hash, c.audit_id AS sealed_id, {_RECORD} FROM audit_chain c LEFT JOIN audit_log l USING (audit_id)
    WHERE c.seq > %s ORDER BY c.seq LIMIT %s
"""  # noqa: S608
_UNSEALED = """
    SELECT audit_id FROM audit_log l WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.audit_id = l.audit_id)
    AND at < now() - make_interval(secs => %s) ORDER BY audit_id
"""


@dataclass(frozen=True, slots=True)
class Head:
    """A place of the chain and its hash; the chain begins after place 0, whose hash is all zeros."""

    seq: int = 0
    hash: bytes = bytes(32)

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read what `str` wrote; BadInput when it is not that."""
        seq, _, digest = text.strip().partition(":")
        try:
            head = cls(int(seq), bytes.fromhex(digest))
        except ValueError:
            head = cls(0, b"")
        if len(head.hash) != 32:
            raise BadInput("a head is a number, a colon and 64 hexadecimal digits", code="bad_head")
        return head


@dataclass(slots=True)
class Verdict:
    """What a walk along the chain found: how many records hold, where it ends, and each breach as a sentence."""

    head: Head = field(default_factory=Head)
    records: int = 0
    breaches: list[str] = field(default_factory=list)


def link(previous: bytes, record: Row) -> bytes:
    """Return the hash of the place after `previous` that holds this record (`detail` as PostgreSQL's text of it)."""
    at = record["at"].astimezone(UTC).isoformat(timespec="microseconds")
    names = ("audit_id", "actor", "role", "action", "subject", "clients", "detail")
    canonical = json.dumps([at, *(record[name] for name in names)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


async def seal(session: AsyncSession) -> Head | None:
    """Give the next records their places and return the new head; None when there were none, or another seals now."""
    async with session.transaction():
        lock = await (await session.execute(_LOCK)).fetchone()
        if lock is None or not lock["mine"]:
            return None
        records = await (await session.execute(_PENDING, (SEAL_AT_ONCE,))).fetchall()
        if not records:
            return None
        head = _as_head(await (await session.execute(_HEAD)).fetchone()) or Head()
        places = []
        for record in records:
            head = Head(head.seq + 1, link(head.hash, record))
            places.append(head)
        ids = [record["audit_id"] for record in records]
        await session.execute(_APPEND, ([head.seq for head in places], ids, [head.hash for head in places]))
        await session.execute(_SEALED, (ids,))
    return head


async def holds(session: AsyncSession, kept: Head) -> bool:
    """Say whether the chain still has a head that was kept outside."""
    return kept.seq == 0 or _as_head(await (await session.execute(_PLACE, (kept.seq,))).fetchone()) == kept


async def newest(session: AsyncSession) -> Head:
    """Return the head of the chain as it is now."""
    return _as_head(await (await session.execute(_HEAD)).fetchone()) or Head()


def read_newest(session: Session) -> Head:
    """Return what `newest` returns, in a process without an event loop."""
    return _as_head(session.execute(_HEAD).fetchone()) or Head()


def verify(session: Session, kept: Head) -> Verdict:
    """Walk the whole chain and compare it with every record, and with a head that was kept outside (0: none)."""
    verdict = Verdict()
    at_kept = Head() if kept.seq == 0 else None
    with session.transaction():
        for row in _places(session):
            verdict.breaches += _breaches(verdict.head, row)
            verdict.head = Head(row["seq"], bytes(row["hash"]))
            verdict.records += 1
            at_kept = verdict.head if row["seq"] == kept.seq else at_kept
        for row in session.execute(_UNSEALED, (UNSEALED_AFTER_S,)):
            verdict.breaches.append(f"record {row['audit_id']} has no place in the chain")
    if at_kept is None:
        verdict.breaches.append(f"the chain lacks place {kept.seq}, which was its head once: its end is missing")
    elif at_kept.hash != kept.hash:
        verdict.breaches.append(f"place {kept.seq} is not what it was as the head: the chain was written anew")
    return verdict


def _breaches(before: Head, row: Row) -> Iterator[str]:
    """Compare one place with the one before it; after a breach the walk goes on from what is stored."""
    if row["seq"] != before.seq + 1:
        yield f"places {before.seq + 1} to {row['seq'] - 1} are missing from the chain"
    elif row["audit_id"] is None:
        yield f"record {row['sealed_id']} at place {row['seq']} is missing"
    elif link(before.hash, row) != bytes(row["hash"]):
        yield f"record {row['sealed_id']} at place {row['seq']} was changed, or the hash before it"


def _places(session: Session) -> Iterator[Row]:
    after = 0
    while rows := session.execute(_CHAIN, (after, VERIFY_AT_ONCE)).fetchall():
        yield from rows
        after = rows[-1]["seq"]


def _as_head(row: Row | None) -> Head | None:
    return Head(row["seq"], bytes(row["hash"])) if row else None
