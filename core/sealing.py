"""Sealing of what identifies a client: AES-256-GCM under a key per client, which a master key wraps.

Destroying a client's wrapped key makes everything sealed under it unreadable, wherever copies of it lie.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.errors import BadInput, ConfigurationError

# The lake's columns that say who a client is.
IDENTIFYING = ("client_id", "account_id")
KEY_BYTES = 32
_NONCE_BYTES = 12
# First byte of everything sealed, so that another cipher can come later.
_FORMAT = b"\x01"


def client_token(client_id: str, key: bytes) -> str:
    """Return HMAC-SHA256 of a client id as hex: the same for ever, to join on, and no way back without the key."""
    return hmac.new(key, client_id.encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class DataKey:
    """One client's key; `token` is the client's, and part of what every seal is bound to."""

    token: str
    secret: bytes = field(repr=False)

    def seal(self, table: str, column: str, plain: bytes) -> bytes:
        """Seal a value for one column of one table: format byte, nonce, ciphertext, tag."""
        return _seal(self.secret, plain, _place(table, column, self.token))

    def open(self, table: str, column: str, sealed: bytes) -> bytes:
        """Return the value; BadInput when it was altered, or sealed for another table, column or client."""
        return _open(self.secret, sealed, _place(table, column, self.token))


class MasterKeys(Protocol):
    """What wraps the clients' keys: this process's secrets, or a key management service."""

    @property
    def current(self) -> str:
        """The id of the master key that wraps from now on."""

    def wrap(self, secret: bytes, token: str) -> bytes:
        """Wrap a client's key under the current master key, bound to the client's token."""

    def unwrap(self, wrapped: bytes, token: str, key_id: str) -> bytes:
        """Return a client's key; ConfigurationError when that master key is not here."""


class LocalMasterKeys:
    """Master keys from a secret: the first wraps, the others only open what they wrapped before a rotation."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ConfigurationError(
                "TIPLINE_SEALING_MASTER_KEYS must be 64 hexadecimal digits, or several of them with commas between."
            )
        self._keys = {_key_id(key): key for key in keys}
        self._current = _key_id(keys[0])

    @classmethod
    def from_text(cls, text: str) -> LocalMasterKeys:
        """Read keys in hexadecimal, separated by commas; ConfigurationError when they are not that."""
        try:
            return cls([bytes.fromhex(part) for part in text.split(",")])
        except ValueError:
            return cls([])

    @property
    def current(self) -> str:
        """The fingerprint of the first key."""
        return self._current

    def wrap(self, secret: bytes, token: str) -> bytes:
        """Seal a client's key under the first key."""
        return _seal(self._keys[self._current], secret, token.encode())

    def unwrap(self, wrapped: bytes, token: str, key_id: str) -> bytes:
        """Open a client's key with whichever key sealed it."""
        if key_id not in self._keys:
            raise ConfigurationError(f"TIPLINE_SEALING_MASTER_KEYS lacks key {key_id}; put it behind the current one.")
        return _open(self._keys[key_id], wrapped, token.encode())


def new_key() -> bytes:
    """Return a fresh key for one client."""
    return secrets.token_bytes(KEY_BYTES)


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"tipline master key" + key).hexdigest()[:16]


def _place(table: str, column: str, token: str) -> bytes:
    return f"{table}|{column}|{token}".encode()


def _seal(key: bytes, plain: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, place)


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    try:
        if sealed[:1] != _FORMAT:
            raise InvalidTag
        return AESGCM(key).decrypt(nonce, ciphertext, place)
    except (InvalidTag, ValueError):
        raise BadInput("a sealed value was altered, or is not for this place", code="seal_broken") from None
