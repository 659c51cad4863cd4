"""Arrow's types by Athena's names, and values as Athena writes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

# DuckDB sums integers as 128 bits, which Arrow has no other type for.
_WIDE_INTEGER = pa.decimal128(38, 0)
_NAMES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_boolean, "boolean"),
    (pa.types.is_int8, "tinyint"),
    (pa.types.is_int16, "smallint"),
    (pa.types.is_int32, "integer"),
    (pa.types.is_integer, "bigint"),
    (pa.types.is_float32, "real"),
    (pa.types.is_floating, "double"),
    (pa.types.is_date, "date"),
    (pa.types.is_time, "time"),
    (pa.types.is_binary, "varbinary"),
    (pa.types.is_large_binary, "varbinary"),
    (pa.types.is_interval, "interval"),
)

_HIVE_NAMES = {
    "varchar": "string", "integer": "int", "real": "float", "varbinary": "binary",
    "timestamp with time zone": "timestamp",
}  # fmt: skip


def type_name(kind: pa.DataType) -> str:
    """Return the type as a query would write it, `decimal(20,2)` or `array(row(name varchar))`."""
    if pa.types.is_decimal(kind):
        return "bigint" if kind == _WIDE_INTEGER else f"decimal({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "timestamp with time zone" if kind.tz else "timestamp"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"array({type_name(kind.value_type)})"
    if pa.types.is_struct(kind):
        return f"row({', '.join(f'{field.name} {type_name(field.type)}' for field in kind)})"
    if pa.types.is_map(kind):
        return f"map({type_name(kind.key_type)}, {type_name(kind.item_type)})"
    return next((name for fits, name in _NAMES if fits(kind)), "varchar")


def hive_name(kind: pa.DataType) -> str:
    """Return the type as DESCRIBE writes it, `string` or `array<struct<name:string>>`."""
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"array<{hive_name(kind.value_type)}>"
    if pa.types.is_struct(kind):
        return f"struct<{','.join(f'{field.name}:{hive_name(field.type)}' for field in kind)}>"
    if pa.types.is_map(kind):
        return f"map<{hive_name(kind.key_type)},{hive_name(kind.item_type)}>"
    name = type_name(kind)
    return _HIVE_NAMES.get(name, name)


def cell(value: Any) -> str | None:
    """Return a value as Athena writes it into results; None for null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _double(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex(" ")
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}={_inner(one)}" for name, one in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_inner, value)) + "]"
    return str(value)


def _inner(value: Any) -> str:
    text = cell(value)
    return "null" if text is None else text


def _moment(value: datetime) -> str:
    plain = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    text = plain.isoformat(" ", timespec="microseconds" if plain.microsecond % 1000 else "milliseconds")
    return f"{text} UTC" if value.tzinfo else text


def _double(value: float) -> str:
    """Return a double as Java writes it: plain from 0.001 up to ten million, else with an exponent."""
    if value != value or value in (float("inf"), float("-inf")):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = format(Decimal(repr(value)), "f")
        return text if "." in text else f"{text}.0"
    digits, _, exponent = format(Decimal(repr(value)).normalize(), "e").replace("+", "").partition("e")
    return f"{digits if '.' in digits else f'{digits}.0'}E{int(exponent)}"
