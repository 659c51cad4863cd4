"""Analysts' SQL through boto3's Athena client: the same rows as Spark's, and nothing beyond what the role may see."""

# Every query here is put together from constants of the tests.
# ruff: noqa: S608

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import typer
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from api.athena.expiry import Expiry
from api.athena.queries import INTERRUPTED
from batch.lake import Lake
from clients.athena import run
from clients.s3 import Store
from core.clock import utc_now
from core.errors import BadInput
from core.sealing import client_token
from core.settings import Settings, as_environment
from ops import sql
from tests.integration.analyst_queries import (
    CLIENTS,
    DAYS,
    FIRST,
    LAST,
    SPAN,
    Asked,
    by_spark,
    by_value,
    lake_rows,
    queries,
)
from tests.integration.analysts import ENDLESS, LARGE, OUTPUT, answer, client, start, state
from tests.integration.facade import running_facade
from tests.integration.router_process import query as rows_of
from tests.integration.router_process import until

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient

NAMES = list(queries({"snapshot": 0, "moment": ""}))


@pytest.fixture(scope="module")
def facade(lake: Lake) -> Iterator[Settings]:
    Store(lake.settings).ensure_bucket("sql-results")
    with running_facade(lake.settings.model_copy(update={"sql_timeout_s": 20.0})):
        yield lake.settings


@pytest.fixture(scope="module")
def compliance(facade: Settings) -> AthenaClient:
    return client(facade, "compliance")


@pytest.fixture(scope="module")
def analyst(facade: Settings) -> AthenaClient:
    return client(facade, "analyst")


@pytest.fixture(scope="module")
def asked(lake: Lake) -> dict[str, Asked]:
    return queries(lake_rows(lake))


@pytest.mark.parametrize("name", NAMES)
def test_an_analysts_query_gives_what_spark_gives(
    lake: Lake, compliance: AthenaClient, asked: dict[str, Asked], name: str
) -> None:
    one = asked[name]
    expected = by_spark(lake, one.spark)
    assert expected
    assert by_value(answer(compliance, one.athena)) == by_value(expected)


@pytest.mark.usefixtures("asked")
def test_an_analyst_sees_tokens_and_may_join_on_them(facade: Settings, analyst: AthenaClient) -> None:
    key = facade.client_token_key.get_secret_value().encode()
    tokens = sorted(client_token(one, key) for one in CLIENTS)
    assert answer(analyst, f"SELECT DISTINCT client_id FROM client_metrics WHERE {SPAN} ORDER BY 1") == [
        [one] for one in tokens
    ]
    assert answer(analyst, f"SELECT count(*) FROM client_metrics WHERE {SPAN} AND client_id = 'SQL-1'") == [["0"]]
    of_one = f"SELECT count(*) FROM client_metrics WHERE {SPAN} AND client_id = '{tokens[0]}'"
    assert answer(analyst, of_one) == [[str(len(DAYS))]]
    joined = f"""
        SELECT count(*) FROM silver.alerts a JOIN client_metrics c ON c.client_id = a.client_token
        WHERE a.received_date = DATE '{FIRST}' AND c.as_of_date = DATE '{FIRST}'
    """
    assert answer(analyst, joined) == [["4"]]
    accounts = answer(analyst, f"SELECT DISTINCT account_id FROM position_metrics WHERE as_of_date = DATE '{FIRST}'")
    assert not [one for (one,) in accounts if one is None or "SQL" in one]


@pytest.mark.usefixtures("asked")
def test_what_there_is_to_query_is_told(analyst: AthenaClient) -> None:
    assert answer(analyst, "SHOW TABLES IN gold '*_metrics'") == [["client_metrics"], ["position_metrics"]]
    described = {name: kind for name, kind, *_ in answer(analyst, "DESCRIBE client_metrics")}
    assert (described["client_id"], described["as_of_date"]) == ("string", "date")
    listed = """
        SELECT c.column_name, c.data_type FROM information_schema.columns c
        JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name
        WHERE c.table_schema = 'gold' AND c.table_name = 'client_metrics' AND t.table_type = 'BASE TABLE'
        ORDER BY c.ordinal_position
    """
    found = answer(analyst, listed)
    assert [name for name, _ in found] == list(described)
    assert ["as_of_date", "date"] in found
    query_id = start(analyst, "SHOW DATABASES")
    until(lambda: state(analyst, query_id) == "SUCCEEDED")
    execution = analyst.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
    assert execution["StatementType"] == "UTILITY"
    assert execution["ResultConfiguration"]["OutputLocation"].endswith(f"{query_id}.txt")
    result = analyst.get_query_results(QueryExecutionId=query_id)["ResultSet"]
    assert [row["Data"] for row in result["Rows"]] == [[{"VarCharValue": "gold"}], [{"VarCharValue": "silver"}]]


