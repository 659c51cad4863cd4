"""A client of Athena: our facade, or AWS where `athena_url` names it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clients.aws import session, translated
from core.errors import BadInput
from core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_athena.type_defs import QueryExecutionTypeDef

LOOK_EVERY_S = (0.05, 1.0)


@dataclass(frozen=True, slots=True)
class Result:
    """A finished query: the columns' names, the rows as text (None is null), and how much of the lake was read."""

    columns: list[str]
    rows: Iterator[list[str | None]]
    scanned_bytes: int


def athena(settings: Settings) -> AthenaClient:
    """Return a client with the profile's credentials."""
    return session(settings).client("athena", endpoint_url=settings.athena_url)


def run(client: AthenaClient, query: str, *, database: str, output: str) -> Result:
    """Run a query to its end; BadInput with Athena's reason when it fails. Interrupted, it stops the query."""
    with translated("athena"):
        query_id = client.start_query_execution(
            QueryString=query,
            QueryExecutionContext={"Database": database},
            ResultConfiguration={"OutputLocation": output},
        )["QueryExecutionId"]
        try:
            execution = _wait(client, query_id)
        except KeyboardInterrupt:
            client.stop_query_execution(QueryExecutionId=query_id)
            raise
        rows = _rows(client, query_id)
        if execution.get("StatementType") == "UTILITY":
            columns, rows = _names(client, query_id), map(_parted, rows)
        else:
            columns = [name or "" for name in next(rows)]
    return Result(columns, rows, execution["Statistics"].get("DataScannedInBytes", 0))


def _wait(client: AthenaClient, query_id: str) -> QueryExecutionTypeDef:
    pause_s, longest_s = LOOK_EVERY_S
    while True:
        found = client.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        status = found["Status"]
        if status["State"] == "SUCCEEDED":
            return found
        if status["State"] in ("FAILED", "CANCELLED"):
            raise BadInput(status.get("StateChangeReason", status["State"]), code="query_failed")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, longest_s)


def _rows(client: AthenaClient, query_id: str) -> Iterator[list[str | None]]:
    with translated("athena"):
        for page in client.get_paginator("get_query_results").paginate(QueryExecutionId=query_id):
            for row in page["ResultSet"]["Rows"]:
                yield [cell.get("VarCharValue") for cell in row["Data"]]


def _names(client: AthenaClient, query_id: str) -> list[str]:
    """Return the columns of what SHOW or DESCRIBE found, whose rows have no header."""
    found = client.get_query_results(QueryExecutionId=query_id, MaxResults=1)
    return [column["Name"] for column in found["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]


def _parted(row: list[str | None]) -> list[str | None]:
    """Part what DESCRIBE tells of a column, one cell padded and with tabs between."""
    return [part.strip() for cell in row for part in (cell or "").split("\t")]
