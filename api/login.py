"""Log-in: password against the table `rm`, with a limit on failures that all gateway processes share."""

from __future__ import annotations

from api.audit import Caller, record
from api.passwords import PasswordVerifier
from clients.postgres import AsyncPool, AsyncSession
from core.errors import RateLimited, Unauthenticated

WINDOW_S = 300
# One person mistyping, and one address trying many names.
MAX_FAILURES_PER_USER = 10
MAX_FAILURES_PER_ADDRESS = 60

_RESERVE = "INSERT INTO login_attempts (rm_id, address) VALUES (%s, %s) RETURNING attempt_id"
_COUNT = f"""
    SELECT count(*) FILTER (WHERE rm_id = %s) AS user_failures, count(*) AS address_failures,
           extract(epoch FROM clock_timestamp() - min(at))::float AS oldest_s
    FROM login_attempts WHERE address = %s AND at > clock_timestamp() - interval '{WINDOW_S} seconds'
"""  # noqa: S608
_RELEASE = "DELETE FROM login_attempts WHERE attempt_id = %s"
_FORGET = f"DELETE FROM login_attempts WHERE at < clock_timestamp() - interval '{2 * WINDOW_S} seconds'"  # noqa: S608
_HASH = "SELECT password_hash FROM rm WHERE rm_id = %s AND active"


async def log_in(pool: AsyncPool, verifier: PasswordVerifier, *, rm_id: str, password: str, address: str) -> None:
    """Return when the password fits; Unauthenticated when it does not, RateLimited after too many failures.

    The attempt is counted before the password is tried, so that guesses sent in parallel count too. No connection is
    held while the password is tried.
    """
    async with pool.connection() as session:
        attempt = await _reserve(session, rm_id, address)
        row = await (await session.execute(_HASH, (rm_id,))).fetchone()
    fits = await verifier.verify(row["password_hash"] if row else None, password)
    async with pool.connection() as session:
        action = "login.succeeded" if fits else "login.failed"
        await record(session, Caller(rm_id), action, detail={"address": address})
        if fits:
            await session.execute(_RELEASE, (attempt,))
    if not fits:
        raise Unauthenticated("name or password is wrong", code="bad_credentials")


async def _reserve(session: AsyncSession, rm_id: str, address: str) -> int:
    await session.execute(_FORGET)
    inserted = await (await session.execute(_RESERVE, (rm_id, address))).fetchone()
    counts = await (await session.execute(_COUNT, (rm_id, address))).fetchone()
    if inserted is None or counts is None:
        raise AssertionError("RETURNING and count(*) always give a row")
    if counts["user_failures"] > MAX_FAILURES_PER_USER or counts["address_failures"] > MAX_FAILURES_PER_ADDRESS:
        # A refused attempt was not a guess: leaving it counted would lock the person out for ever.
        await session.execute(_RELEASE, (inserted["attempt_id"],))
        raise RateLimited(
            "too many failed log-ins; wait a few minutes", retry_after_s=max(1.0, WINDOW_S - counts["oldest_s"])
        )
    return int(inserted["attempt_id"])
