"""Exchange rates between any two currencies, made from the pairs that the day's file has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from batch.days import STALE_DAYS

# (from, to): how much of `to` one unit of `from` is worth.
Pairs = Mapping[tuple[str, str], Decimal]

_PIVOTS = ("USD", "EUR")
_ONE = Decimal(1)
_STEP = Decimal("1e-12")
# A product of two quotients is rounded once, at the end: these digits keep it exact until then.
_DIGITS = 60


def cross_rate(pairs: Pairs, ccy: str, base: str) -> Decimal | None:
    """Return what one unit of `ccy` is in `base`: the pair, its inverse, or by way of USD, else of EUR.

    Rounded half-even to 12 decimals, a pair of the file excepted; None when the day's pairs do not say.
    """
    if ccy == base:
        return _ONE
    with localcontext(prec=_DIGITS, rounding=ROUND_HALF_EVEN):
        exact = _leg(pairs, ccy, base)
        for pivot in _PIVOTS:
            if exact is None:
                there, back = _leg(pairs, ccy, pivot), _leg(pairs, pivot, base)
                exact = there * back if there and back else None
        return None if exact is None else exact.quantize(_STEP)


def _leg(pairs: Pairs, ccy: str, base: str) -> Decimal | None:
    if direct := pairs.get((ccy, base)):
        return direct
    inverse = pairs.get((base, ccy))
    return _ONE / inverse if inverse else None


def rate_as_of(days: Mapping[date, Pairs], day: date, ccy: str, base: str) -> tuple[Decimal, int] | None:
    """Return the rate of the day or the last one of the ten days before it, and its age in days.

    Both legs of a cross rate are of one day: two markets' moments are never mixed.
    """
    if ccy == base:
        return _ONE, 0
    for age in range(STALE_DAYS + 1):
        pairs = days.get(day - timedelta(days=age))
        rate = cross_rate(pairs, ccy, base) if pairs else None
        if rate is not None:
            return rate, age
    return None


def cross_table(
    days: Mapping[date, Pairs], wanted: Iterable[date], bases: Iterable[str]
) -> Iterator[tuple[date, str, str, Decimal, int]]:
    """Yield (day, ccy, base, rate, age) for each wanted day, base currency, and currency that can be turned into it."""
    bases = sorted(set(bases))
    known = sorted({ccy for pairs in days.values() for pair in pairs for ccy in pair}.union(bases))
    for day in sorted(wanted):
        for base in bases:
            for ccy in known:
                found = rate_as_of(days, day, ccy, base)
                if found is not None:
                    yield day, ccy, base, *found
