"""The SQL that rules become; tests/integration/test_silver.py runs it in Spark."""

from __future__ import annotations

from decimal import Decimal

from batch.rules.expressions import conditions, errors, refused, typed_columns
from batch.rules.ruleset import Check, Column, Ruleset

RULES = Ruleset(
    kind="things",
    table="silver.things",
    date="day",
    key=("name",),
    columns={
        "day": Column(required=True, is_folder_date=True),
        "name": Column(required=True),
        "amount": Column(type="decimal(20,6)", at_least=Decimal(0), above=Decimal("-1")),
        "due": Column(type="date", not_after_folder=True),
        "ccy": Column(currency="any"),
        "colour": Column(one_of=("red", "blue")),
    },
    checks=(Check(rule="money", field="ccy", refuse="ccy IN ($major) AND _amount = 0"),),
)


def test_every_declaration_becomes_a_condition_and_the_key_comes_first() -> None:
    assert [(one.rule, one.field) for one in conditions(RULES, added=["note"])] == [
        ("duplicate", "name"),
        ("required", "day"),
        ("folder_date", "day"),
        ("required", "name"),
        ("formula", "name"),
        ("text", "name"),
        ("type", "amount"),
        ("range", "amount"),
        ("type", "due"),
        ("future", "due"),
        ("currency", "ccy"),
        ("one_of", "colour"),
        ("formula", "note"),
        ("text", "note"),
        ("money", "ccy"),
    ]


def test_bounds_are_written_out_without_exponents() -> None:
    small = RULES.model_copy(update={"columns": {"rate": Column(type="decimal(20,12)", at_least=Decimal("1E-7"))}})
    ranges = [one.sql for one in conditions(small) if one.rule == "range"]
    assert ranges == ["_rate < 0.0000001"]


def test_casts_are_tries() -> None:
    typed = typed_columns(RULES)
    assert typed["_amount"] == "try_cast(amount AS decimal(20,6))"
    assert "CAST(amount" not in typed["_amount"].replace("try_cast(", "")
    assert typed["_due"].startswith("IF(CAST(try_cast(due AS date) AS STRING) = due")


def test_minor_units_have_a_major_and_a_unit() -> None:
    typed = typed_columns(RULES)
    assert "WHEN 'GBX' THEN 'GBP'" in typed["_ccy_major"]
    assert "WHEN 'GBX' THEN 0.01" in typed["_ccy_unit"]


def test_a_condition_on_a_null_does_not_lose_its_row() -> None:
    assert refused(conditions(RULES)).endswith(", false)")


def test_a_malformed_row_has_one_error() -> None:
    assert errors(conditions(RULES)).startswith("IF(malformed IS NOT NULL, array(named_struct('rule', 'malformed'")


def test_an_added_column_may_be_called_like_a_word_of_sql() -> None:
    assert all("`select`" in one.sql for one in conditions(RULES, added=["select"]) if one.field == "select")
