"""PostgreSQL through psycopg 3: the one file that imports it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import AsyncConnection, Connection, IsolationLevel, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.copy import QueuedLibpqWriter
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from core.errors import DependencyUnavailable
from core.settings import Settings

Row = dict[str, Any]
Session = Connection[Row]
AsyncSession = AsyncConnection[Row]
Pool = ConnectionPool[Session]
AsyncPool = AsyncConnectionPool[AsyncSession]
DatabaseError = psycopg.Error
DatabaseUnavailable = psycopg.OperationalError
ConnectionLost = psycopg.InterfaceError
UnfitData = (psycopg.DataError, psycopg.IntegrityError)
UniqueViolation = psycopg.errors.UniqueViolation
Deadlock = psycopg.errors.DeadlockDetected
ANSWER_WITHIN_S = 5.0

__all__ = [
    "AsyncPool", "AsyncSession", "ConnectionLost", "DatabaseError", "DatabaseUnavailable", "Jsonb", "Pool", "Row",
    "Session", "UnfitData", "UniqueViolation", "async_pool", "connect", "connection_parameters", "copy_csv", "dsn",
    "migrate", "pool", "session_of", "snapshot", "transaction", "transaction_of",
]  # fmt: skip


def dsn(settings: Settings) -> str:
    """Return the connection string with user, password, and whom to trust."""
    return make_conninfo(**connection_parameters(settings))


def connection_parameters(settings: Settings) -> dict[str, Any]:
    """Return libpq's parameters; in production the server is verified, unless the DSN names an `sslmode` of its own."""
    named = conninfo_to_dict(settings.postgres_dsn)
    parts: dict[str, Any] = {**named, "user": settings.postgres_user, "connect_timeout": 5}
    if password := settings.postgres_password.get_secret_value():
        parts["password"] = password
    if settings.mode == "production" and "sslmode" not in named:
        parts |= {"sslmode": "verify-full", "sslrootcert": "system"}
    if settings.ca_file is not None:
        parts["sslrootcert"] = str(settings.ca_file)
    return parts


def connect(settings: Settings, *, autocommit: bool = True) -> Session:
    """Open one connection whose rows are dictionaries; DependencyUnavailable when the server does not answer."""
    try:
        return Connection[Row].connect(dsn(settings), autocommit=autocommit, row_factory=dict_row)
    except psycopg.OperationalError as error:
        raise DependencyUnavailable(f"PostgreSQL does not answer: {error}", code="postgres_unavailable") from error


def pool(settings: Settings, *, size: int = 4) -> Pool:
    """Return an unopened pool of autocommit connections with dictionary rows; use it as a context manager."""
    return ConnectionPool(
        dsn(settings),
        min_size=1,
        max_size=size,
        open=False,
        kwargs={"row_factory": dict_row, "autocommit": True},
        check=ConnectionPool.check_connection,
    )


def async_pool(settings: Settings, *, size: int = 8, acting: Callable[[], str] | None = None) -> AsyncPool:
    """Return an unopened asyncio pool of autocommit connections with dictionary rows.

    With `acting`, whoever borrows a connection is put into its variable `app.rm_id`, which row-level security goes by.
    """

    async def check(session: AsyncSession) -> None:
        # At every borrowing, and the question whether the connection lives: both in one round trip.
        await session.execute("SELECT set_config('app.rm_id', %s, false)", (acting() if acting else "",))

    return AsyncConnectionPool(
        dsn(settings),
        min_size=1,
        max_size=size,
        open=False,
        timeout=5.0,
        kwargs={"row_factory": dict_row, "autocommit": True},
        check=check if acting else AsyncConnectionPool.check_connection,
    )


@asynccontextmanager
async def session_of(pool: AsyncPool) -> AsyncIterator[AsyncSession]:
    """Borrow a connection for a few seconds at most; DependencyUnavailable when the server does not answer in that."""
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), pool.connection(timeout=ANSWER_WITHIN_S) as session:
            yield session
    except (psycopg.OperationalError, psycopg.InterfaceError, TimeoutError) as error:
        raise DependencyUnavailable(
            "PostgreSQL does not answer", code="postgres_unavailable", retry_after_s=2
        ) from error


@asynccontextmanager
async def snapshot(session: AsyncSession) -> AsyncIterator[None]:
    """Run a block in one transaction whose statements all see the same state of the database."""
    # Said with the BEGIN, not in a round trip of its own.
    await session.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        async with session.transaction():
            yield
    finally:
        # A lost connection goes back to no pool, and refusing the change would hide how it was lost.
        if not session.closed:
            await session.set_isolation_level(None)


@contextmanager
def transaction(session: Session) -> Iterator[Session]:
    """Run a block in one transaction; a lost server becomes DependencyUnavailable."""
    try:
        with session.transaction():
            yield session
    except psycopg.OperationalError as error:
        raise DependencyUnavailable(f"PostgreSQL was lost: {error}", code="postgres_unavailable") from error


@contextmanager
def transaction_of(pool: Pool) -> Iterator[Session]:
    """Borrow a connection and run a block in one transaction; DependencyUnavailable while PostgreSQL is away."""
    try:
        with pool.connection(timeout=ANSWER_WITHIN_S) as session, session.transaction():
            yield session
    except psycopg.OperationalError as error:
        raise DependencyUnavailable("PostgreSQL does not answer", code="postgres_unavailable") from error


def copy_csv(session: Session, table: str, columns: Sequence[str], chunks: Iterable[bytes]) -> int:
    """COPY headerless CSV into some columns of a table and return how many rows came; null is an unquoted nothing.

    A thread of its own sends, so that the next chunk is made while the server reads the last.
    """
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with session.cursor() as cursor:
        with cursor.copy(statement, writer=QueuedLibpqWriter(cursor)) as copy:
            for chunk in chunks:
                copy.write(chunk)
        return cursor.rowcount


def migrate(settings: Settings, folder: Path) -> list[str]:
    """Apply the `NNNN_*.sql` files of a folder that this database has not seen, in order; return their names."""
    applied: list[str] = []
    with connect(settings) as session:
        session.execute("SELECT pg_advisory_lock(7214071)")
        session.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations"
            " (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        done = {row["name"] for row in session.execute("SELECT name FROM schema_migrations")}
        for path in sorted(folder.glob("[0-9]*.sql")):
            if path.name in done:
                continue
            with session.transaction():
                session.execute(path.read_bytes())
                session.execute("INSERT INTO schema_migrations (name) VALUES (%s)", (path.name,))
            applied.append(path.name)
    return applied
