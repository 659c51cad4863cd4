"""Where the resolver's book comes from: PostgreSQL or a JSON Lines file, each with a version to poll."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from clients.postgres import Session, connect, transaction
from core.settings import Settings
from models.registry import RegistryEntry, read_registry


class BookSource(Protocol):
    """A book that changes now and then."""

    def version(self) -> str:
        """Return the version the book has now; DependencyUnavailable when it cannot be asked."""
        ...

    def read(self) -> tuple[str, list[RegistryEntry]]:
        """Return the version and the whole book, both of one moment."""
        ...


class FileBook:
    """A registry file; its version is the digest of its bytes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def version(self) -> str:
        """Return `file-` and the start of the SHA-256."""
        return "file-" + hashlib.sha256(self._path.read_bytes()).hexdigest()[:12]

    def read(self) -> tuple[str, list[RegistryEntry]]:
        """Return the version and the clients of the file."""
        return self.version(), read_registry(self._path)


class PostgresBook:
    """The tables of contracts/sql/0001; every change of them raises `registry_version`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._session: Session | None = None

    def version(self) -> str:
        """Return `pg-` and the number."""
        return self._version(self._open())

    def read(self) -> tuple[str, list[RegistryEntry]]:
        """Return the version and every active client, read in one snapshot."""
        session = self._open()
        with transaction(session):
            session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return self._version(session), list(_entries(session))

    def _open(self) -> Session:
        if self._session is None or self._session.closed:
            self._session = connect(self._settings)
        return self._session

    def _version(self, session: Session) -> str:
        row = session.execute("SELECT version FROM registry_version").fetchone()
        return f"pg-{row['version'] if row else 0}"


def source_of(settings: Settings) -> BookSource:
    """Return the configured source: the file when there is one, else PostgreSQL."""
    return FileBook(settings.registry_file) if settings.registry_file else PostgresBook(settings)


def _entries(session: Session) -> Iterable[RegistryEntry]:
    names = _by_client(session, "SELECT client_id, name, type FROM client_aliases ORDER BY client_id, name")
    blocks = _by_client(session, "SELECT client_id, name, context FROM client_blocks ORDER BY block_id")
    facts = _by_client(session, "SELECT client_id, kind, value FROM client_facts ORDER BY client_id, kind, value")
    related = _by_client(
        session, "SELECT client_id, related_client_id, related_name, relation FROM client_relations ORDER BY client_id"
    )
    clients = session.execute("SELECT client_id, kind, legal_name FROM clients WHERE active ORDER BY client_id")
    for client in clients.fetchall():
        client_id = client["client_id"]
        values: defaultdict[str, list[str]] = defaultdict(list)
        for fact in facts[client_id]:
            values[fact["kind"]].append(fact["value"])
        yield RegistryEntry.model_validate(
            {
                "client_id": client_id,
                "kind": client["kind"],
                "names": [{"name": client["legal_name"], "type": "legal"}, *names[client_id]],
                "facts": values,
                "related": [
                    {"client_id": row["related_client_id"], "name": row["related_name"], "relation": row["relation"]}
                    for row in related[client_id]
                ],
                "blocks": blocks[client_id],
            }
        )


def _by_client(session: Session, query: Any) -> defaultdict[str, list[dict[str, Any]]]:
    rows: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in session.execute(query):
        rows[row["client_id"]].append(row)
    return rows
