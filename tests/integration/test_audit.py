"""The audit log on the real database: append only, one chain whatever comes when, and each way to break it is found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.audit import Caller, record_sync
from api.audit_chain import Head, read_newest, seal, verify
from api.audit_sealer import Sealer, head_file, read_head
from clients.postgres import DatabaseError, Session, async_pool, connect
from core.settings import Settings, as_environment, load_settings
from ops import audit
from tests.integration.router_process import until

WRITERS, EACH = 8, 25
APPEND_ONLY = "ALTER TABLE {0} {1} TRIGGER {0}_append_only"


@pytest.fixture
def database(postgres: Settings) -> Iterator[Session]:
    with connect(postgres) as session:
        yield session


@pytest.fixture
def api(postgres: Settings) -> Settings:
    """The settings of a gateway, which may add to the log and no more."""
    return load_settings(
        "api", **postgres.model_dump(exclude_unset=True, exclude={"postgres_password", "postgres_user"})
    )


def write(settings: Settings, count: int, actor: str = "ann") -> None:
    with connect(settings) as session:
        for n in range(count):
            # Some transactions end long after they began, and some not at all.
            with session.transaction(force_rollback=n % 5 == 4):
                record_sync(session, Caller(actor, "rm"), "test.done", clients=[f"C-{n}"], detail={"n": n, "é": 0.1})


def seal_all(settings: Settings) -> None:
    """Seal from two processes' pools at once, until nothing is left."""

    async def run() -> None:
        async with async_pool(settings, size=2) as pool:

            async def one() -> None:
                async with pool.connection() as session:
                    while await seal(session):
                        pass

            await asyncio.gather(one(), one())

    def done() -> bool:
        asyncio.run(run())
        with connect(settings) as session:
            return session.execute("SELECT FROM audit_pending").fetchone() is None

    until(done)


@contextmanager
def tampering(session: Session) -> Iterator[None]:
    """Let a block do what only the owner of the database can, and undo it all."""
    with session.transaction(force_rollback=True):
        for table in ("audit_log", "audit_chain"):
            session.execute(f"GRANT UPDATE, DELETE ON {table} TO CURRENT_USER".encode())
            session.execute(APPEND_ONLY.format(table, "DISABLE").encode())
        yield


def sealed_ids(session: Session, count: int) -> list[int]:
    rows = session.execute("SELECT audit_id FROM audit_chain ORDER BY seq DESC LIMIT %s", (count,)).fetchall()
    return [row["audit_id"] for row in rows]


def test_concurrent_writers_and_sealers_make_one_chain(api: Settings, database: Session) -> None:
    seal_all(api)
    before = verify(database, Head())
    assert before.breaches == []
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        writers = [threads.submit(write, api, EACH, f"writer-{n}") for n in range(WRITERS)]
        threads.submit(seal_all, api).result()
        for writer in writers:
            writer.result()
    seal_all(api)
    after = verify(database, before.head)
    assert after.breaches == []
    assert after.records - before.records >= WRITERS * EACH * 4 // 5
    assert after.head == read_newest(database)


@pytest.mark.parametrize("table", ["audit_log", "audit_chain"])
@pytest.mark.parametrize("change", ["UPDATE {} SET audit_id = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_what_is_written(api: Settings, postgres: Settings, table: str, change: str) -> None:
    for who in (api, postgres):
        with connect(who) as session, pytest.raises(DatabaseError):
            session.execute(change.format(table).encode())


def test_the_owner_who_grants_himself_the_right_is_refused_too(database: Session) -> None:
    with database.transaction(force_rollback=True):
        database.execute("GRANT DELETE ON audit_log TO CURRENT_USER")
        with pytest.raises(DatabaseError, match="append only"), database.transaction():
            database.execute("DELETE FROM audit_log")


def test_one_changed_byte_is_found(api: Settings, database: Session) -> None:
    write(api, 4)
    seal_all(api)
    victim = sealed_ids(database, 3)[2]
    with tampering(database):
        database.execute("UPDATE audit_log SET actor = 'anm' WHERE audit_id = %s", (victim,))
        (breach,) = verify(database, Head()).breaches
    assert str(victim) in breach
    assert "changed" in breach


def test_one_missing_record_is_found(api: Settings, database: Session) -> None:
    write(api, 4)
    seal_all(api)
    victim = sealed_ids(database, 3)[2]
    with tampering(database):
        database.execute("DELETE FROM audit_log WHERE audit_id = %s", (victim,))
        (breach,) = verify(database, Head()).breaches
        assert breach.startswith(f"record {victim} ")
        database.execute("DELETE FROM audit_chain WHERE audit_id = %s", (victim,))
        (breach,) = verify(database, Head()).breaches
        assert "missing from the chain" in breach


def test_a_record_that_was_slipped_in_is_found(database: Session) -> None:
    with tampering(database):
        database.execute("INSERT INTO audit_log (at, actor, action) VALUES (now() - interval '1 hour', 'eve', 'x.y')")
        (breach,) = verify(database, Head()).breaches
    assert "no place" in breach


def test_a_missing_end_is_found_by_the_head_that_was_kept(api: Settings, database: Session) -> None:
    write(api, 4)
    seal_all(api)
    kept = read_newest(database)
    assert verify(database, kept).breaches == []
    with tampering(database):
        for victim in sealed_ids(database, 2):
            database.execute("DELETE FROM audit_log WHERE audit_id = %s", (victim,))
            database.execute("DELETE FROM audit_chain WHERE audit_id = %s", (victim,))
        assert verify(database, Head()).breaches == []
        (breach,) = verify(database, kept).breaches
    assert f"lacks place {kept.seq}" in breach


def test_a_chain_that_was_written_anew_is_found_by_the_head_that_was_kept(api: Settings, database: Session) -> None:
    write(api, 4)
    seal_all(api)
    kept = read_newest(database)
    (breach,) = verify(database, Head(kept.seq, bytes(32))).breaches
    assert "anew" in breach


async def test_the_sealer_keeps_the_head_and_leaves_one_that_the_chain_has_lost(api: Settings, tmp_path: Path) -> None:
    file = tmp_path / "head"
    async with async_pool(api) as pool:
        sealing = asyncio.create_task(Sealer(pool, file).run())
        try:
            await asyncio.to_thread(write, api, 1)
            await asyncio.to_thread(until, file.exists)
            lost = Head(2**40, bytes(32))
            file.write_text(str(lost))
            with connect(api) as session:
                before = read_newest(session)
                await asyncio.to_thread(write, api, 1)
                await asyncio.to_thread(until, lambda: read_newest(session) != before)
            assert read_head(file) == lost
        finally:
            sealing.cancel()


def test_the_command_tells_a_chain_that_holds_from_one_that_does_not(
    api: Settings, postgres: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in as_environment(postgres).items():
        monkeypatch.setenv(name, value)
    write(api, 1)
    seal_all(api)
    command, runner = typer.Typer(), CliRunner()
    audit.register(command)
    head = runner.invoke(command, ["audit", "head"])
    held = runner.invoke(command, ["audit", "verify", "--head", head.output.strip()])
    broken = runner.invoke(command, ["audit", "verify", "--head", f"{2**40}:{'00' * 32}"])
    assert (held.exit_code, broken.exit_code) == (0, 1)
    assert "the chain holds" in held.output
    assert "its end is missing" in broken.output
    assert head_file(postgres).is_relative_to(postgres.data_dir)
