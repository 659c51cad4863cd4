"""What a query reads of each table, and that DuckDB gives what Athena would."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from api.athena.functions import MACROS
from api.athena.planning import Need, plan
from api.athena.statement import parse
from api.athena.types import cell
from clients.duckdb import open_sandbox
from clients.lake_scan import Condition
from core.errors import BadInput

SCHEMA = pa.schema(
    [
        ("as_of_date", pa.date32()),
        ("client_id", pa.string()),
        ("market_value", pa.decimal128(20, 2)),
        ("positions", pa.int32()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("people", pa.list_(pa.struct([("name", pa.string()), ("uri", pa.string())]))),
    ]
)
ROWS = pa.table(
    [
        [date(2026, 1, 31), date(2026, 2, 2)],
        ["A", "B"],
        [Decimal("10.01"), Decimal("10.02")],
        [7, 8],
        [datetime(2026, 1, 31, 23, 30, tzinfo=UTC)] * 2,
        [[{"name": "X", "uri": None}, {"name": "Y", "uri": "u"}], []],
    ],
    schema=SCHEMA,
)


def needs(query: str) -> list[Need]:
    statement = parse(query, "gold")
    with open_sandbox(memory_bytes=64 * 1024**2, threads=1) as sandbox:
        schemas = {one.scan: SCHEMA for one in statement.references}
        found = plan(statement, schemas, sandbox.constant).needs
        return [found[one.scan] for one in statement.references]


def run(query: str) -> list[list[str | None]]:
    statement = parse(query, "gold")
    with open_sandbox(memory_bytes=64 * 1024**2, threads=1, macros=MACROS) as sandbox:
        planned = plan(statement, {one.scan: SCHEMA for one in statement.references}, sandbox.constant)
        rows = sandbox.run(planned.query, {one.scan: ROWS for one in statement.references}).read_all()
        columns = [column.to_pylist(maps_as_pydicts="lossy") for column in rows.columns]
        return [[cell(value) for value in row] for row in zip(*columns, strict=True)]


def test_a_day_and_a_few_columns_are_all_that_is_read() -> None:
    (need,) = needs("SELECT client_id, sum(market_value) FROM m WHERE as_of_date = DATE '2026-01-31' GROUP BY 1")
    assert need == Need(("as_of_date", "client_id", "market_value"), (Condition("as_of_date", "=", "2026-01-31"),))


@pytest.mark.parametrize(
    ("where", "conditions"),
    [
        ("as_of_date >= date_add('day', -30, DATE '2026-01-31')", [("as_of_date", ">=", "2026-01-01")]),
        ("DATE '2026-01-31' > as_of_date", [("as_of_date", "<", "2026-01-31")]),
        ("(client_id IN ('A', 'B') AND positions > 3)", [("client_id", "in", ("A", "B")), ("positions", ">", 3)]),
        ("as_of_date BETWEEN DATE '2026-01-01' AND DATE '2026-01-02'",
         [("as_of_date", ">=", "2026-01-01"), ("as_of_date", "<=", "2026-01-02")]),
        # A condition that some rows need not pass, or that compares in another type, prunes nothing.
        ("as_of_date = DATE '2026-01-31' OR client_id = 'A'", []),
        ("NOT as_of_date = DATE '2026-01-31'", []),
        ("as_of_date < TIMESTAMP '2026-01-31 12:00:00'", []),
        ("market_value > 3", []),
        ("client_id IS NULL", []),
        ("positions = random()", []),
        ("as_of_date = (SELECT max(as_of_date) FROM m2)", []),
    ],
)  # fmt: skip
def test_only_what_every_row_must_pass_prunes(where: str, conditions: list[tuple[str, str, object]]) -> None:
    need, *_ = needs(f"SELECT count(*) FROM m WHERE {where}")  # noqa: S608
    found = [(one.column, one.operator, one.value) for one in need.conditions]
    assert found == conditions


def test_each_mention_of_a_table_is_pruned_by_its_own_condition() -> None:
    query = """
        SELECT n.client_id FROM m n LEFT JOIN m o ON o.client_id = n.client_id
        WHERE n.as_of_date = DATE '2026-01-02' AND o.as_of_date = DATE '2026-01-01'
          AND EXISTS (SELECT 1 FROM m i WHERE i.client_id = n.client_id AND i.positions = 1)
    """
    new, old, inner = needs(query)
    assert [one.value for one in new.conditions] == ["2026-01-02"]
    assert [one.value for one in old.conditions] == ["2026-01-01"]
    assert inner == Need(("client_id", "positions"), (Condition("positions", "=", 1),))


def test_a_query_of_no_column_reads_one() -> None:
    assert needs("SELECT count(*) FROM m") == [Need(("as_of_date",), ())]


@pytest.mark.parametrize("query", ["SELECT nope FROM m", "SELECT client_id FROM m a, m b", "SELECT x.y FROM m"])
def test_unknown_and_ambiguous_names_are_told(query: str) -> None:
    with pytest.raises(BadInput, match="COLUMN_NOT_FOUND"):
        needs(query)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("date_trunc('month', as_of_date)", "2026-01-01"),
        ("date_add('day', -7, as_of_date)", "2026-01-24"),
        ("date_diff('month', as_of_date, DATE '2026-02-27')", "0"),
        ("date_diff('day', as_of_date, DATE '2026-02-02')", "2"),
        ("day_of_week(as_of_date)", "6"),
        ("positions / 2", "3"),
        ("avg(positions) OVER ()", "7.5"),
        ("avg(market_value) OVER ()", "10.02"),
        ("sum(positions) OVER ()", "15"),
        ("format_datetime(computed_at, 'dd/MM/yyyy HH:mm')", "31/01/2026 23:30"),
        ("date_format(computed_at, '%Y-%m')", "2026-01"),
        ("computed_at", "2026-01-31 23:30:00.000 UTC"),
        ("people", "[{name=X, uri=null}, {name=Y, uri=u}]"),
        ("element_at(people, 2).name", "Y"),
        ("cardinality(people)", "2"),
        ("json_extract_scalar('{\"a\": [1, 2]}', '$.a[1]')", "2"),
        ("cast(market_value AS varchar) || '!'", "10.01!"),
        ("1e10", "1.0E10"),
        ("regexp_replace(client_id, 'A', 'Z')", "Z"),
        ("try_cast('x' AS integer)", None),
        ("gold.m.client_id", "A"),
    ],
)
def test_functions_give_what_athena_gives(expression: str, expected: str | None) -> None:
    assert run(f"SELECT {expression} FROM m ORDER BY m.client_id LIMIT 1") == [[expected]]  # noqa: S608


@pytest.mark.parametrize("pattern", ["'yyyy-MM-dd''T''HH:mm'", "client_id", "'QQ'"])
def test_a_date_pattern_that_has_no_counterpart_is_refused(pattern: str) -> None:
    with pytest.raises(BadInput, match="format_datetime"):
        run(f"SELECT format_datetime(computed_at, {pattern}) FROM m")  # noqa: S608


def test_unnest_gives_a_column_for_each_field() -> None:
    assert run("SELECT client_id, t.n, t.u FROM m CROSS JOIN UNNEST(people) AS t(n, u) ORDER BY n") == [
        ["A", "X", None],
        ["A", "Y", "u"],
    ]


def test_aggregates_that_duckdb_lacks_are_there() -> None:
    aggregates = "map_agg(client_id, positions), round(geometric_mean(positions), 6), every(positions > 1)"
    query = f"SELECT {aggregates}, count_if(false) FROM m"  # noqa: S608
    assert run(query) == [["{A=7, B=8}", "7.483315", "true", "0"]]


def test_columns_without_a_name_have_athenas() -> None:
    statement = parse("SELECT client_id, count(*), 'x', max(positions) AS top FROM m GROUP BY 1", "gold")
    assert [one.alias_or_name for one in statement.tree.selects] == ["client_id", "_col1", "_col2", "top"]
