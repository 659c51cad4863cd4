"""Who is calling: the principal behind a session cookie or a bearer token, and what the role allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from core.errors import Forbidden

Role = Literal["head", "rm", "deputy", "compliance", "analyst", "engineer", "operator"]
# In this order the first counts where a person has several.
ROLES: tuple[Role, ...] = get_args(Role)

Action = Literal[
    "alerts.read", "alerts.change", "portfolios.read", "coverage.change", "review.decide", "audit.read", "sql.run",
    "operations.read",
]  # fmt: skip
_WITH_CLIENTS = frozenset({"rm", "deputy", "head"})
ALLOWED: Mapping[Action, frozenset[str]] = {
    "alerts.read": _WITH_CLIENTS | {"compliance"},
    "alerts.change": _WITH_CLIENTS,
    "portfolios.read": _WITH_CLIENTS | {"compliance"},
    # A deputy does not hand on what was lent.
    "coverage.change": frozenset({"rm", "head"}),
    "review.decide": _WITH_CLIENTS,
    "audit.read": frozenset({"compliance"}),
    "sql.run": frozenset({"analyst", "engineer", "compliance"}),
    "operations.read": frozenset({"operator", "engineer"}),
}


def permits(role: str, action: Action) -> bool:
    """Say whether a role may do this at all; about which client is `api.policy.may`'s to say."""
    return role in ALLOWED[action]


@dataclass(frozen=True, slots=True)
class Principal:
    """A person of the bank with a live session; `session` is the hash that the session is stored under."""

    rm_id: str
    display: str
    role: str
    session: bytes
    expires_at: datetime

    def must(self, action: Action) -> None:
        """Raise Forbidden unless the role may do this."""
        if not permits(self.role, action):
            raise Forbidden(f"the role {self.role} does not include {action}")
