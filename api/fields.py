"""Kinds of values that several requests have in common; what PostgreSQL cannot store is refused here."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

_STORABLE = r"^[^\x00]*$"

Id = Annotated[str, Field(min_length=1, max_length=128, pattern=_STORABLE)]
ShortText = Annotated[str, Field(max_length=200, pattern=_STORABLE)]
Note = Annotated[str, Field(max_length=2000, pattern=_STORABLE)]
CursorText = Annotated[str, Field(max_length=200, pattern=_STORABLE)]
Limit = Annotated[int, Field(ge=1, le=200)]

__all__ = ["CursorText", "Id", "Limit", "Moment", "Note", "ShortText"]


def _within_reason(moment: datetime) -> datetime:
    """Return the moment in UTC; ValueError for years that no clock and no calendar of ours has."""
    if not 2000 <= moment.year <= 2999:
        raise ValueError("the year is not one of this millennium")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_within_reason)]
