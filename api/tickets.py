"""One-time tickets for WebSocket clients that hold no cookie: a long-lived token never travels in a handshake."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from api.principal import Principal
from clients.redis import AsyncRedis
from core.clock import utc_now
from core.errors import Unauthenticated

LIFETIME_S = 30
# A client offers the ticket as a subprotocol, `ticket.TICKET`, beside the real one.
SUBPROTOCOL_PREFIX = "ticket."


class Tickets:
    """Tickets in Redis under their hash, each good for one socket of the session that asked for it."""

    def __init__(self, redis: AsyncRedis) -> None:
        self._redis = redis

    async def issue(self, principal: Principal) -> tuple[str, datetime]:
        """Return a new ticket and when it expires."""
        ticket, expires_at = secrets.token_urlsafe(32), utc_now() + timedelta(seconds=LIFETIME_S)
        await self._redis.set(_key(ticket), principal.session, ex=LIFETIME_S)
        return ticket, expires_at

    async def redeem(self, ticket: str) -> bytes:
        """Return the hash of the session behind a ticket; Unauthenticated when it is unknown, used or expired."""
        session = await self._redis.getdel(_key(ticket))
        if not isinstance(session, bytes):
            raise Unauthenticated("the ticket is used or expired", code="bad_ticket")
        return session


def offered(subprotocols: list[str]) -> str | None:
    """Return the ticket among the subprotocols that a client offers."""
    tickets = (one.removeprefix(SUBPROTOCOL_PREFIX) for one in subprotocols if one.startswith(SUBPROTOCOL_PREFIX))
    return next(tickets, None)


def _key(ticket: str) -> str:
    return f"ws-ticket:{hashlib.sha256(ticket.encode()).hexdigest()}"