@pytest.mark.usefixtures("asked")
def test_a_day_reads_a_day(compliance: AthenaClient) -> None:
    def scanned(where: str, columns: str = "sum(market_value)") -> int:
        query = f"SELECT {columns} FROM gold.client_metrics WHERE {where}"
        return run(compliance, query, database="gold", output=OUTPUT).scanned_bytes

    day, span = scanned(f"as_of_date = DATE '{FIRST}'"), scanned(SPAN)
    assert 0 < day * len(DAYS) <= span * 1.5
    assert day < scanned(f"as_of_date = DATE '{FIRST}'", "max(concentrations), max(top_movers), sum(market_value)")


@pytest.mark.usefixtures("asked")
def test_pages_begin_with_the_header_and_hold_every_row_once(compliance: AthenaClient) -> None:
    columns = "client_id, as_of_date, CAST(NULL AS varchar) AS nothing, '' AS empty"
    query = f"SELECT {columns} FROM gold.client_metrics WHERE {SPAN} ORDER BY 1, 2"
    query_id = start(compliance, query)
    until(lambda: state(compliance, query_id) == "SUCCEEDED")
    pages = list(
        compliance.get_paginator("get_query_results").paginate(
            QueryExecutionId=query_id, PaginationConfig={"PageSize": 7}
        )
    )
    rows = [[cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]]
    assert rows[0] == ["client_id", "as_of_date", "nothing", "empty"]
    assert rows[1:] == [[one, str(day), None, ""] for one in CLIENTS for day in DAYS]
    assert len(pages) == 4
    types = [column["Type"] for column in pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
    assert types == ["varchar", "date", "varchar", "varchar"]


def test_the_result_is_a_csv_file_where_it_was_asked_for_until_it_is_deleted(
    facade: Settings, compliance: AthenaClient
) -> None:
    query_id = start(compliance, "SELECT 1 AS one, 'a \"b\"' AS two")
    until(lambda: state(compliance, query_id) == "SUCCEEDED")
    execution = compliance.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
    assert execution["ResultConfiguration"]["OutputLocation"] == f"{OUTPUT}{query_id}.csv"
    with Store(facade).open("sql-results", f"tests/{query_id}.csv") as body:
        assert body.read() == b'"one","two"\n"1","a ""b"""\n'
    later = utc_now() + timedelta(days=facade.sql_results_keep_days + 1)
    assert Expiry(facade, Store(facade)).delete_old() == 0
    assert Expiry(facade, Store(facade), now=lambda: later).delete_old() > 0
    with pytest.raises(compliance.exceptions.InvalidRequestException, match="no longer there"):
        compliance.get_query_results(QueryExecutionId=query_id)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT nope FROM gold.client_metrics", "COLUMN_NOT_FOUND"),
        ("SELECT * FROM gold.nowhere", "TABLE_NOT_FOUND"),
        ('SELECT * FROM "/etc/passwd"', "TABLE_NOT_FOUND"),
        ("SELECT * FROM public.clients", "TABLE_NOT_FOUND"),
        ("SELECT * FROM read_csv('/etc/passwd')", "NOT_SUPPORTED"),
        ("SELECT getenv('HOME')", "FUNCTION_NOT_FOUND"),
        ("DROP TABLE gold.client_metrics", "NOT_SUPPORTED"),
        ("SELEC 1", "SYNTAX_ERROR"),
        ("SELECT CAST('x' AS integer)", "GENERIC_USER_ERROR"),
        ("SELECT * FROM gold.client_metrics FOR VERSION AS OF 1", "no version"),
        ("SELECT * FROM gold.client_metrics FOR TIMESTAMP AS OF TIMESTAMP '2001-01-01 00:00:00 UTC'", "no version"),
        ("SELECT array_agg(i) FROM UNNEST(sequence(1, 100000000)) AS t(i)", "emory"),
        (LARGE, "emory"),
    ],
)
def test_a_query_that_cannot_run_fails_with_its_reason(analyst: AthenaClient, query: str, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        answer(analyst, query)


def test_a_query_without_end_is_stopped_on_request(analyst: AthenaClient) -> None:
    query_id = start(analyst, ENDLESS)
    until(lambda: state(analyst, query_id) == "RUNNING")
    with pytest.raises(ClientError, match="has not yet finished"):
        analyst.get_query_results(QueryExecutionId=query_id)
    analyst.stop_query_execution(QueryExecutionId=query_id)
    until(lambda: state(analyst, query_id) == "CANCELLED", timeout_s=10)
    with pytest.raises(ClientError, match="CANCELLED"):
        analyst.get_query_results(QueryExecutionId=query_id)


def test_a_token_names_one_query_only(analyst: AthenaClient) -> None:
    token = uuid.uuid4().hex
    first = start(analyst, "SELECT 1", ClientRequestToken=token)
    assert start(analyst, "SELECT 1", ClientRequestToken=token) == first
    with pytest.raises(analyst.exceptions.InvalidRequestException):
        start(analyst, "SELECT 2", ClientRequestToken=token)
    assert first in analyst.list_query_executions()["QueryExecutionIds"]


def test_results_are_only_for_whoever_asked(analyst: AthenaClient, compliance: AthenaClient) -> None:
    query_id = start(compliance, "SELECT 1")
    until(lambda: state(compliance, query_id) == "SUCCEEDED")
    for ask in (analyst.get_query_execution, analyst.get_query_results, analyst.stop_query_execution):
        with pytest.raises(analyst.exceptions.InvalidRequestException, match="was not found"):
            ask(QueryExecutionId=query_id)
    assert query_id not in analyst.list_query_executions()["QueryExecutionIds"]


@pytest.mark.parametrize("bucket", ["data-lake-bronze", "data-lake-silver", "data-lake-gold", "news-archive"])
def test_results_never_go_among_the_banks_data(analyst: AthenaClient, bucket: str) -> None:
    with pytest.raises(analyst.exceptions.InvalidRequestException):
        analyst.start_query_execution(
            QueryString="SELECT 1", ResultConfiguration={"OutputLocation": f"s3://{bucket}/positions/"}
        )


def test_a_wrong_key_is_refused(facade: Settings) -> None:
    import boto3

    stranger = boto3.client(
        "athena", endpoint_url=facade.athena_url, region_name=facade.aws_region,
        aws_access_key_id="TIPL0", aws_secret_access_key="wrong",
    )  # fmt: skip
    with pytest.raises(ClientError) as refused:
        start(stranger, "SELECT 1")
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"


@pytest.mark.usefixtures("asked")
def test_every_query_is_on_record_with_the_clients_whose_ids_it_read(
    facade: Settings, analyst: AthenaClient, compliance: AthenaClient
) -> None:
    query = f"SELECT client_id FROM gold.client_metrics WHERE as_of_date = DATE '{LAST}' AND client_id = 'SQL-3'"
    answer(compliance, query)
    answer(analyst, query)
    statement = "SELECT actor, action, clients, detail FROM audit_log WHERE detail->>'query' = %s ORDER BY audit_id"
    found = [(one["actor"], one["action"], one["clients"]) for one in rows_of(facade, statement, query)]
    assert found == [
        ("compliance", "sql.submitted", []), ("compliance", "sql.ran", ["SQL-3"]),
        ("analyst", "sql.submitted", []), ("analyst", "sql.ran", []),
    ]  # fmt: skip


@pytest.mark.usefixtures("asked")
def test_the_command_asks_as_an_analyst_unless_told(facade: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in as_environment(facade).items():
        monkeypatch.setenv(name, value)
    command, runner = typer.Typer(), CliRunner()
    sql.register(command)
    query = f"SELECT min(client_id) AS least, NULL AS nothing FROM client_metrics WHERE {SPAN}"
    masked = runner.invoke(command, [query, "--csv"])
    seen = runner.invoke(command, [query, "--csv", "--profile", "tipline-compliance"])
    shown = runner.invoke(command, [query])
    assert (masked.exit_code, seen.exit_code, shown.exit_code) == (0, 0, 0)
    assert "SQL-1" not in masked.output
    assert seen.output.splitlines() == ["least,nothing", "SQL-1,"]
    assert "bytes of the lake read" in shown.output


def test_limits_and_a_restart_end_queries_as_failed(lake: Lake, facade: Settings) -> None:
    """The facade of the other tests goes on; this one has limits that everything exceeds."""
    from ops.drill.product import free_ports

    (port,) = free_ports(1)
    tight = facade.model_copy(
        update={
            "facade_port": port, "athena_url": f"http://127.0.0.1:{port}", "sql_timeout_s": 1.0, "sql_rows_limit": 10,
            "sql_scan_limit_bytes": 10,
        }
    )  # fmt: skip
    who = client(tight, "analyst")
    with running_facade(tight, "tight-facade"):
        with pytest.raises(BadInput, match="longer than 1 s"):
            answer(who, ENDLESS)
        with pytest.raises(BadInput, match="more than 10 rows"):
            answer(who, "SELECT * FROM UNNEST(sequence(1, 11)) AS t(i)")
        with pytest.raises(BadInput, match="bytes of the lake"):
            answer(who, "SELECT * FROM gold.client_metrics")
        left = start(who, ENDLESS)
        until(lambda: state(who, left) == "RUNNING")
    with running_facade(tight, "tight-facade"):
        status = who.get_query_execution(QueryExecutionId=left)["QueryExecution"]["Status"]
    assert (status["State"], status["StateChangeReason"]) in (
        ("FAILED", INTERRUPTED),
        ("FAILED", "the query took longer than 1 s"),
    )
