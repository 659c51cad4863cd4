"""Analysts at boto3's Athena client, and what no machine should answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clients.athena import athena, run
from core.settings import Settings
from tests.integration.analyst_queries import Rows

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient

OUTPUT = "s3://sql-results/tests/"
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
# Two gigabytes that DuckDB's own limit does not see.
_TENFOLD = "SELECT " + "||".join(["s"] * 10) + " AS s FROM"
LARGE = f"SELECT length(s||s) FROM ({_TENFOLD} ({_TENFOLD} ({_TENFOLD} (SELECT lpad('x', 1000000, 'x') AS s))))"  # noqa: S608


def client(settings: Settings, role: str) -> AthenaClient:
    return athena(settings.model_copy(update={"aws_profile": f"tipline-{role}"}))


def answer(who: AthenaClient, query: str) -> Rows:
    return list(run(who, query, database="gold", output=OUTPUT).rows)


def start(who: AthenaClient, query: str, **options: Any) -> str:
    return who.start_query_execution(QueryString=query, ResultConfiguration={"OutputLocation": OUTPUT}, **options)[
        "QueryExecutionId"
    ]


def state(who: AthenaClient, query_id: str) -> str:
    return who.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]["State"]
