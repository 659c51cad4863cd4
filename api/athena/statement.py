"""A query as the analyst wrote it: one SELECT over named tables, nothing else, in Athena's dialect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from api.athena.functions import is_allowed
from core.errors import BadInput

DIALECT = "athena"
CATALOG = "awsdatacatalog"
MAX_CHARS = 262_144
_REFUSED = (
    exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Placeholder, exp.Parameter, exp.SessionParameter,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Version:
    """A point in a table's history: a snapshot's number, or a time; `expression` is a constant in DuckDB's SQL."""

    kind: Literal["VERSION", "TIMESTAMP"]
    expression: str


@dataclass(frozen=True, slots=True)
class Reference:
    """One mention of a table: `scan` is the name that stands in its place, `alias` what the query calls it."""

    scan: str
    alias: str
    table: str
    version: Version | None


@dataclass(frozen=True, slots=True)
class Statement:
    """The query with a scan's name in the place of each table."""

    tree: exp.Query
    references: tuple[Reference, ...]


def parse(query: str, database: str | None) -> Statement:
    """Read one query; BadInput when it is anything but a SELECT with functions that are known to be harmless."""
    if len(query) > MAX_CHARS:
        raise BadInput(f"a query may have {MAX_CHARS} characters at most")
    try:
        trees = [tree for tree in sqlglot.parse(query, dialect=DIALECT) if tree is not None]
    except (SqlglotError, RecursionError) as error:
        raise BadInput(f"SYNTAX_ERROR: {_first_line(error)}") from None
    if len(trees) != 1 or not isinstance(trees[0], exp.Query):
        raise BadInput("NOT_SUPPORTED: only a single SELECT can be run here")
    tree = trees[0]
    for node in tree.walk():
        _check(node)
    _name_columns(tree)
    tables = [table for table in tree.find_all(exp.Table) if not _is_cte(table)]
    references = tuple(_replace(table, f"scan_{n}", database) for n, table in enumerate(tables))
    names = {one.table for one in references}
    for column in tree.find_all(exp.Column):
        # The table is called by its alias from now on.
        if column.db and f"{column.db}.{column.table}".lower() in names:
            column.set("db", None)
            column.set("catalog", None)
    return Statement(tree, references)


def _check(node: exp.Expr) -> None:
    if isinstance(node, _REFUSED):
        raise BadInput(f"NOT_SUPPORTED: {node.key} is not part of a query")
    if isinstance(node, exp.Table) and not isinstance(node.this, exp.Identifier):
        raise BadInput("NOT_SUPPORTED: table functions are not supported")
    if isinstance(node, exp.Func) and not is_allowed(node):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        raise BadInput(f"FUNCTION_NOT_FOUND: Function {name.lower()} is not registered")


def _name_columns(tree: exp.Query) -> None:
    """Give columns without a name the one that Athena gives them, `_col` and their place."""
    outermost = tree
    while isinstance(outermost, (exp.SetOperation, exp.Subquery)):
        outermost = outermost.this
    if isinstance(outermost, exp.Select) and not outermost.is_star:
        named = [
            column if isinstance(column, (exp.Alias, exp.Column)) else exp.alias_(column, f"_col{place}")
            for place, column in enumerate(outermost.expressions)
        ]
        outermost.set("expressions", named)


def _is_cte(table: exp.Table) -> bool:
    """Say whether a name without a database is that of a WITH around it."""
    if table.db:
        return False
    node: exp.Expr | None = table
    while node is not None:
        ctes = node.args["with_"].expressions if node.args.get("with_") else ()
        if any(cte.alias.lower() == table.name.lower() for cte in ctes):
            return True
        node = node.parent
    return False


def _replace(table: exp.Table, scan: str, database: str | None) -> Reference:
    space = (table.db or database or "").lower()
    if not space:
        raise BadInput(f"SCHEMA_NOT_FOUND: say the database of table {table.name}, or in the query's context")
    if (table.catalog or CATALOG).lower() != CATALOG:
        raise BadInput(f"CATALOG_NOT_FOUND: Catalog '{table.catalog}' does not exist")
    version, alias = table.args.get("version"), (table.alias or table.name).lower()
    reference = Reference(scan, alias, f"{space}.{table.name.lower()}", _version(version) if version else None)
    if not table.args.get("alias"):
        table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    for part in ("db", "catalog", "version"):
        table.set(part, None)
    table.set("this", exp.to_identifier(scan))
    return reference


def _version(version: exp.Expr) -> Version:
    expression = version.expression
    if expression is None or expression.find(exp.Column, exp.Query):
        raise BadInput("NOT_SUPPORTED: a version must be a constant")
    return Version("VERSION" if version.name.upper() == "VERSION" else "TIMESTAMP", expression.sql("duckdb"))


def _first_line(error: Exception) -> str:
    # sqlglot underlines the place with terminal colours in the lines that follow.
    return (str(error).splitlines() or ["the query is nested too deeply"])[0][:300]
