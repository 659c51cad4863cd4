"""The operations of Amazon Athena that we stand for, each from the request's JSON to the reply's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from api.athena import queries, results
from api.athena import requests as ask
from api.athena.describing import is_utility
from api.athena.layouts import layout_of
from api.athena.queries import Query
from api.athena.runner import Runner
from api.audit import Caller
from api.principal import permits
from clients.postgres import Pool, transaction_of
from clients.s3 import Store
from core.errors import BadInput, Forbidden, NotFound
from core.page_tokens import next_token, offset_of
from core.settings import Settings

Json = dict[str, Any]
PLATFORM = "platform"


class Athena:
    """Athena over PostgreSQL and S3; a query that was stored is handed to the runner."""

    def __init__(self, settings: Settings, pool: Pool, store: Store, runner: Runner) -> None:
        self._pool, self._store, self._runner = pool, store, runner
        self._default_output = f"s3://{settings.sql_results_bucket}/"
        self._protected = {
            settings.bronze_bucket,
            settings.silver_bucket,
            settings.gold_bucket,
            settings.archive_bucket,
        }

    def operations(self, user: str, role: str) -> Mapping[str, Callable[[Json], Json]]:
        """Return the operations by AWS's names for one caller; Forbidden when the role runs no SQL."""
        if role != PLATFORM and not permits(role, "sql.run"):
            raise Forbidden(f"the role {role} does not include sql.run", code="AccessDeniedException")
        caller = Caller(user, role)
        offered = {
            "StartQueryExecution": self._start,
            "GetQueryExecution": self._get,
            "GetQueryResults": self._results,
            "StopQueryExecution": self._stop,
            "ListQueryExecutions": self._list,
        }
        return {name: partial(operation, caller) for name, operation in offered.items()}

    def _start(self, caller: Caller, payload: Json) -> Json:
        request = ask.StartQueryExecution.model_validate(payload)
        folder = self._output_folder(request.ResultConfiguration.OutputLocation or self._default_output)
        with transaction_of(self._pool) as session:
            query, new = queries.submit(session, caller, request, folder)
        if new:
            self._runner.start(query)
        return {"QueryExecutionId": str(query.query_id)}

    def _get(self, caller: Caller, payload: Json) -> Json:
        return {"QueryExecution": _described(self._find(caller, payload))}

    def _stop(self, caller: Caller, payload: Json) -> Json:
        self._runner.cancel(self._find(caller, payload))
        return {}

    def _list(self, caller: Caller, payload: Json) -> Json:
        request = ask.ListQueryExecutions.model_validate(payload)
        offset = offset_of(request.NextToken)
        with transaction_of(self._pool) as session:
            found = queries.page(session, caller, offset, request.MaxResults + 1)
        more = {"NextToken": next_token(offset + request.MaxResults)} if len(found) > request.MaxResults else {}
        return {"QueryExecutionIds": found[: request.MaxResults], **more}

    def _results(self, caller: Caller, payload: Json) -> Json:
        request = ask.GetQueryResults.model_validate(payload)
        query, offset = self._find(caller, payload), offset_of(request.NextToken)
        if query.state in ("QUEUED", "RUNNING"):
            raise BadInput(f"Query has not yet finished. Current state: {query.state}")
        if query.state != "SUCCEEDED":
            raise BadInput(f"Query did not finish successfully. Final query state: {query.state}")
        place = results.Place.parse(query.output_location)
        layout, end = layout_of(query.query), query.result_bytes
        try:
            records, after = results.read(self._store, place, layout, offset=offset, end=end, limit=request.MaxResults)
        except NotFound:
            raise BadInput("the query's result is no longer there; run the query again") from None
        rows = [{"Data": [{} if one is None else {"VarCharValue": one} for one in record]} for record in records]
        metadata = {"ColumnInfo": [_column(column["name"], column["type"]) for column in query.columns]}
        more = {"NextToken": next_token(after)} if after < query.result_bytes else {}
        return {"UpdateCount": 0, "ResultSet": {"Rows": rows, "ResultSetMetadata": metadata}, **more}

    def _find(self, caller: Caller, payload: Json) -> Query:
        request = ask.OneQuery.model_validate(payload)
        with transaction_of(self._pool) as session:
            return queries.find(session, caller, request.QueryExecutionId)

    def _output_folder(self, url: str) -> str:
        """Return where a result may go: any bucket but those that hold the bank's data."""
        place = results.Place.parse(url)
        if place.bucket in self._protected:
            raise BadInput(f"results may not be written to {place.bucket}")
        return url if url.endswith("/") else f"{url}/"


def _described(query: Query) -> Json:
    status: Json = {"State": query.state, "SubmissionDateTime": _seconds(query.submitted_at)}
    if query.ended_at is not None:
        status["CompletionDateTime"] = _seconds(query.ended_at)
    if query.reason is not None:
        status["StateChangeReason"] = query.reason
    if query.state == "FAILED":
        # Category 2: what the caller asked for; trying again does not help.
        status["AthenaError"] = {"ErrorCategory": 2, "ErrorType": 1, "Retryable": False, "ErrorMessage": query.reason}
    context = {"Catalog": "awsdatacatalog"} | ({"Database": query.database} if query.database else {})
    return {
        "QueryExecutionId": str(query.query_id),
        "Query": query.query,
        "StatementType": "UTILITY" if is_utility(query.query) else "DML",
        "ResultConfiguration": {"OutputLocation": query.output_location},
        "QueryExecutionContext": context,
        "Status": status,
        "Statistics": {
            "DataScannedInBytes": query.scanned_bytes,
            "QueryQueueTimeInMillis": _millis(query.submitted_at, query.started_at),
            "EngineExecutionTimeInMillis": _millis(query.started_at, query.ended_at),
            "TotalExecutionTimeInMillis": _millis(query.submitted_at, query.ended_at),
        },
        "WorkGroup": query.work_group,
        "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
    }


def _column(name: str, written: str) -> Json:
    """Describe a column of a result as Athena does: decimals with precision and scale, the rest by its base type."""
    base, _, arguments = written.partition("(")
    numbers = [int(one) for one in arguments.rstrip(")").split(",")] if base == "decimal" else []
    precision, scale = (*numbers, 0, 0)[:2]
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": base,
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": base == "varchar",
    }


def _seconds(moment: datetime) -> float:
    return round(moment.timestamp(), 3)


def _millis(since: datetime | None, until: datetime | None) -> int:
    return int((until - since).total_seconds() * 1000) if since and until else 0
