"""From a statement to DuckDB's SQL, and to the columns and files of each table that the query can need.

What is read is only ever more than the query needs: DuckDB runs every condition again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from api.athena.dialect import to_duckdb
from api.athena.statement import DIALECT, Reference, Statement
from api.athena.types import type_name
from clients.lake_scan import Condition, Operator
from core.errors import BadInput

Constant = Callable[[str], Any]
_OPERATORS: dict[type[exp.Expr], Operator] = {
    exp.EQ: "=", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
_FLIPPED: dict[Operator, Operator] = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Need:
    """What a query reads of one table: these columns, of rows that pass these conditions."""

    columns: tuple[str, ...]
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The query in DuckDB's SQL, and what it reads, by scan."""

    query: str
    needs: Mapping[str, Need]


def plan(statement: Statement, schemas: Mapping[str, pa.Schema], constant: Constant) -> Plan:
    """Resolve every name against the tables' columns (by scan); `constant` evaluates an expression of DuckDB's SQL.

    BadInput when a name is unknown or ambiguous.
    """
    typed: dict[str, object] = {
        scan: {field.name: type_name(field.type) for field in schema} for scan, schema in schemas.items()
    }
    try:
        tree = qualify(statement.tree, schema=typed, dialect=DIALECT)
        needs = {one.scan: _need(tree, one, schemas[one.scan], constant) for one in statement.references}
        query = to_duckdb(annotate_types(tree, schema=typed, dialect=DIALECT))
    except SqlglotError as error:
        raise BadInput(f"COLUMN_NOT_FOUND: {(str(error).splitlines() or [''])[0][:300]}") from None
    return Plan(query, needs)


def _need(tree: exp.Query, reference: Reference, schema: pa.Schema, constant: Constant) -> Need:
    # An alias that several parts of the query use is taken as one: some columns too many, never one too few.
    named = {column.name for column in tree.find_all(exp.Column) if column.table == reference.alias}
    columns = tuple(name for name in schema.names if name in named) or (schema.names[0],)
    table = next(table for table in tree.find_all(exp.Table) if table.name == reference.scan)
    return Need(columns, tuple(_conditions(table, schema, constant)))


def _conditions(table: exp.Table, schema: pa.Schema, constant: Constant) -> Iterator[Condition]:
    """Yield what WHERE demands of this table's rows; each of it is false for nulls, so it holds beneath any join."""
    select = table.find_ancestor(exp.Select)
    where = select.args.get("where") if select is not None and isinstance(table.parent, (exp.From, exp.Join)) else None
    for demand in _demands(where.this) if where else ():
        for column, operator, values in _comparisons(demand):
            if column.table != table.alias_or_name or column.name not in schema.names:
                continue
            found = [_value(value, schema.field(column.name).type, constant) for value in values]
            if None not in found:
                yield Condition(column.name, operator, tuple(found) if operator == "in" else found[0])


def _demands(condition: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what has to be true each for itself, when the condition is."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        yield from _demands(condition.left)
        yield from _demands(condition.right)
    else:
        yield condition


def _comparisons(demand: exp.Expr) -> Iterator[tuple[exp.Column, Operator, list[exp.Expr]]]:
    """Yield a demand as comparisons of a column with constants, if it is that."""
    this = demand.this
    if isinstance(demand, exp.Between) and isinstance(this, exp.Column):
        yield this, ">=", [demand.args["low"]]
        yield this, "<=", [demand.args["high"]]
    elif isinstance(demand, exp.In) and isinstance(this, exp.Column) and demand.expressions:
        yield this, "in", demand.expressions
    elif type(demand) in _OPERATORS:
        operator, other = _OPERATORS[type(demand)], demand.expression
        if isinstance(this, exp.Column):
            yield this, operator, [other]
        elif isinstance(other, exp.Column):
            yield other, _FLIPPED[operator], [this]


def _value(expression: exp.Expr, kind: pa.DataType, constant: Constant) -> Any:
    """Return a constant of just the column's type; None for all else, which could compare in another way."""
    if expression.find(exp.Column, exp.Query, exp.Rand):
        return None
    value = constant(expression.sql("duckdb"))
    if pa.types.is_date32(kind):
        # In DuckDB a date and an interval make a timestamp: at midnight it compares as the date does.
        if type(value) is datetime and value == datetime.combine(value.date(), time()):
            value = value.date()
        return str(value) if type(value) is date else None
    if pa.types.is_integer(kind):
        return value if type(value) is int else None
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    return value if is_text and type(value) is str else None
