"""The demo book in a real database: loaded once or twice, it is the same book at the same version."""

from __future__ import annotations

import stat

from argon2 import PasswordHasher

from clients.postgres import Session, connect
from core.settings import Settings
from ops.demo.load import BOOK, demo_passwords, load_book, load_demo, read_book


def registry_version(session: Session) -> int:
    row = session.execute("SELECT version FROM registry_version").fetchone()
    assert row is not None
    return int(row["version"])


def count(session: Session, table: str) -> int:
    row = session.execute(f"SELECT count(*) AS n FROM {table}".encode()).fetchone()  # noqa: S608
    assert row is not None
    return int(row["n"])


def test_a_second_load_changes_nothing(postgres: Settings) -> None:
    tables = ("clients", "client_aliases", "client_facts", "client_relations", "rm_clients")
    load_demo(postgres)
    with connect(postgres) as session:
        version, counts = registry_version(session), {table: count(session, table) for table in tables}
        load_demo(postgres)
        assert registry_version(session) == version
        assert {table: count(session, table) for table in tables} == counts
    assert all(counts.values())


def test_a_changed_fact_replaces_the_old_one_and_raises_the_version(postgres: Settings) -> None:
    load_demo(postgres)
    passwords = demo_passwords(postgres)
    changed = [entry for entry in read_book(BOOK) if entry["client_id"] == "UHNW-118"]
    changed[0]["facts"]["city"] = ["Pune"]
    with connect(postgres) as session:
        before = registry_version(session)
        load_book(session, changed, {}, passwords)
        rows = session.execute(
            "SELECT value FROM client_facts WHERE client_id = 'UHNW-118' AND kind = 'city'"
        ).fetchall()
        assert [row["value"] for row in rows] == ["Pune"]
        assert registry_version(session) > before
        load_demo(postgres)


def test_an_alias_that_a_manager_added_survives_the_next_load(postgres: Settings) -> None:
    load_demo(postgres)
    with connect(postgres) as session:
        session.execute(
            "INSERT INTO client_aliases (client_id, name, type, added_by)"
            " VALUES ('UHNW-105', 'Paddy Venkat', 'nickname', 'priya.nair')"
        )
        load_demo(postgres)
        found = session.execute("SELECT 1 FROM client_aliases WHERE name = 'Paddy Venkat'").fetchone()
        session.execute("DELETE FROM client_aliases WHERE name = 'Paddy Venkat'")
    assert found is not None


def test_passwords_are_hashed_in_the_database_and_kept_private_on_disk(postgres: Settings) -> None:
    load_demo(postgres)
    passwords = demo_passwords(postgres)
    with connect(postgres) as session:
        rows = session.execute(
            "SELECT rm_id, password_hash FROM rm WHERE rm_id = ANY(%s)", (list(passwords),)
        ).fetchall()
    assert {row["rm_id"] for row in rows} >= {"priya.nair", "daniel.weber", "canary"}
    for row in rows:
        assert PasswordHasher().verify(row["password_hash"], passwords[row["rm_id"]])
    path = postgres.data_dir / "secrets" / "demo_users.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_uhnw_102_belongs_to_priya_nair_and_the_canary_to_the_canary(postgres: Settings) -> None:
    load_demo(postgres)
    with connect(postgres) as session:
        rows = session.execute(
            "SELECT rm_id, client_id FROM rm_clients WHERE client_id IN ('UHNW-102', 'CANARY-1') ORDER BY client_id"
        ).fetchall()
    assert [(row["rm_id"], row["client_id"]) for row in rows] == [("canary", "CANARY-1"), ("priya.nair", "UHNW-102")]
