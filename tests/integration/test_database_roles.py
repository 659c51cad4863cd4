"""The database's own guard: what each process's role may do, and which rows the api sees for whom it acts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

import psycopg
import pytest

from clients.postgres import Jsonb, Session, connect
from core.settings import DatabaseRole, Settings, load_settings
from tests.integration.gateway import Bank, Person

ROLES = get_args(DatabaseRole)
OF_CLIENTS = (
    "clients", "client_aliases", "client_facts", "alerts", "stories", "client_metrics", "positions_eod",
)  # fmt: skip


@pytest.fixture(scope="module")
def bank(postgres: Settings) -> Bank:
    return Bank(postgres)


@contextmanager
def acting(bank: Bank, role: DatabaseRole, rm_id: str = "") -> Iterator[Session]:
    """Connect as a process does; as the api also for somebody."""
    with connect(load_settings(role, **bank.settings.model_dump(include={"data_dir", "postgres_port"}))) as session:
        session.execute("SELECT set_config('app.rm_id', %s, false)", (rm_id,))
        yield session


def with_everything(bank: Bank) -> Person:
    """Make an RM with a client of whom every table of clients has a row."""
    person = bank.person()
    client_id = person.clients[0]
    bank.alert(client_id)
    with bank.session() as session:
        session.execute("INSERT INTO client_aliases (client_id, name, type) VALUES (%s, 'X', 'alias')", (client_id,))
        session.execute("INSERT INTO client_facts VALUES (%s, 'city', 'Basel')", (client_id,))
        session.execute(
            "INSERT INTO client_metrics VALUES (%s, '2026-01-30', 1, 'final', false, 'EUR', 1, 0, 0, 0, 0, 0, 0, 0, 0,"
            " 0, 0, 0, 0, %s, %s, 'ok', %s, 1, 1, now(), gen_random_uuid())",
            (client_id, Jsonb({}), Jsonb({}), Jsonb({})),
        )
        session.execute(
            "INSERT INTO positions_eod (as_of_date, client_id, revision, account_id, id_type, instrument_id, base_ccy,"
            " quantity, market_value, weight, pnl_total, pnl_price, pnl_fx, pnl_trading, pnl_income, pnl_fees,"
            " pnl_unexplained, net_flows, quality) VALUES ('2026-01-30', %s, 1, 'A', 'ISIN', 'I', 'EUR',"
            " 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 'ok')",
            (client_id,),
        )
    return person


def rows_seen(session: Session, client_id: str) -> dict[str, int]:
    counted = {}
    for table in OF_CLIENTS:
        query = f"SELECT count(*) AS n FROM {table} WHERE client_id = %s".encode()  # noqa: S608
        row = session.execute(query, (client_id,)).fetchone()
        assert row is not None
        counted[table] = row["n"]
    return counted


@pytest.mark.parametrize("role", ROLES)
def test_a_process_logs_in_as_its_own_role_which_owns_nothing_and_has_no_special_right(
    bank: Bank, role: DatabaseRole
) -> None:
    with acting(bank, role) as session:
        me = session.execute(
            "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication AS special,"
            " EXISTS (SELECT FROM pg_class WHERE relowner = pg_roles.oid) AS owns,"
            " EXISTS (SELECT FROM pg_auth_members WHERE member = pg_roles.oid) AS is_member"
            " FROM pg_roles WHERE rolname = current_user AND session_user = current_user"
        ).fetchone()
    assert me == {"rolname": f"tipline_{role}", "special": False, "owns": False, "is_member": False}


def test_every_table_is_somebodys_and_none_is_everybodys(bank: Bank) -> None:
    granted = bank.rows(
        "SELECT c.relname, array_agg(DISTINCT acl.grantee) FILTER (WHERE acl.grantee <> c.relowner) AS to_whom"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " LEFT JOIN pg_attribute a ON a.attrelid = c.oid"
        " CROSS JOIN LATERAL aclexplode(coalesce(c.relacl, '{}') || coalesce(a.attacl, '{}')) acl"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v') GROUP BY c.relname"
    )
    tables = bank.rows("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
    # Filled by people at the command line, as the owner, and by triggers.
    by_the_owner = {"resubmitted_rows"}
    used = {row["relname"] for row in granted if row["to_whom"]}
    assert {row["relname"] for row in tables} - used <= by_the_owner
    assert [row["relname"] for row in granted if 0 in (row["to_whom"] or ())] == []


def test_the_api_sees_rows_of_the_clients_of_whom_it_acts_for(bank: Bank) -> None:
    ann, bob = with_everything(bank), with_everything(bank)
    head, analyst = bank.person(clients=0, role="head"), bank.person(clients=0, role="analyst")
    everything, nothing = dict.fromkeys(OF_CLIENTS, 1), dict.fromkeys(OF_CLIENTS, 0)
    for rm_id, hers, his in (
        (ann.rm_id, everything, nothing),
        (head.rm_id, everything, everything),
        (analyst.rm_id, nothing, nothing),
        ("nobody at all", nothing, nothing),
        ("", nothing, nothing),
    ):
        with acting(bank, "api", rm_id) as session:
            assert rows_seen(session, ann.clients[0]) == hers
            assert rows_seen(session, bob.clients[0]) == his


def test_cover_that_ended_shows_nothing_any_more(bank: Bank) -> None:
    ann = with_everything(bank)
    bank.covers(ann.rm_id, ann.clients[0], until="2020-01-01")
    with acting(bank, "api", ann.rm_id) as session:
        assert rows_seen(session, ann.clients[0]) == dict.fromkeys(OF_CLIENTS, 0)


def test_another_rms_rows_are_neither_changed_nor_added_to_nor_read_through_a_view_or_a_feed(bank: Bank) -> None:
    ann, bob = bank.person(), with_everything(bank)
    alert = bank.alert(bob.clients[0])
    with acting(bank, "api", ann.rm_id) as session:
        changed = session.execute("UPDATE alerts SET dismissed_at = now() WHERE alert_id = %s", (alert.alert_id,))
        assert changed.rowcount == 0
        for add in (
            "INSERT INTO client_blocks (client_id, name, added_by) VALUES (%(client)s, 'X', 'x')",
            "INSERT INTO alert_events (alert_id, revision, kind, actor) VALUES (%(alert)s, 1, 'acknowledged', 'x')",
            "INSERT INTO feedback (alert_id, revision, rm_id, useful) VALUES (%(alert)s, 1, %(rm)s, true)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                session.execute(add.encode(), {"client": bob.clients[0], "alert": alert.alert_id, "rm": ann.rm_id})
        for look in (
            "SELECT FROM client_metrics_current WHERE client_id = %(client)s",
            "SELECT FROM positions_eod_current WHERE client_id = %(client)s",
            "SELECT FROM client_metrics_known_at('infinity') WHERE client_id = %(client)s",
            "SELECT FROM clients_seen_by(%(bob)s) WHERE client_id = %(client)s",
            "SELECT FROM rm_feed WHERE rm_id = %(bob)s",
            "SELECT alerts_with_words('happened') INTERSECT SELECT %(alert)s::uuid",
        ):
            found = session.execute(
                look.encode(), {"client": bob.clients[0], "bob": bob.rm_id, "alert": alert.alert_id}
            ).fetchall()
            assert found == [], look


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("api", "UPDATE rm SET password_hash = 'x'"),
        ("api", "UPDATE rm SET last_seq = 0"),
        ("api", "INSERT INTO rm (rm_id, display, password_hash) VALUES ('evil', 'E', 'x')"),
        ("api", "UPDATE audit_log SET actor = 'x'"),
        ("api", "DELETE FROM audit_log"),
        ("api", "DELETE FROM audit_chain"),
        ("api", "TRUNCATE audit_log"),
        ("api", "SELECT FROM client_keys"),
        ("api", "SELECT FROM glue_jobs"),
        ("api", "UPDATE client_metrics SET market_value = 0"),
        ("api", "DELETE FROM alerts"),
        ("api", "ALTER TABLE alerts DISABLE ROW LEVEL SECURITY"),
        ("api", "DROP POLICY of_seen_clients ON alerts"),
        ("api", "SET ROLE tipline"),
        ("api", "SET SESSION AUTHORIZATION tipline"),
        ("api", "CREATE TABLE mine (x int)"),
        ("api", "CREATE ROLE mine"),
        ("api", "COPY (SELECT 1) TO PROGRAM 'cat'"),
        ("api", "SELECT pg_read_file('/etc/passwd')"),
        ("router", "SELECT FROM sessions"),
        ("router", "SELECT FROM client_keys"),
        ("router", "UPDATE rm SET role = 'head'"),
        ("router", "DELETE FROM alerts"),
        ("intake", "SELECT FROM clients"),
        ("intake", "SELECT FROM alerts"),
        ("serve", "SELECT FROM alerts"),
        ("serve", "INSERT INTO client_aliases (client_id, name, type) VALUES ('x', 'x', 'alias')"),
        ("batch", "SELECT FROM alerts"),
        ("batch", "UPDATE client_metrics SET market_value = 0"),
        ("batch", "DELETE FROM positions_eod"),
        ("batch", "SELECT FROM sessions"),
        ("warm", "SELECT FROM clients"),
        ("warm", "UPDATE client_keys SET wrapped_key = NULL"),
        ("warm", "DELETE FROM client_keys"),
        ("ticks", "SELECT FROM clients"),
        ("analyst", "SELECT FROM clients"),
        ("analyst", "SELECT FROM client_metrics"),
        ("analyst", "DELETE FROM iceberg_tables"),
    ],
)  # fmt: skip
def test_what_a_process_has_no_business_with_is_refused(bank: Bank, role: DatabaseRole, statement: str) -> None:
    head = bank.person(clients=0, role="head")
    with acting(bank, role, head.rm_id) as session, pytest.raises(psycopg.errors.InsufficientPrivilege):
        session.execute(statement.encode())


def test_a_role_does_not_open_with_anothers_password(bank: Bank) -> None:
    known = bank.settings.model_dump(include={"data_dir", "postgres_port"})
    intake, router = load_settings("intake", **known), load_settings("router", **known)
    assert intake.postgres_password != router.postgres_password
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            f"{router.postgres_dsn}?user={router.postgres_user}&password={intake.postgres_password.get_secret_value()}"
        )


def test_whom_a_connection_acted_for_is_forgotten_when_it_is_borrowed_again(bank: Bank) -> None:
    ann = with_everything(bank)
    client_id = ann.clients[0]
    with acting(bank, "api", ann.rm_id) as session:
        assert rows_seen(session, client_id)["alerts"] == 1
        session.execute("SELECT set_config('app.rm_id', '', false)")
        assert rows_seen(session, client_id)["alerts"] == 0
        # Never a name that quotes or injects: the variable is a parameter and compared as text.
        session.execute("SELECT set_config('app.rm_id', %s, false)", (f"{ann.rm_id}' OR true --",))
        assert rows_seen(session, client_id)["alerts"] == 0
