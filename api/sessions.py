"""Sessions in PostgreSQL: they survive a gateway's restart and end everywhere at log-out.

A cookie carries the random secret itself; a bearer token carries it as the `jti` of a signed JWT. PyJWT is imported
with the first of those: it brings all of cryptography, 9 MB that pages with cookies have no use for.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal

from api.principal import Principal
from clients.postgres import AsyncSession
from core.clock import utc_now
from core.errors import ConfigurationError, Unauthenticated
from core.settings import Settings

ISSUER = "tipline"
AUDIENCE = "tipline-api"
ALGORITHM = "HS256"
TOKEN_LIFETIME_S = 3600
CLOCK_SKEW_S = 60
MIN_SECRET_CHARS = 32

_OPEN = "INSERT INTO sessions (secret_hash, rm_id, kind, expires_at) VALUES (%s, %s, %s, %s)"
_FIND = """
    SELECT rm_id, display, role, expires_at FROM sessions JOIN rm USING (rm_id)
    WHERE secret_hash = %s AND ended_at IS NULL AND expires_at > now() AND rm.active
"""
_END = "UPDATE sessions SET ended_at = now() WHERE secret_hash = %s AND ended_at IS NULL"
_FORGET = "DELETE FROM sessions WHERE expires_at < now() - interval '1 day'"


class Sessions:
    """Opens, finds and ends sessions; both secrets come from the settings and are never stored beside the hashes."""

    def __init__(self, settings: Settings) -> None:
        self._key = _secret(settings, "session_secret")
        self._jwt_key = _secret(settings, "jwt_secret")
        self._lifetime_s = settings.session_lifetime_s

    async def open_cookie(self, session: AsyncSession, rm_id: str) -> str:
        """Open a browser session and return the cookie's value."""
        secret, _ = await self._open(session, rm_id, "cookie", self._lifetime_s)
        return secret

    async def open_token(self, session: AsyncSession, rm_id: str) -> str:
        """Open a machine's session and return its JWT, valid for `TOKEN_LIFETIME_S`."""
        import jwt

        secret, expires_at = await self._open(session, rm_id, "token", TOKEN_LIFETIME_S)
        claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": rm_id, "jti": secret, "iat": utc_now(), "exp": expires_at}
        return jwt.encode(claims, self._jwt_key, algorithm=ALGORITHM)

    async def by_cookie(self, session: AsyncSession, value: str) -> Principal:
        """Return the principal of a cookie; Unauthenticated when there is no such live session."""
        return await self.by_hash(session, self.hash(value))

    async def by_token(self, session: AsyncSession, token: str) -> Principal:
        """Return the principal of a bearer token; Unauthenticated when it is forged, expired or ended."""
        import jwt

        try:
            claims = jwt.decode(
                token,
                self._jwt_key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                leeway=CLOCK_SKEW_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "jti"]},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the bearer token is not valid", code="bad_token") from error
        return await self.by_hash(session, self.hash(str(claims["jti"])))

    async def by_hash(self, session: AsyncSession, hashed: bytes) -> Principal:
        """Return the principal of a session that is known by its hash; Unauthenticated when it is not live."""
        row = await (await session.execute(_FIND, (hashed,))).fetchone()
        if row is None:
            raise Unauthenticated("log in first: no such session", code="session_ended")
        return Principal(row["rm_id"], row["display"], row["role"], hashed, row["expires_at"].astimezone(UTC))

    async def end(self, session: AsyncSession, hashed: bytes) -> None:
        """End a session, known by the hash of its secret, for every process at once."""
        await session.execute(_END, (hashed,))

    def hash(self, secret: str) -> bytes:
        """Return what a session is stored under."""
        return hmac.new(self._key, secret.encode(), hashlib.sha256).digest()

    async def _open(
        self, session: AsyncSession, rm_id: str, kind: Literal["cookie", "token"], lifetime_s: int
    ) -> tuple[str, datetime]:
        secret = secrets.token_urlsafe(32)
        expires_at = utc_now() + timedelta(seconds=lifetime_s)
        await session.execute(_FORGET)
        await session.execute(_OPEN, (self.hash(secret), rm_id, kind, expires_at))
        return secret, expires_at


def _secret(settings: Settings, name: Literal["session_secret", "jwt_secret"]) -> bytes:
    value: str = getattr(settings, name).get_secret_value()
    if len(value) < MIN_SECRET_CHARS:
        raise ConfigurationError(
            f"TIPLINE_{name.upper()} needs at least {MIN_SECRET_CHARS} characters:"
            f" set it, or put it into {settings.data_dir}/secrets/tipline_{name}."
        )
    return value.encode()
