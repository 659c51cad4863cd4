"""Load a book of clients into PostgreSQL; loading the same book again changes nothing.

Every write to the book raises the registry version, even one that touches no row, so only differences are written.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from clients.postgres import Session, connect, transaction
from core.settings import Settings

BOOK = Path(__file__).with_name("book.jsonl")
# The RM of a client is the key; `canary` is a machine's account.
RELATIONSHIP_MANAGERS = {"priya.nair": "Priya Nair", "daniel.weber": "Daniel Weber", "canary": "Canary"}
_LOCK = 7214103
Entry = Mapping[str, Any]
Rows = set[tuple[Any, ...]]


def load_demo(settings: Settings) -> None:
    """Load the demo book and its log-ins; passwords are made at the first run and kept in the secrets folder."""
    passwords = demo_passwords(settings)
    with connect(settings) as session:
        load_book(session, read_book(BOOK), RELATIONSHIP_MANAGERS, passwords)


def demo_passwords(settings: Settings) -> dict[str, str]:
    """Return the demo log-ins by RM; those that have none yet get one, stored with mode 0600."""
    path = settings.data_dir / "secrets" / "demo_users.json"
    stored: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    missing = {rm: secrets.token_urlsafe(9) for rm in RELATIONSHIP_MANAGERS if rm not in stored}
    if missing:
        stored |= missing
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".draft")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(stored, file)
        draft.replace(path)
    return stored


def read_book(path: Path) -> list[dict[str, Any]]:
    """Read a registry file whose lines may carry `rm`, the RM who looks after the client."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def load_book(
    session: Session, entries: Iterable[Entry], managers: Mapping[str, str], passwords: Mapping[str, str]
) -> None:
    """Insert, update or correct the given clients and RMs in one transaction; other clients stay as they are."""
    clients = list(entries)
    ids = [entry["client_id"] for entry in clients]
    with transaction(session):
        session.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        _upsert_clients(session, clients)
        _sync(
            session, "client_aliases", ("client_id", "name", "type"), ids,
            {(e["client_id"], n["name"], n.get("type", "alias")) for e in clients for n in e["names"]},
            only="added_by = 'bank'",
        )  # fmt: skip
        _sync(
            session, "client_facts", ("client_id", "kind", "value"), ids, set().union(*map(_facts, clients)),
            only="kind <> 'context'",
        )  # fmt: skip
        _sync(
            session, "client_relations", ("client_id", "relation", "related_client_id", "related_name"), ids,
            {(e["client_id"], r["relation"], r.get("client_id"), r.get("name")) for e in clients for r in e["related"]},
        )  # fmt: skip
        for rm_id, display in managers.items():
            _upsert_manager(session, rm_id, display, passwords[rm_id])
        _sync(
            session,
            "rm_clients",
            ("rm_id", "client_id"),
            ids,
            {(e["rm"], e["client_id"]) for e in clients if "rm" in e},
        )


def _facts(entry: Entry) -> Rows:
    rows: Rows = set()
    for kind, value in entry.get("facts", {}).items():
        rows |= {(entry["client_id"], kind, each) for each in ([value] if isinstance(value, str) else value)}
    return rows


def _upsert_clients(session: Session, entries: list[Entry]) -> None:
    found = session.execute("SELECT client_id, kind, legal_name, display, active FROM clients").fetchall()
    existing = {row["client_id"]: (row["kind"], row["legal_name"], row["display"], row["active"]) for row in found}
    for entry in entries:
        names = entry["names"]
        legal = next((name["name"] for name in names if name.get("type") == "legal"), names[0]["name"])
        if existing.get(entry["client_id"]) != (entry["kind"], legal, names[0]["name"], True):
            session.execute(
                "INSERT INTO clients (client_id, kind, legal_name, display) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (client_id) DO UPDATE SET kind = excluded.kind, legal_name = excluded.legal_name,"
                " display = excluded.display, active = true",
                (entry["client_id"], entry["kind"], legal, names[0]["name"]),
            )


def _sync(
    session: Session, table: str, columns: tuple[str, ...], client_ids: list[str], wanted: Rows, *, only: str = "true"
) -> None:
    """Make a table hold exactly the wanted rows of these clients, among the rows that `only` admits."""
    listed = ", ".join(columns)
    # Table, columns and condition are literals of this module, never input.
    query = f"SELECT {listed} FROM {table} WHERE client_id = ANY(%s) AND {only}"  # noqa: S608
    existing = {tuple(row[column] for column in columns) for row in session.execute(query.encode(), (client_ids,))}
    same = " AND ".join(f"{column} IS NOT DISTINCT FROM %s" for column in columns)
    for row in sorted(existing - wanted, key=repr):
        session.execute(f"DELETE FROM {table} WHERE {same} AND {only}".encode(), row)  # noqa: S608
    marks = ", ".join(["%s"] * len(columns))
    for row in sorted(wanted - existing, key=repr):
        insert = f"INSERT INTO {table} ({listed}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608
        session.execute(insert.encode(), row)


def _upsert_manager(session: Session, rm_id: str, display: str, password: str) -> None:
    row = session.execute("SELECT password_hash FROM rm WHERE rm_id = %s", (rm_id,)).fetchone()
    if row is not None and _fits(row["password_hash"], password):
        return
    session.execute(
        "INSERT INTO rm (rm_id, display, password_hash) VALUES (%s, %s, %s)"
        " ON CONFLICT (rm_id) DO UPDATE SET display = excluded.display, password_hash = excluded.password_hash",
        (rm_id, display, PasswordHasher().hash(password)),
    )


def _fits(stored_hash: str | None, password: str) -> bool:
    try:
        return stored_hash is not None and PasswordHasher().verify(stored_hash, password)
    except (VerificationError, InvalidHashError):
        return False
