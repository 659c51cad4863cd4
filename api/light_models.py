"""What the API says of traffic lights."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, PlainSerializer

# Never a JSON number, which readers take for a binary float, and never in scientific notation.
Figure = Annotated[Decimal, PlainSerializer(lambda figure: format(figure, "f"), return_type=str)]
Level = Literal["green", "amber", "red"]
Measure = Literal[
    "position", "issuer", "currency", "asset_class", "country", "unclassified", "drawdown", "day_loss", "stale_prices",
    "missing_prices", "unexplained", "late", "flash", "restated",
]  # fmt: skip
Unit = Literal["share", "count", "days", "flag"]


class Light(BaseModel):
    """One rule: what was measured, from which values on it is amber or red, and the reason in a sentence.

    `unknown` is what cannot be measured, such as issuers before any file described the instruments.
    """

    rule: Measure
    title: str
    level: Level | Literal["unknown"]
    value: Figure | None
    unit: Unit
    amber: Figure | None
    red: Figure | None
    reason: str


class LightCount(BaseModel):
    """How many clients of a book are amber or red by one rule."""

    rule: Measure
    title: str
    amber: int
    red: int


class BookLights(BaseModel):
    """How many clients of the whole book are of each level, by their worst rule, and by each rule."""

    red: int
    amber: int
    green: int
    rules: list[LightCount]
