"""Who is calling: the principal behind a session cookie or a bearer token, and what the role allows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.errors import Forbidden

SEES_ALERTS = frozenset({"rm", "deputy", "head", "compliance"})
ACKNOWLEDGES = frozenset({"rm", "deputy", "head"})
WATCHES = frozenset({"compliance"})


@dataclass(frozen=True, slots=True)
class Principal:
    """A person of the bank with a live session; `session` is the hash that the session is stored under."""

    rm_id: str
    display: str
    role: str
    session: bytes
    expires_at: datetime

    def must_see_alerts(self) -> None:
        """Raise Forbidden unless the role works with alerts at all."""
        if self.role not in SEES_ALERTS:
            raise Forbidden(f"the role {self.role} does not work with alerts")

    def must_see_portfolios(self) -> None:
        """Raise Forbidden unless the role works with clients, whose figures these are."""
        if self.role not in SEES_ALERTS:
            raise Forbidden(f"the role {self.role} does not work with portfolios")

    def must_acknowledge(self) -> None:
        """Raise Forbidden unless the role may acknowledge; compliance only watches."""
        if self.role not in ACKNOWLEDGES:
            raise Forbidden(f"the role {self.role} does not acknowledge alerts")

    def must_watch(self) -> None:
        """Raise Forbidden unless the role looks into who saw what."""
        if self.role not in WATCHES:
            raise Forbidden(f"the role {self.role} does not read the audit log")
