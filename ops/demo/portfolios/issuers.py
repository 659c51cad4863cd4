"""Made-up names of issuers; each has a few instruments of one country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

_FIRST = (
    "Alder", "Birch", "Cedar", "Dun", "Elm", "Fair", "Glen", "Hart", "Iron", "Juniper", "Kings", "Linden", "Mill",
    "North", "Oak", "Penn", "Quarry", "Raven", "Stone", "Thorn", "Upper", "Vale", "West", "Yew",
)  # fmt: skip
_LAST = ("bridge", "field", "ford", "gate", "haven", "hurst", "lake", "mont", "ridge", "stead", "ton", "wood")
_TRADES = ("Energy", "Foods", "Industries", "Insurance", "Mining", "Pharma", "Property", "Rail", "Software", "Telecom")
_INSTRUMENTS_EACH = 3


def issuers_of(countries: Sequence[str | None]) -> list[str | None]:
    """Return each instrument's issuer, None where it has no country; three of a country follow one another.

    Drawn from the place in the list alone: what the seed draws afterwards stays as it was.
    """
    seen: Counter[str] = Counter()
    names: list[str | None] = []
    for country in countries:
        if country is None:
            names.append(None)
            continue
        names.append(_name(country, seen[country] // _INSTRUMENTS_EACH))
        seen[country] += 1
    return names


def _name(country: str, number: int) -> str:
    start = sum(map(ord, country)) * 7 + number
    word = _FIRST[start % len(_FIRST)] + _LAST[start // len(_FIRST) % len(_LAST)]
    return f"{word} {_TRADES[start % len(_TRADES)]} {country}"
