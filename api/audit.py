"""Recording who saw and did what, in the caller's own transaction; `api.audit_chain` makes a chain of the records."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from clients.postgres import AsyncSession, Jsonb, Session

_INSERT = "INSERT INTO audit_log (actor, role, action, subject, clients, detail) VALUES (%s, %s, %s, %s, %s, %s)"


class Actor(Protocol):
    """Whoever acts: a `Principal`, or a `Caller` where there is no session."""

    @property
    def rm_id(self) -> str:
        """The person's id."""

    @property
    def role(self) -> str:
        """The role at that time; empty when it is not known."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An actor without a session: somebody who tries to log in, or the holder of an access key."""

    rm_id: str
    role: str = ""


async def record(
    session: AsyncSession,
    principal: Actor,
    action: str,
    *,
    clients: Collection[str] = (),
    subject: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add one record in the caller's transaction: seen or done, and recorded, or neither.

    `action` is a dotted verb (`alert.viewed`), `clients` the ids of all clients concerned, `subject` the id of what it
    was about; no names, in `detail` neither.
    """
    await session.execute(_INSERT, _row(principal, action, clients, subject, detail))


def record_sync(
    session: Session,
    principal: Actor,
    action: str,
    *,
    clients: Collection[str] = (),
    subject: str = "",
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add the same where there is no event loop."""
    session.execute(_INSERT, _row(principal, action, clients, subject, detail))


def _row(
    principal: Actor, action: str, clients: Collection[str], subject: str, detail: Mapping[str, object] | None
) -> tuple[object, ...]:
    seen = sorted(set(clients))
    return principal.rm_id, principal.role or None, action, subject or None, seen, Jsonb(dict(detail or {}))
