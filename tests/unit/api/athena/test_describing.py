"""SHOW and DESCRIBE, answered without SQL."""

from __future__ import annotations

from typing import cast

import pyarrow as pa
import pytest

from api.athena.describing import describe
from api.athena.lake import Lake
from core.errors import BadInput


class Tables:
    """A lake of three tables."""

    schema = pa.schema(
        {
            "id": pa.string(),
            "at": pa.timestamp("us", "UTC"),
            "lots": pa.list_(pa.struct([("n", pa.int32()), ("p", pa.decimal128(20, 2))])),
            "seen": pa.map_(pa.string(), pa.float32()),
        }
    )

    def tables(self) -> list[str]:
        return ["gold.client_metrics", "gold.position_metrics", "silver.alerts"]

    def find(self, name: str) -> Tables:
        if name not in self.tables():
            raise BadInput("TABLE_NOT_FOUND")
        return self


def ask(query: str, database: str | None = "gold") -> list[dict[str, str]]:
    found: list[dict[str, str]] = describe(query, database, cast(Lake, Tables())).to_pylist()
    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SHOW DATABASES", ["gold", "silver"]),
        ("show schemas like 's*'", ["silver"]),
        ("SHOW TABLES", ["client_metrics", "position_metrics"]),
        ("SHOW TABLES IN silver;", ["alerts"]),
        ('SHOW TABLES FROM "SILVER"', ["alerts"]),
        ("SHOW TABLES IN gold '*CLIENT*'", ["client_metrics"]),
        ("SHOW TABLES 'client*|pos*'", ["client_metrics", "position_metrics"]),
        # The pattern is Hive's: a dot is a dot.
        ("SHOW TABLES 'client.metrics'", []),
        ("SHOW TABLES '(*'", []),
        ("SHOW COLUMNS IN client_metrics", ["id", "at", "lots", "seen"]),
        ("SHOW COLUMNS FROM silver.alerts", ["id", "at", "lots", "seen"]),
        ("SHOW COLUMNS FROM alerts IN silver", ["id", "at", "lots", "seen"]),
    ],
)
def test_names_are_listed(query: str, expected: list[str]) -> None:
    assert [name for row in ask(query) for name in row.values()] == expected


def test_a_table_is_described_with_the_types_of_its_definition() -> None:
    rows = ask("DESCRIBE `gold`.`client_metrics`", None)
    assert [(row["col_name"], row["data_type"], row["comment"]) for row in rows] == [
        ("id", "string", ""), ("at", "timestamp", ""), ("lots", "array<struct<n:int,p:decimal(20,2)>>", ""),
        ("seen", "map<string,float>", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "database", "reason"),
    [
        ("DESCRIBE nowhere", "gold", "TABLE_NOT_FOUND"),
        ("DESCRIBE client_metrics", None, "TABLE_NOT_FOUND"),
        ("SHOW TABLES", None, "SCHEMA_NOT_FOUND"),
        ("SHOW TABLES IN public", "gold", "SCHEMA_NOT_FOUND"),
        ("SHOW CREATE TABLE client_metrics", "gold", "NOT_SUPPORTED"),
        ("SHOW TABLES; DROP TABLE client_metrics", "gold", "NOT_SUPPORTED"),
        ("DESCRIBE client_metrics; SELECT 1", "gold", "NOT_SUPPORTED"),
    ],
)
def test_what_is_not_there_or_not_ours_is_refused(query: str, database: str | None, reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        ask(query, database)
