"""Master keys in AWS KMS: the service wraps and unwraps, and the key itself never leaves it."""

from __future__ import annotations

from typing import Any

from clients.aws import session, translated
from core.settings import Settings


class KmsMasterKey:
    """One KMS key; a client's token is the encryption context, so a wrapped key opens for that client only."""

    def __init__(self, settings: Settings, key_id: str) -> None:
        self._client: Any = session(settings).client("kms", endpoint_url=settings.kms_url)
        self._key_id = key_id

    @property
    def current(self) -> str:
        """The configured key's id or alias."""
        return self._key_id

    def wrap(self, secret: bytes, token: str) -> bytes:
        """Encrypt a client's key under the configured key."""
        with translated("kms"):
            reply = self._client.encrypt(KeyId=self._key_id, Plaintext=secret, EncryptionContext={"client": token})
        return bytes(reply["CiphertextBlob"])

    def unwrap(self, wrapped: bytes, token: str, key_id: str) -> bytes:
        """Decrypt a client's key with the key that encrypted it."""
        with translated("kms"):
            reply = self._client.decrypt(KeyId=key_id, CiphertextBlob=wrapped, EncryptionContext={"client": token})
        return bytes(reply["Plaintext"])
