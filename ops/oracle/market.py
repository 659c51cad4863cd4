"""What an instrument or a currency was worth on a day, as the prices and fx files say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext

from ops.oracle.files import DIGITS, ONE, DayFiles, major, number, rounded

STALE_DAYS = 10
_PIVOTS = ("USD", "EUR")
_PRICE_PLACES, _RATE_PLACES = 10, 12


@dataclass(frozen=True, slots=True)
class Quote:
    """Worth of one unit in `ccy` by the price of `day`."""

    price: Decimal
    ccy: str
    day: date


class Market:
    """Prices and rates of all days, looked up with the ten days' patience that stale ones get."""

    def __init__(self, days: Iterable[DayFiles]) -> None:
        self._quotes: dict[tuple[str, date], Quote] = {}
        self._factors: dict[str, list[tuple[date, Decimal]]] = {}
        self._rates: dict[date, dict[tuple[str, str], Decimal]] = {}
        for day in days:
            for row in day.prices:
                self._add_price(
                    day.as_of, row["instrument_id"], row["ccy"], number(row, "price"), number(row, "price_factor")
                )
            pairs = ((row["pair"], number(row, "rate")) for row in day.fx)
            self._rates[day.as_of] = {(pair[:3], pair[3:]): rate for pair, rate in pairs if rate}

    def _add_price(
        self, day: date, instrument: str, quoted_in: str, quote: Decimal | None, factor: Decimal | None
    ) -> None:
        ccy, unit = major(quoted_in)
        factor = factor or ONE
        self._factors.setdefault(instrument, []).append((day, factor))
        if quote is not None:
            self._quotes[instrument, day] = Quote(rounded(quote * factor * unit, _PRICE_PLACES), ccy, day)

    def quote(self, instrument: str, day: date) -> Quote | None:
        """Return the day's price or the last one of the ten days before it."""
        candidates = (self._quotes.get((instrument, day - timedelta(days=age))) for age in range(STALE_DAYS + 1))
        return next((quote for quote in candidates if quote), None)

    def factor(self, instrument: str, day: date) -> Decimal:
        """Return the price factor of the day or the last known one, 1 when there never was any."""
        known = [factor for since, factor in self._factors.get(instrument, ()) if since <= day]
        return known[-1] if known else ONE

    def rate(self, ccy: str, base: str, day: date) -> tuple[Decimal, int] | None:
        """Return what one unit of `ccy` is in `base` and how many days old that rate is."""
        for age in range(STALE_DAYS + 1):
            rate = _rate(self._rates.get(day - timedelta(days=age), {}), ccy, base)
            if rate is not None:
                return rate, age
        return None


def _rate(rates: dict[tuple[str, str], Decimal], ccy: str, base: str) -> Decimal | None:
    if ccy == base:
        return ONE
    with localcontext(prec=DIGITS):
        exact = _leg(rates, ccy, base)
        for pivot in _PIVOTS:
            if exact is None:
                there, back = _leg(rates, ccy, pivot), _leg(rates, pivot, base)
                exact = there * back if there and back else None
    return None if exact is None else rounded(exact, _RATE_PLACES)


def _leg(rates: dict[tuple[str, str], Decimal], ccy: str, base: str) -> Decimal | None:
    if (ccy, base) in rates:
        return rates[ccy, base]
    return ONE / rates[base, ccy] if (base, ccy) in rates else None
