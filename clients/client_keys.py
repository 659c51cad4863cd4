"""The clients' data keys in PostgreSQL, made when first needed, wrapped, and destroyed to erase a client."""

from __future__ import annotations

from collections.abc import Collection

from clients.kms import KmsMasterKey
from clients.postgres import Session, transaction
from core.errors import ConfigurationError
from core.sealing import DataKey, LocalMasterKeys, MasterKeys, client_token, new_key
from core.settings import Settings

# The holder of what is sealed but names no client we could find.
UNATTRIBUTED = "unattributed"


class ClientKeys:
    """Tokens and keys of clients; DependencyUnavailable when PostgreSQL or the key service is lost.

    Nothing is cached: a key that is destroyed is gone for the next call of every process.
    """

    def __init__(self, master: MasterKeys, token_key: bytes) -> None:
        self._master = master
        self._token_key = token_key

    @classmethod
    def from_settings(cls, settings: Settings) -> ClientKeys:
        """Use the configured key service, or the master keys among the secrets."""
        token_key = settings.client_token_key.get_secret_value().encode()
        if not token_key:
            raise ConfigurationError("TIPLINE_CLIENT_TOKEN_KEY is not set; `tipline up` makes it at first run.")
        if settings.kms_key_id:
            return cls(KmsMasterKey(settings, settings.kms_key_id), token_key)
        return cls(LocalMasterKeys.from_text(settings.sealing_master_keys.get_secret_value()), token_key)

    def token(self, client_id: str | None) -> str:
        """Return a client's token; for None that of the unattributed."""
        return client_token(client_id, self._token_key) if client_id is not None else UNATTRIBUTED

    def keys(self, session: Session, tokens: Collection[str]) -> dict[str, DataKey | None]:
        """Return the key of each token, made where there was none; None for one that was destroyed."""
        with transaction(session):
            found = _stored(session, tokens)
            for token in sorted(set(tokens) - found.keys()):
                session.execute(
                    "INSERT INTO client_keys (client_token, wrapped_key, master_key_id) VALUES (%s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    (token, self._master.wrap(new_key(), token), self._master.current),
                )
            if len(found) < len(set(tokens)):
                # Another process may have been first: the stored key counts, not the one made here.
                found = _stored(session, tokens)
        return {token: self._unwrapped(token, wrapped, key_id) for token, (wrapped, key_id) in found.items()}

    def erase(self, session: Session, token: str, *, actor: str) -> bool:
        """Destroy a client's key for good, in the audit log too; False when it was destroyed before."""
        with transaction(session):
            erased = session.execute(
                "INSERT INTO client_keys (client_token, master_key_id, destroyed_at) VALUES (%s, %s, now())"
                " ON CONFLICT (client_token) DO UPDATE SET wrapped_key = NULL, destroyed_at = now()"
                " WHERE client_keys.destroyed_at IS NULL RETURNING 1",
                (token, self._master.current),
            ).fetchone()
            if erased:
                session.execute(
                    "INSERT INTO audit_log (actor, action, subject) VALUES (%s, 'client_key_destroyed', %s)",
                    (actor, token),
                )
        return erased is not None

    def rewrap(self, session: Session) -> int:
        """Wrap every key under the current master key and return how many were under another one."""
        with transaction(session):
            old = session.execute(
                "SELECT client_token, wrapped_key, master_key_id FROM client_keys"
                " WHERE wrapped_key IS NOT NULL AND master_key_id <> %s FOR UPDATE",
                (self._master.current,),
            ).fetchall()
            for row in old:
                token = row["client_token"]
                secret = self._master.unwrap(row["wrapped_key"], token, row["master_key_id"])
                session.execute(
                    "UPDATE client_keys SET wrapped_key = %s, master_key_id = %s WHERE client_token = %s",
                    (self._master.wrap(secret, token), self._master.current, token),
                )
        return len(old)

    def _unwrapped(self, token: str, wrapped: bytes | None, key_id: str) -> DataKey | None:
        return DataKey(token, self._master.unwrap(wrapped, token, key_id)) if wrapped is not None else None


def _stored(session: Session, tokens: Collection[str]) -> dict[str, tuple[bytes | None, str]]:
    rows = session.execute(
        "SELECT client_token, wrapped_key, master_key_id FROM client_keys WHERE client_token = ANY(%s)",
        (list(tokens),),
    )
    return {row["client_token"]: (row["wrapped_key"], row["master_key_id"]) for row in rows}
