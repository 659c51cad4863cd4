"""The rules of one kind of file, read from its YAML file."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

_FOLDER = Path(__file__).parent


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Column(_Declared):
    """A column of the file; `type` is `string`, `date` or `decimal(p,s)`, bounds are inclusive but for `above`."""

    type: str = "string"
    required: bool = False
    is_folder_date: bool = False
    not_after_folder: bool = False
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    above: Decimal | None = None
    one_of: tuple[str, ...] = ()
    longest: int = 64
    currency: Literal["major", "any"] | None = None

    @property
    def is_free_text(self) -> bool:
        """Whether the file may write what it likes here."""
        return self.type == "string" and not (self.one_of or self.currency or self.is_folder_date)


class Check(_Declared):
    """A row is refused where the SQL condition `refuse` holds; `field` is the column to blame."""

    rule: str
    field: str
    refuse: str


class Jumps(_Declared):
    """Day-on-day jumps of a silver column; a file with at least `from_rows` values fails above `fail_share` of them."""

    value: str
    per: tuple[str, ...]
    factor: Decimal
    fail_share: Decimal
    from_rows: int
    days: int


class Shrinks(_Declared):
    """A file fails with fewer than `below` x the rows of the day before, where those were at least `from_rows`."""

    below: Decimal
    from_rows: int


class Ruleset(_Declared):
    """All that is declared of one kind of file and of its silver table."""

    kind: str
    table: str
    date: str
    key: tuple[str, ...] = ()
    columns: dict[str, Column]
    checks: tuple[Check, ...] = ()
    silver: dict[str, str] = {}
    jumps: Jumps | None = None
    shrinks: Shrinks | None = None


class Minor(_Declared):
    """A minor unit: `unit` of `major` each."""

    major: str
    unit: Decimal


class Currencies(_Declared):
    """The currency codes of ISO 4217, and the minor units that exchanges quote in."""

    major: tuple[str, ...]
    minor: dict[str, Minor]


@cache
def ruleset(kind: str) -> Ruleset:
    """Return the rules of one of the kinds that `batch.landing.layout` names."""
    return Ruleset.model_validate(_read(kind))


@cache
def currencies() -> Currencies:
    """Return the currencies that we know."""
    return Currencies.model_validate(_read("currencies"))


def _read(name: str) -> object:
    return yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
