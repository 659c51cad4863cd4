"""Rules as Spark SQL: one expression a column, a condition a rule, and `_errors` that lists all that is wrong.

Plain names are the text of the file; `_name` is its typed value, null where the text does not fit. Casts are tries, so
that a bad value refuses its row and never stops the job.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Template

from batch.rules.ruleset import Column, Ruleset, currencies

# What a spreadsheet takes for a formula, wherever the row is opened later.
_FORMULA = "left({0}, 1) IN ('=', '+', '-', '@')"
_FORMULA_NO_NUMBER = _FORMULA + " AND try_cast({0} AS DOUBLE) IS NULL"
# PostgreSQL's text has no NUL, and a key no kilobytes.
_UNTIDY = r"length({0}) > {1} OR {0} RLIKE r'[\x00-\x1F\x7F]'"
_LONGEST_ADDED = 1000


@dataclass(frozen=True, slots=True)
class Condition:
    """A row is refused by `rule` where `sql` holds, because of the value of `field`."""

    rule: str
    field: str
    sql: str


def typed_columns(rules: Ruleset) -> dict[str, str]:
    """Return the SQL of every `_name`, with `_name_major` and `_name_unit` for currencies that may be minor units."""
    typed = {f"_{name}": _typed(name, column) for name, column in rules.columns.items() if column.type != "string"}
    for name, column in rules.columns.items():
        if column.currency == "any":
            minors = currencies().minor.items()
            majors = " ".join(f"WHEN {_text(code)} THEN {_text(minor.major)}" for code, minor in minors)
            units = " ".join(f"WHEN {_text(code)} THEN {minor.unit}" for code, minor in minors)
            typed[f"_{name}_major"] = f"CASE {name} {majors} ELSE {name} END"
            typed[f"_{name}_unit"] = f"CASE {name} {units} ELSE 1.00 END"
    return typed


def conditions(rules: Ruleset, added: Iterable[str] = ()) -> list[Condition]:
    """Return every condition under which a row is refused; `added` are columns of the file that are not declared."""
    majors = _texts(currencies().major)
    found = [Condition("duplicate", rules.key[-1], "_duplicate")] if rules.key else []
    for name, column in rules.columns.items():
        found += (Condition(rule, name, sql) for rule, sql in _column_conditions(name, column))
    for name in added:
        found.append(Condition("formula", name, _FORMULA_NO_NUMBER.format(quoted(name))))
        found.append(Condition("text", name, _UNTIDY.format(quoted(name), _LONGEST_ADDED)))
    found += (
        Condition(check.rule, check.field, Template(check.refuse).substitute(major=majors)) for check in rules.checks
    )
    return found


def refused(found: Iterable[Condition]) -> str:
    """Return the SQL of whether anything is wrong with a row, never null."""
    return f"malformed IS NOT NULL OR coalesce({' OR '.join(f'({each.sql})' for each in found)}, false)"


def errors(found: Iterable[Condition]) -> str:
    """Return the SQL of `array<struct<rule,field,value>>`: all that is wrong with a row, in the order of the rules."""
    each = ", ".join(
        f"IF({one.sql}, {_error(_text(one.rule), _text(one.field), quoted(one.field))}, NULL)" for one in found
    )
    malformed = _error("'malformed'", "CAST(NULL AS STRING)", "malformed")
    return f"IF(malformed IS NOT NULL, array({malformed}), array_compact(array({each})))"


def quoted(name: str) -> str:
    """Return a column's name so that no word of SQL can be meant."""
    return f"`{name}`"


def _column_conditions(name: str, column: Column) -> Iterator[tuple[str, str]]:
    if column.required:
        yield "required", f"{name} IS NULL"
    if column.type != "string":
        yield "type", f"{name} IS NOT NULL AND _{name} IS NULL"
    if column.is_folder_date:
        yield "folder_date", f"{name} <> CAST(_date AS STRING)"
    if column.not_after_folder:
        yield "future", f"_{name} > _date"
    bounds = (("<", column.at_least), (">", column.at_most), ("<=", column.above))
    outside = [f"_{name} {sign} {bound:f}" for sign, bound in bounds if bound is not None]
    if outside:
        yield "range", " OR ".join(outside)
    if column.one_of:
        yield "one_of", f"{name} NOT IN ({_texts(column.one_of)})"
    if column.currency:
        known = currencies()
        yield (
            "currency",
            f"{name} NOT IN ({_texts([*known.major, *(known.minor if column.currency == 'any' else ())])})",
        )
    if column.is_free_text:
        yield "formula", _FORMULA.format(name)
        yield "text", _UNTIDY.format(name, column.longest)


def _typed(name: str, column: Column) -> str:
    cast = f"try_cast({name} AS {column.type})"
    # Spark's dates may also be `2026-1`, `2026` or have a time after them: only what it would write itself is taken.
    return f"IF(CAST({cast} AS STRING) = {name}, {cast}, NULL)" if column.type == "date" else cast


def _error(rule: str, field: str, value: str) -> str:
    return f"named_struct('rule', {rule}, 'field', {field}, 'value', {value})"


def _text(value: str) -> str:
    return f"'{value}'"


def _texts(values: Iterable[str]) -> str:
    return ", ".join(_text(value) for value in values)
