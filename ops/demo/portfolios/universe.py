"""The instruments that all portfolios draw from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.demo.portfolios.columns import Flags, Floats, Ints
from ops.demo.portfolios.identifiers import make_cusip, make_figi, make_isin, make_sedol
from ops.demo.portfolios.issuers import issuers_of

CURRENCIES = ("USD", "EUR", "GBP", "CHF", "INR", "JPY", "ZAR", "ILS", "SEK")
_MINOR = {"GBP": "GBX", "ZAR": "ZAc", "ILS": "ILA"}
# What a quote's currency is called: by code, the minor units after the currencies.
QUOTE_NAMES = (*CURRENCIES, *_MINOR.values())
MINOR_CODE = np.array([QUOTE_NAMES.index(_MINOR.get(ccy, ccy)) for ccy in CURRENCIES])

EQUITY, BOND, FUND, COIN = range(4)
CLASSES = ("equity", "bond", "fund", "crypto")
_SHARES = (0.6, 0.22, 0.14, 0.04)
# By kind: least units that trade (in 0.0001), least step of a quote (in 0.0001), daily volatility, median quote.
_LOT = np.array([10_000, 10_000_000, 1, 1])
_TICK = np.array([100, 10, 1, 100])
_VOLATILITY = np.array([0.014, 0.002, 0.006, 0.035])
_MEDIAN = np.array([80.0, 98.0, 120.0, 900.0])
_SPREAD = np.array([0.8, 0.06, 0.4, 2.0])

# Country of the ISIN, currency, how many of a hundred.
_LISTINGS = (
    ("US", "USD", 34), ("DE", "EUR", 12), ("FR", "EUR", 10), ("GB", "GBP", 14), ("CH", "CHF", 9), ("IN", "INR", 7),
    ("JP", "JPY", 5), ("ZA", "ZAR", 3), ("IL", "ILS", 3), ("SE", "SEK", 3),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Universe:
    """Columns with one entry per instrument; `start` is the first quote in 0.0001 of the currency or percent."""

    ids: list[str]
    id_types: list[str]
    issuers: list[str | None]
    countries: list[str | None]
    kind: Ints
    ccy: Ints
    minor: Flags
    lot: Ints
    tick: Ints
    volatility: Floats
    start: Ints
    coupon_bp: Ints
    coupon_month: Ints
    priced: Flags

    @property
    def divisor(self) -> Ints:
        """What a quote is divided by to be money per unit: 100 where it is a percentage."""
        return np.where(self.kind == BOND, 100, 1)


def draw_universe(rng: np.random.Generator, size: int) -> Universe:
    """Draw `size` instruments."""
    kind = rng.choice(4, size, p=_SHARES)
    weights = np.array([share for _, _, share in _LISTINGS], float)
    listing = rng.choice(len(_LISTINGS), size, p=weights / weights.sum())
    named = [_identify(*pair, serial) for serial, pair in enumerate(zip(kind, listing, strict=True), start=10_000)]
    countries = [_country(*pair) for pair in zip(kind, listing, strict=True)]
    ccy = np.array([CURRENCIES.index(_LISTINGS[each][1]) for each in listing])
    ccy[kind == COIN] = CURRENCIES.index("USD")
    # Most shares of London, Johannesburg and Tel Aviv are quoted in hundredths.
    minor = (kind == EQUITY) & (ccy != MINOR_CODE[ccy]) & (rng.random(size) < 0.85)
    tick = np.where(minor, 1, _TICK[kind])
    quotes = _MEDIAN[kind] * np.exp(_SPREAD[kind] * rng.standard_normal(size))
    return Universe(
        ids=[name for _, name in named],
        id_types=[id_type for id_type, _ in named],
        issuers=issuers_of(countries),
        countries=countries,
        kind=kind,
        ccy=ccy,
        minor=minor,
        lot=_LOT[kind],
        tick=tick,
        volatility=_VOLATILITY[kind],
        start=np.maximum(np.rint(quotes * 10_000 / tick).astype(np.int64), 1) * tick,
        coupon_bp=np.where(kind == BOND, rng.integers(1, 29, size) * 25, 0),
        coupon_month=rng.integers(1, 7, size),
        # Private funds have no market price: only the custodian's own.
        priced=~((kind == FUND) & (rng.random(size) < 0.05)),
    )


def _identify(kind: int, listing: int, serial: int) -> tuple[str, str]:
    country = _country(kind, listing)
    if kind == COIN or country is None:
        return "FIGI", make_figi(serial)
    if kind == EQUITY and serial % 8 == 0:
        if country == "US":
            return "CUSIP", make_cusip(serial)
        if country == "GB":
            return "SEDOL", make_sedol(serial)
    return "ISIN", make_isin(country, serial)


def _country(kind: int, listing: int) -> str | None:
    if kind == COIN:
        return None
    return "LU" if kind == FUND else _LISTINGS[listing][0]
