"""SHOW and DESCRIBE: what there is to query, as Athena's own statements for it tell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa

from api.athena.lake import NAMESPACES, Lake
from api.athena.types import hive_name
from core.errors import BadInput

_FIRST_WORD = re.compile(r"\s*(?:SHOW|DESCRIBE|DESC)\b", re.IGNORECASE)
_DATABASE, _TABLE = r'[`"]?(?P<database>\w+)[`"]?', r'(?:[`"]?(?P<of>\w+)[`"]?\.)?[`"]?(?P<table>\w+)[`"]?'
_PATTERN = r"(?:\s+(?:LIKE\s+)?'(?P<pattern>[^']*)')?"


@dataclass(frozen=True, slots=True)
class Asked:
    """The names in a statement; `pattern` has `*` for any characters and `|` between alternatives."""

    database: str | None
    table: str
    pattern: str

    def matches(self, name: str) -> bool:
        """Say whether the pattern is that of a name."""
        alternatives = (".*".join(map(re.escape, one.split("*"))) for one in self.pattern.lower().split("|"))
        return re.fullmatch("|".join(alternatives), name) is not None


def is_utility(query: str) -> bool:
    """Say whether a query is a SHOW or DESCRIBE, which Athena's API tells from a SELECT."""
    return _FIRST_WORD.match(query) is not None


def describe(query: str, database: str | None, lake: Lake) -> pa.Table:
    """Answer a SHOW or DESCRIBE; BadInput when it is none of ours, or of nothing that is there."""
    for form, answer in _FORMS.items():
        found = re.fullmatch(rf"\s*{form}\s*;?\s*", query, re.IGNORECASE)
        if found:
            named = {name: text.lower() for name, text in found.groupdict().items() if text}
            space = named.get("database") or named.get("of") or (database or "").lower() or None
            return answer(Asked(space, named.get("table", ""), named.get("pattern", "*")), lake)
    raise BadInput("NOT_SUPPORTED: SHOW DATABASES, SHOW TABLES, SHOW COLUMNS and DESCRIBE can be run here")


def _databases(asked: Asked, _lake: Lake) -> pa.Table:
    return _texts(database_name=[name for name in sorted(NAMESPACES) if asked.matches(name)])


def _tables(asked: Asked, lake: Lake) -> pa.Table:
    if asked.database not in NAMESPACES:
        raise BadInput(f"SCHEMA_NOT_FOUND: Database {asked.database or ''} does not exist")
    names = [name.split(".", 1) for name in lake.tables()]
    return _texts(tab_name=[table for space, table in names if space == asked.database and asked.matches(table)])


def _columns(asked: Asked, lake: Lake) -> pa.Table:
    return _texts(field=_schema(asked, lake).names)


def _table(asked: Asked, lake: Lake) -> pa.Table:
    schema = _schema(asked, lake)
    return _texts(col_name=schema.names, data_type=[hive_name(one.type) for one in schema], comment=[""] * len(schema))


def _schema(asked: Asked, lake: Lake) -> pa.Schema:
    return lake.find(f"{asked.database or ''}.{asked.table}").schema


def _texts(**columns: list[str]) -> pa.Table:
    return pa.table({name: pa.array(texts, pa.string()) for name, texts in columns.items()})


_FORMS: dict[str, Callable[[Asked, Lake], pa.Table]] = {
    rf"SHOW\s+(?:DATABASES|SCHEMAS){_PATTERN}": _databases,
    rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+{_DATABASE})?{_PATTERN}": _tables,
    rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+{_TABLE}(?:\s+(?:IN|FROM)\s+{_DATABASE})?": _columns,
    rf"DESC(?:RIBE)?\s+{_TABLE}": _table,
}
