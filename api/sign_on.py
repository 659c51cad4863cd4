"""Log-in by single sign-on: from the redirect to the provider until the person and the role are known here."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.audit import Caller, record
from api.principal import ROLES, Role
from clients.postgres import AsyncPool
from core.errors import ConfigurationError, Forbidden, RateLimited, Unauthenticated
from core.settings import Settings

if TYPE_CHECKING:
    from clients.oidc import Claims, OidcProvider

CALLBACK = "/api/v1/oidc/callback"
LIFETIME_S = 600
# Log-ins begun from one address and not finished; behind one address there may be a whole office.
MAX_BEGUN = 100
MAX_RM_ID_CHARS = 128

_FORGET = f"DELETE FROM sign_ons WHERE begun_at < clock_timestamp() - interval '{LIFETIME_S} seconds'"  # noqa: S608
_BEGUN = """
    SELECT count(*) AS begun, extract(epoch FROM clock_timestamp() - min(begun_at))::float AS oldest_s
    FROM sign_ons WHERE address = %s
"""
_BEGIN = """
    INSERT INTO sign_ons (state_hash, browser_hash, nonce, verifier, address) VALUES (%s, %s, %s, %s, %s)
"""
# Taken away by being read: a state works once, and only in the browser that began with it.
_TAKE = f"""
    DELETE FROM sign_ons WHERE state_hash = %s AND browser_hash = %s
        AND begun_at > clock_timestamp() - interval '{LIFETIME_S} seconds'
    RETURNING nonce, verifier
"""  # noqa: S608
_KNOW = """
    INSERT INTO rm (rm_id, display, role) VALUES (%s, %s, %s)
    ON CONFLICT (rm_id) DO UPDATE SET display = EXCLUDED.display, role = EXCLUDED.role
"""
_ACTIVE = "SELECT FROM rm WHERE rm_id = %s AND active"


@dataclass(frozen=True, slots=True)
class Begun:
    """A log-in under way: where the browser goes, and the secret that it keeps meanwhile."""

    url: str
    browser: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the provider's claims tell, in our words."""

    rm_id: str
    display: str
    role: Role


class SignOn:
    """Log-ins at one provider."""

    def __init__(self, settings: Settings, provider: OidcProvider) -> None:
        self.provider = provider
        self._settings = settings
        self._key = settings.session_secret.get_secret_value().encode()
        self._redirect_uri = settings.api_url.rstrip("/") + CALLBACK
        self._roles = parse_roles(settings.oidc_roles)

    async def begin(self, pool: AsyncPool, address: str) -> Begun:
        """Begin a log-in; RateLimited when too many from this address were begun and not finished."""
        state, browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(4))
        url = await self.provider.authorization_url(
            state=state, nonce=nonce, verifier=verifier, redirect_uri=self._redirect_uri
        )
        async with pool.connection() as session:
            await session.execute(_FORGET)
            row = await (await session.execute(_BEGUN, (address,))).fetchone()
            if row is not None and row["begun"] >= MAX_BEGUN:
                raise RateLimited("too many log-ins were begun", retry_after_s=max(1.0, LIFETIME_S - row["oldest_s"]))
            await session.execute(_BEGIN, (self._hash(state), self._hash(browser), nonce, verifier, address))
        return Begun(url, browser)

    async def finish(self, pool: AsyncPool, *, state: str, code: str, browser: str) -> Person:
        """Return who logged in; Unauthenticated when this browser did not begin it or the provider refuses."""
        async with pool.connection() as session:
            row = await (await session.execute(_TAKE, (self._hash(state), self._hash(browser)))).fetchone()
        if row is None:
            raise Unauthenticated("this browser did not begin that log-in, or too long ago", code="sign_on_unknown")
        claims = await self.provider.redeem(
            code, verifier=row["verifier"], nonce=row["nonce"], redirect_uri=self._redirect_uri
        )
        return person_of(claims, self._settings, self._roles)

    async def vouched(self, token: str) -> Person:
        """Return the machine or person for whom the provider signed a token for us."""
        return person_of(await self.provider.verify(token), self._settings, self._roles)

    def _hash(self, secret: str) -> bytes:
        return hmac.new(self._key, b"sign-on:" + secret.encode(), hashlib.sha256).digest()


async def admit(pool: AsyncPool, person: Person, *, address: str) -> None:
    """Take the provider's word for name and role; Forbidden for a person who was made inactive here."""
    caller = Caller(person.rm_id, person.role)
    async with pool.connection() as session, session.transaction():
        await session.execute(_KNOW, (person.rm_id, person.display, person.role))
        active = await (await session.execute(_ACTIVE, (person.rm_id,))).fetchone() is not None
        action = "login.succeeded" if active else "login.failed"
        await record(session, caller, action, detail={"address": address, "by": "sign-on"})
    if not active:
        raise Forbidden("this person may not log in any more", code="inactive")


def parse_roles(text: str) -> dict[str, Role]:
    """Read `value=role` pairs, separated by commas; without any, a value is a role's own name."""
    if not text:
        return {role: role for role in ROLES}
    pairs = [pair.partition("=") for pair in text.split(",")]
    known = {role: role for role in ROLES}
    wrong = [role.strip() for _, _, role in pairs if role.strip() not in known]
    if wrong:
        raise ConfigurationError(f"TIPLINE_OIDC_ROLES names no role of ours with {wrong[0]!r}: {', '.join(ROLES)}.")
    return {value.strip(): known[role.strip()] for value, _, role in pairs}  # type: ignore[index]


def person_of(claims: Claims, settings: Settings, roles: dict[str, Role]) -> Person:
    """Return the person whom claims name; Forbidden when they name none, or no role that works here."""
    rm_id = claims.get(settings.oidc_rm_claim)
    if not isinstance(rm_id, str) or not 0 < len(rm_id) <= MAX_RM_ID_CHARS or "\0" in rm_id:
        raise Forbidden(f"the provider gives no usable claim {settings.oidc_rm_claim}", code="sign_on_no_name")
    values = claims.get(settings.oidc_role_claim)
    named = values if isinstance(values, list) else [values]
    held = {roles[value] for value in named if isinstance(value, str) and value in roles}
    role = next((role for role in ROLES if role in held), None)
    if role is None:
        raise Forbidden("the provider gives no role that works here", code="sign_on_no_role")
    name = claims.get("name")
    return Person(rm_id, name.replace("\0", "")[:200] if isinstance(name, str) and name else rm_id, role)
