"""The one policy: who may do what (`api.principal.ALLOWED`) with which client (`may_see` in the database).

REST, WebSocket, export and SQL ask `may`, or filter by `VISIBLE`, which is the same in a query. Row-level security
below knows the person by `acting_rm` and shows no row of another's client, should a query ever forget to ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextvars import ContextVar
from uuid import UUID

from api.principal import Action, Principal, permits
from clients.postgres import AsyncSession
from core.errors import NotFound, Unauthenticated

# For queries over `alerts a` with a parameter rm_id. An alert under embargo is stored and shown to nobody.
VISIBLE = "a.released AND may_see(%(rm_id)s, a.client_id)"

_MAY_SEE = "SELECT may_see(%s, %s) AS sees"
_LIVE = "ended_at IS NULL AND expires_at > now()"
_CHECK = f"""
    SELECT EXISTS (SELECT FROM sessions WHERE secret_hash = %(session)s AND {_LIVE}) AS live,
           ARRAY(SELECT a.alert_id FROM alerts a WHERE a.alert_id = ANY(%(alerts)s) AND {VISIBLE}) AS visible
"""  # noqa: S608
_ENDED_SESSIONS = f"""
    SELECT asked.secret_hash FROM unnest(%s::bytea[]) AS asked (secret_hash) WHERE NOT EXISTS (
        SELECT FROM sessions s JOIN rm USING (rm_id) WHERE s.secret_hash = asked.secret_hash AND {_LIVE} AND rm.active
    )
"""  # noqa: S608
_WATCHABLE = """
    SELECT instrument_id FROM instruments_seen_by(%s) AS instrument_id WHERE instrument_id = ANY(%s)
"""


_acting: ContextVar[str] = ContextVar("acting_rm", default="")


def act_as(principal: Principal) -> None:
    """Let the current task, and those it starts, act for this person."""
    _acting.set(principal.rm_id)


def acting_rm() -> str:
    """Return for whom the current task acts; empty for nobody, who sees no client's row."""
    return _acting.get()


async def may(session: AsyncSession, principal: Principal, action: Action, client_id: str | None = None) -> bool:
    """Say whether the person may do this, and if a client is named: with this client, now."""
    if not permits(principal.role, action):
        return False
    if client_id is None:
        return True
    row = await (await session.execute(_MAY_SEE, (principal.rm_id, client_id))).fetchone()
    return row is not None and bool(row["sees"])


async def require(session: AsyncSession, principal: Principal, action: Action, client_id: str) -> None:
    """Raise Forbidden when the role may not do this; NotFound when the client is another's, or nobody's."""
    principal.must(action)
    if not await may(session, principal, action, client_id):
        raise NotFound("no such client")


async def still_visible(session: AsyncSession, principal: Principal, alert_ids: Iterable[UUID]) -> set[UUID]:
    """Return those of the alerts that the principal may be sent now; Unauthenticated when the session ended."""
    parameters = {"session": principal.session, "rm_id": principal.rm_id, "alerts": list(set(alert_ids))}
    row = await (await session.execute(_CHECK, parameters)).fetchone()
    if row is None or not row["live"]:
        raise Unauthenticated("the session ended")
    return set(row["visible"])


async def ended_sessions(session: AsyncSession, hashes: Iterable[bytes]) -> set[bytes]:
    """Return those of the session hashes whose session has ended, or whose user is not active any more."""
    rows = await (await session.execute(_ENDED_SESSIONS, (list(hashes),))).fetchall()
    return {bytes(row["secret_hash"]) for row in rows}


async def watchable(session: AsyncSession, principal: Principal, instruments: Iterable[str]) -> set[str]:
    """Return those of the instruments that are on the market list, or that a client of the principal holds."""
    rows = await (await session.execute(_WATCHABLE, (principal.rm_id, list(instruments)))).fetchall()
    return {row["instrument_id"] for row in rows}
