"""Spark schemas derived from the contracts in core/events, so that the two cannot drift apart."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime

from core.events import Event

# Times stay text: Spark would cut their precision, and only the endpoint interprets them.
_SCALARS = {str: "STRING", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN", UUID: "STRING", AwareDatetime: "STRING"}


def fields_ddl(model: type[Event]) -> str:
    """Return the model's fields as Spark DDL, `article_id STRING, revision BIGINT, ...`."""
    return ", ".join(f"`{name}` {_ddl(field.annotation)}" for name, field in model.model_fields.items())


def required_fields(model: type[Event]) -> list[str]:
    """Return the names of the fields that a record of this model must have."""
    return [name for name, field in model.model_fields.items() if field.is_required()]


def _ddl(annotation: Any) -> str:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _ddl(arguments[0])
    if origin is Literal:
        return "STRING"
    if origin in (Union, types.UnionType):
        (inner,) = [argument for argument in arguments if argument is not types.NoneType]
        return _ddl(inner)
    if origin is tuple:
        return f"ARRAY<{_ddl(arguments[0])}>"
    if isinstance(annotation, type) and issubclass(annotation, Event):
        return f"STRUCT<{fields_ddl(annotation)}>"
    return _SCALARS[annotation]
