"""What counts as a query: one SELECT over named tables, with functions that reach nothing."""

from __future__ import annotations

import pytest

from api.athena.statement import MAX_CHARS, parse
from core.errors import BadInput


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO gold.x SELECT 1",
        "DELETE FROM gold.x",
        "DROP TABLE gold.x",
        "CREATE TABLE y AS SELECT 1",
        "SELECT * INTO y FROM gold.x",
        "SELECT 1; SELECT 2",
        "COPY gold.x TO '/tmp/x'",
        "ATTACH '/tmp/x.db'",
        "PRAGMA database_list",
        "SET memory_limit = '100GB'",
        "CALL pragma_version()",
        "EXPLAIN SELECT 1",
        "UNLOAD (SELECT 1) TO 's3://bucket/x'",
        "WITH gone AS (DELETE FROM gold.x RETURNING *) SELECT * FROM gone",
        "SELECT * FROM gold.x FOR UPDATE",
        "SELECT ? FROM gold.x",
        "",
        "SELECT " + "(" * 5000,
        "SELECT '" + "x" * MAX_CHARS + "'",
    ],
)
def test_anything_but_one_select_is_refused(query: str) -> None:
    with pytest.raises(BadInput):
        parse(query, "gold")


@pytest.mark.parametrize(
    "source",
    [
        "read_csv('/etc/passwd')", "read_parquet('s3://b/k')", "read_text('/etc/passwd')", "glob('/*')",
        "duckdb_settings()", "query('SELECT 1')", "sniff_csv('/etc/passwd')", "TABLE(read_csv('/etc/passwd'))",
    ],
)  # fmt: skip
def test_table_functions_are_no_tables(source: str) -> None:
    with pytest.raises(BadInput):
        parse(f"SELECT * FROM {source}", "gold")  # noqa: S608


@pytest.mark.parametrize("name", ["/etc/passwd", "https://evil.example/x.csv", "prices$snapshots"])
def test_a_quoted_name_is_that_of_a_table(name: str) -> None:
    (reference,) = parse(f'SELECT * FROM "{name}"', "gold").references  # noqa: S608
    assert reference.table == f"gold.{name}"


@pytest.mark.parametrize(
    "call",
    [
        "getenv('HOME')", "current_setting('secret_directory')", "read_blob('/etc/passwd')", "nextval('s')",
        "getvariable('x')", "current_user", "version()", "sleep(10)", "write_log('x')", "url_extract_host('x')",
    ],
)  # fmt: skip
def test_functions_that_are_not_known_to_be_harmless_are_refused(call: str) -> None:
    with pytest.raises(BadInput):
        parse(f"SELECT {call} FROM gold.x", "gold")  # noqa: S608


def test_tables_are_found_wherever_they_stand() -> None:
    query = """
        WITH days AS (SELECT as_of_date FROM Gold.Client_Metrics)
        SELECT * FROM days d JOIN "AwsDataCatalog"."silver"."prices" p ON p.as_of_date = d.as_of_date
        WHERE EXISTS (SELECT 1 FROM fx f WHERE f.as_of_date = d.as_of_date)
        UNION ALL SELECT * FROM (SELECT * FROM silver.fx FOR VERSION AS OF 7) old
    """
    references = parse(query, "silver").references
    found = {(one.table, one.alias, one.version and one.version.expression) for one in references}
    assert found == {
        ("gold.client_metrics", "client_metrics", None),
        ("silver.prices", "p", None),
        ("silver.fx", "f", None),
        ("silver.fx", "fx", "7"),
    }
    assert len({one.scan for one in references}) == 4


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM client_metrics",
        "SELECT * FROM other.gold.client_metrics",
        "SELECT * FROM gold.x FOR TIMESTAMP AS OF (SELECT max(t) FROM gold.y)",
    ],
)
def test_a_table_that_cannot_be_named_is_told(query: str) -> None:
    with pytest.raises(BadInput):
        parse(query, None)
