"""The rules as declared: complete, and of one mind with the tables and with what landing reads."""

from __future__ import annotations

import pytest

from batch.landing.columns import COLUMNS, NUMERIC
from batch.landing.layout import KINDS
from batch.rules.ruleset import currencies, ruleset
from batch.tables import TABLES

ORIGIN = {"file_id", "line"}


@pytest.mark.parametrize("kind", KINDS)
def test_columns_are_those_that_landing_reads(kind: str) -> None:
    rules = ruleset(kind)
    assert set(rules.columns) == set(COLUMNS[kind].known)
    assert {name for name, column in rules.columns.items() if column.type.startswith("decimal")} == set(NUMERIC[kind])


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_of_the_table_has_a_source(kind: str) -> None:
    rules = ruleset(kind)
    table = next(one for one in TABLES if one.name == rules.table)
    assert table.partition_by == rules.date
    assert set(table.schema.names) == ORIGIN | set(rules.silver) | (set(rules.columns) & set(table.schema.names))


@pytest.mark.parametrize("kind", KINDS)
def test_keys_checks_and_jumps_name_columns(kind: str) -> None:
    rules = ruleset(kind)
    assert set(rules.key) | {check.field for check in rules.checks} <= set(rules.columns)
    silver = set(next(one for one in TABLES if one.name == rules.table).schema.names)
    if rules.jumps:
        assert {rules.jumps.value, *rules.jumps.per} <= silver


@pytest.mark.parametrize("kind", KINDS)
def test_decimals_are_as_wide_as_the_table_keeps_them(kind: str) -> None:
    rules = ruleset(kind)
    schema = next(one for one in TABLES if one.name == rules.table).schema
    for name in set(NUMERIC[kind]) & set(schema.names) - set(rules.silver):
        kept = schema.field(name).type
        assert rules.columns[name].type == f"decimal({kept.precision},{kept.scale})"


def test_minor_units_belong_to_major_currencies() -> None:
    known = currencies()
    assert {"USD", "EUR", "GBP", "ZAR", "ILS"} <= set(known.major)
    assert all(minor.major in known.major for minor in known.minor.values())
    assert not set(known.minor) & set(known.major)
    assert len(set(known.major)) == len(known.major)
