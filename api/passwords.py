"""Passwords: argon2id, verified off the event loop, in the same time whether or not the user exists."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# Each verification takes 64 MiB and a core for tens of milliseconds; more at once would starve the sockets.
MAX_CONCURRENT = 2
MAX_PASSWORD_CHARS = 1024


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, parameters and salt included."""
    return PasswordHasher().hash(password)


class PasswordVerifier:
    """Verifies passwords in worker threads, a few at a time."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._slots = asyncio.Semaphore(MAX_CONCURRENT)
        self._decoy: str | None = None

    async def verify(self, stored_hash: str | None, password: str) -> bool:
        """Say whether the password fits; a user without a hash costs the same time and never fits."""
        async with self._slots:
            return await asyncio.to_thread(self._verify, stored_hash, password)

    def _verify(self, stored_hash: str | None, password: str) -> bool:
        if self._decoy is None:
            self._decoy = self._hasher.hash("decoy for unknown users")
        try:
            fits = self._hasher.verify(stored_hash or self._decoy, password)
        except (VerificationError, InvalidHashError):
            return False
        return fits and stored_hash is not None
