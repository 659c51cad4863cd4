"""Athena's SQL as DuckDB's, where sqlglot's own translation would give other results."""

from __future__ import annotations

from sqlglot import exp

from api.athena.functions import FORMAT_DATETIME, strftime_format
from core.errors import BadInput

_AROUND_AGGREGATE = (exp.Window, exp.Filter)
_DATE_KEEPING = (exp.TimestampTrunc, exp.DateTrunc, exp.DateAdd, exp.DateSub)


def to_duckdb(tree: exp.Query) -> str:
    """Return a query, qualified and with its types annotated, in DuckDB's SQL."""
    for node in list(tree.find_all(exp.DateDiff, exp.Anonymous, exp.Avg, exp.Unnest, *_DATE_KEEPING)):
        if isinstance(node, exp.DateDiff):
            node.replace(_whole_units(node))
        elif isinstance(node, exp.Anonymous):
            _format_datetime(node)
        elif isinstance(node, exp.Avg):
            _keep_scale(node)
        elif isinstance(node, exp.Unnest):
            _unnest_rows(node)
        elif node.this.is_type("date"):
            # DuckDB makes a timestamp of it.
            node.replace(exp.cast(node.copy(), "date"))
    return tree.sql("duckdb")


def _whole_units(node: exp.DateDiff) -> exp.Expr:
    """Athena counts whole units that have passed; DuckDB's DATE_DIFF counts the boundaries crossed."""
    unit = exp.Literal.string(node.text("unit").lower() or "day")
    return exp.Anonymous(this="date_sub", expressions=[unit, node.expression.copy(), node.this.copy()])


def _format_datetime(node: exp.Anonymous) -> None:
    if node.name.lower() != FORMAT_DATETIME:
        return
    moment, pattern = (*node.expressions, None, None)[:2]
    format_ = strftime_format(pattern.name) if isinstance(pattern, exp.Literal) and pattern.is_string else None
    if moment is None or format_ is None:
        raise BadInput("NOT_SUPPORTED: format_datetime takes a constant pattern of plain date letters")
    node.replace(exp.Anonymous(this="strftime", expressions=[moment.copy(), exp.Literal.string(format_)]))


def _keep_scale(node: exp.Avg) -> None:
    """Athena's average of decimals has their scale; DuckDB's is a double."""
    kind = node.this.type
    if kind is None or not kind.is_type("decimal") or not kind.expressions:
        return
    whole: exp.Expr = node
    while isinstance(whole.parent, _AROUND_AGGREGATE) and whole.arg_key == "this":
        whole = whole.parent
    whole.replace(exp.cast(whole.copy(), kind.copy()))


def _unnest_rows(node: exp.Unnest) -> None:
    """Athena's UNNEST of rows gives a column for each field; DuckDB's gives one of structures unless told."""
    alias = node.args.get("alias")
    if alias is None or len(alias.columns) < 2 or len(node.expressions) != 1 or node.args.get("offset"):
        return
    inner = exp.select(exp.Anonymous(this="unnest", expressions=[node.expressions[0].copy(), _ALL_LEVELS.copy()]))
    node.replace(exp.Lateral(this=inner.subquery(), alias=alias.copy()))


_ALL_LEVELS = exp.PropertyEQ(this=exp.to_identifier("max_depth"), expression=exp.Literal.number(2))
