"""Queries in PostgreSQL: what was asked, by whom, and what became of it; every step is in the audit log as well."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid4

from api.athena.layouts import layout_of
from api.athena.requests import StartQueryExecution
from api.audit import Caller, record_sync
from clients.postgres import Jsonb, Row, Session
from core.errors import BadInput, RateLimited

State = Literal["QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"]
MAX_WAITING = 50
KEEP_DAYS = 45
INTERRUPTED = "the service was stopped while the query ran; start it again"


@dataclass(frozen=True, slots=True)
class Query:
    """One query as it is stored."""

    query_id: UUID
    actor: str
    role: str
    query: str
    database: str | None
    work_group: str
    output_location: str
    state: State
    reason: str | None
    columns: list[dict[str, str]]
    result_rows: int
    result_bytes: int
    scanned_bytes: int
    submitted_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def caller(self) -> Caller:
        """Who asked, for the audit log."""
        return Caller(self.actor, self.role)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a query ended; `clients` are those whose ids it read."""

    state: State
    reason: str | None = None
    columns: tuple[dict[str, str], ...] = ()
    rows: int = 0
    size_bytes: int = 0
    scanned_bytes: int = 0
    clients: Collection[str] = ()


_COLUMNS = ", ".join(Query.__slots__)
_FIND = f"SELECT {_COLUMNS} FROM sql_queries WHERE query_id = %s AND actor = %s"  # noqa: S608
_INSERT = f"""
    INSERT INTO sql_queries (query_id, actor, role, request_token, query, database, work_group, output_location)
    VALUES (%(query_id)s, %(actor)s, %(role)s, %(token)s, %(query)s, %(database)s, %(work_group)s, %(output)s)
    ON CONFLICT (actor, request_token) DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608
_BY_TOKEN = f"SELECT {_COLUMNS} FROM sql_queries WHERE actor = %s AND request_token = %s"  # noqa: S608
_WAITING = "SELECT count(*) AS n FROM sql_queries WHERE state IN ('QUEUED', 'RUNNING')"
_FORGET = "DELETE FROM sql_queries WHERE submitted_at < now() - make_interval(days => %s)"
_BEGIN = f"""
    UPDATE sql_queries SET state = 'RUNNING', started_at = clock_timestamp()
    WHERE query_id = %s AND state = 'QUEUED' RETURNING {_COLUMNS}
"""  # noqa: S608
_END = """
    UPDATE sql_queries SET state = %s, reason = %s, columns = %s, result_rows = %s, result_bytes = %s,
        scanned_bytes = %s, ended_at = clock_timestamp()
    WHERE query_id = %s AND state IN ('QUEUED', 'RUNNING') RETURNING 1
"""
_LEFT = f"SELECT {_COLUMNS} FROM sql_queries WHERE state IN ('QUEUED', 'RUNNING')"  # noqa: S608
_PAGE = "SELECT query_id FROM sql_queries WHERE actor = %s ORDER BY submitted_at DESC, query_id OFFSET %s LIMIT %s"


def submit(session: Session, caller: Caller, request: StartQueryExecution, output_folder: str) -> tuple[Query, bool]:
    """Store a query and say whether it is new; the same request token gives the query that it named before.

    BadInput when that asked for something else; RateLimited when too many wait.
    """
    query_id, context = uuid4(), request.QueryExecutionContext
    token = request.ClientRequestToken or str(query_id)
    before = session.execute(_BY_TOKEN, (caller.rm_id, token)).fetchone()
    waiting = session.execute(_WAITING).fetchone()
    if before is None and waiting is not None and waiting["n"] >= MAX_WAITING:
        raise RateLimited("too many queries wait; try again in a while", code="TooManyRequestsException")
    session.execute(_FORGET, (KEEP_DAYS,))
    values = {
        "query_id": query_id,
        "actor": caller.rm_id,
        "role": caller.role,
        "token": token,
        "query": request.QueryString,
        "database": context.Database,
        "work_group": request.WorkGroup,
        "output": f"{output_folder}{query_id}{layout_of(request.QueryString).suffix}",
    }
    row = session.execute(_INSERT, values).fetchone()
    if row is not None:
        record_sync(session, caller, "sql.submitted", subject=str(query_id), detail={"query": request.QueryString})
        return _query(row), True
    stored = _query(session.execute(_BY_TOKEN, (caller.rm_id, token)).fetchone())
    if (stored.query, stored.database) != (request.QueryString, context.Database):
        raise BadInput("this ClientRequestToken was used for another query", code="InvalidRequestException")
    return stored, False


def find(session: Session, caller: Caller, query_id: UUID) -> Query:
    """Return a query of the caller's; BadInput when there is none, as Athena says it."""
    row = session.execute(_FIND, (query_id, caller.rm_id)).fetchone()
    if row is None:
        raise BadInput(f"QueryExecution {query_id} was not found", code="InvalidRequestException")
    return _query(row)


def page(session: Session, caller: Caller, offset: int, limit: int) -> list[str]:
    """Return ids of the caller's queries, newest first."""
    rows = session.execute(_PAGE, (caller.rm_id, offset, limit))
    return [str(row["query_id"]) for row in rows]


def begin(session: Session, query_id: UUID) -> Query | None:
    """Take a query that waits; None when it was cancelled meanwhile."""
    row = session.execute(_BEGIN, (query_id,)).fetchone()
    return _query(row) if row else None


def end(session: Session, query: Query, outcome: Outcome) -> None:
    """Store how a query ended, once, and record it with the clients whose ids it read."""
    values = (outcome.state, outcome.reason, Jsonb(list(outcome.columns)), outcome.rows, outcome.size_bytes)
    if session.execute(_END, (*values, outcome.scanned_bytes, query.query_id)).fetchone() is None:
        return
    detail = {
        "state": outcome.state,
        "query": query.query,
        "rows": outcome.rows,
        "scanned_bytes": outcome.scanned_bytes,
    }
    subject = str(query.query_id)
    record_sync(session, query.caller, "sql.ran", clients=outcome.clients, subject=subject, detail=detail)


def end_interrupted(session: Session) -> None:
    """End what an earlier service left under way."""
    for row in session.execute(_LEFT).fetchall():
        end(session, _query(row), Outcome("FAILED", INTERRUPTED))


def _query(row: Row | None) -> Query:
    if row is None:
        raise AssertionError("the conflicting row is there")
    return Query(**row)
