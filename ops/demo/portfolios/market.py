"""The market of made-up days: quotes and rates walk at random, shares split, pay and change their quotation."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa

from ops.demo.portfolios.columns import Flags, Floats, Ints, constant, decimals, named
from ops.demo.portfolios.universe import BOND, CLASSES, CURRENCIES, EQUITY, MINOR_CODE, QUOTE_NAMES, Universe

# What a unit of each currency costs in USD at the start.
_USD = np.array([1.0, 1.09, 1.27, 1.12, 0.0119, 0.0067, 0.054, 0.27, 0.096])
_FX_VOLATILITY = 0.004
# Pairs as banks write them; the last is a cross that they also send.
_PAIRS = ("EURUSD", "GBPUSD", "USDCHF", "USDINR", "USDJPY", "USDZAR", "USDILS", "USDSEK", "EURCHF")
_PAIR_DECIMALS = 6
_SPLITS = ((2, 1), (3, 1), (5, 1), (1, 10))
_SPLIT_CHANCE, _DIVIDEND_CHANCE, _REQUOTE_CHANCE, _GAP_CHANCE, _LAG_CHANCE = 0.0004, 0.008, 0.05, 0.003, 0.01
_COUPON_DAY = 15


@dataclass(slots=True)
class Market:
    """The market at the end of a day; quotes are integers of 0.0001, `before` is yesterday's as if already split.

    `splits` holds (instrument, new units, old units), `dividends` money in 0.0001 per unit, `coupons` the bonds that
    pay today. `gaps` have no price today, `lagging` are priced by the custodian as of yesterday.
    """

    universe: Universe
    rng: np.random.Generator
    day: date
    minor: Flags = field(init=False)
    quotes: Ints = field(init=False)
    before: Ints = field(init=False)
    usd: Floats = field(init=False)
    splits: list[tuple[int, int, int]] = field(default_factory=list)
    dividends: Ints = field(init=False)
    coupons: Ints = field(init=False)
    accrual_days: Ints = field(init=False)
    gaps: Ints = field(init=False)
    lagging: Ints = field(init=False)
    yesterday: date = field(init=False)

    def __post_init__(self) -> None:
        self.quotes = self.before = self.universe.start.copy()
        self.minor, self.usd, self.yesterday = self.universe.minor.copy(), _USD.copy(), self.day
        self.dividends = np.zeros(len(self.quotes), np.int64)
        self.coupons = self.gaps = self.lagging = np.empty(0, np.int64)
        self.accrual_days = _accrual_days(self.universe, self.day)

    def move_to(self, day: date) -> None:
        """Let one day pass."""
        rng, universe, size = self.rng, self.universe, len(self.quotes)
        equity = universe.kind == EQUITY
        self.yesterday, self.day = self.day, day
        self._split(np.flatnonzero(equity & (rng.random(size) < _SPLIT_CHANCE)))
        steps = np.exp(universe.volatility * rng.standard_normal(size))
        self.quotes = np.maximum(np.rint(self.before * steps / universe.tick), 1).astype(np.int64) * universe.tick
        self.usd[1:] *= np.exp(_FX_VOLATILITY * rng.standard_normal(len(self.usd) - 1))
        pays = equity & (rng.random(size) < _DIVIDEND_CHANCE)
        self.dividends = np.where(pays, self.quotes // 150, 0)
        accrued_before, self.accrual_days = self.accrual_days, _accrual_days(universe, day)
        self.coupons = np.flatnonzero((universe.kind == BOND) & (self.accrual_days < accrued_before))
        split = np.isin(np.arange(size), [each[0] for each in self.splits])
        self.gaps = np.flatnonzero(~split & (rng.random(size) < _GAP_CHANCE))
        self.lagging = np.flatnonzero(~split & (rng.random(size) < _LAG_CHANCE))
        if rng.random() < _REQUOTE_CHANCE:
            self._requote()

    def _split(self, chosen: Ints) -> None:
        self.before, self.splits = self.quotes.copy(), []
        for instrument in chosen.tolist():
            new, old = _SPLITS[self.rng.integers(len(_SPLITS))]
            self.before[instrument] = max(self.before[instrument] * old // new, 1)
            self.splits.append((instrument, new, old))

    def _requote(self) -> None:
        """One share changes between quotes in pence and in pounds."""
        candidates = np.flatnonzero(self.universe.minor)
        if len(candidates):
            chosen = self.rng.choice(candidates)
            self.minor[chosen] = ~self.minor[chosen]

    def custodian_quotes(self) -> Ints:
        """Return the quotes that the custodian knows."""
        quotes = self.quotes.copy()
        quotes[self.lagging] = self.before[self.lagging]
        return quotes

    def rates(self, ccy: Ints, base: Ints) -> Floats:
        """Return what a unit of each currency is in each base currency."""
        return self.usd[ccy] / self.usd[base]

    def price_table(self) -> pa.Table:
        """Return the day's prices file."""
        listed = np.setdiff1d(np.flatnonzero(self.universe.priced), self.gaps)
        minor, ccy = self.minor[listed], self.universe.ccy[listed]
        quotes = self.quotes[listed] * np.where(minor, 100, 1)
        return pa.table(
            {
                "as_of_date": constant(self.day, len(listed)),
                "instrument_id": named(listed, self.universe.ids),
                "price": decimals(quotes, 4),
                "ccy": named(np.where(minor, MINOR_CODE[ccy], ccy), QUOTE_NAMES),
                "price_factor": named((self.universe.kind[listed] == BOND).astype(int), ["1", "0.01"]),
            }
        )

    def instrument_table(self) -> pa.Table:
        """Return the file that says what the instruments are; it never changes."""
        universe = self.universe
        return pa.table(
            {
                "as_of_date": constant(self.day, len(universe.ids)),
                "instrument_id": pa.array(universe.ids),
                "issuer": pa.array(universe.issuers, pa.string()),
                "asset_class": named(universe.kind, CLASSES),
                "country": pa.array(universe.countries, pa.string()),
            }
        )

    def fx_table(self) -> pa.Table:
        """Return the day's fx file."""
        codes = np.array([[CURRENCIES.index(pair[:3]), CURRENCIES.index(pair[3:])] for pair in _PAIRS])
        rates = np.rint(self.rates(codes[:, 0], codes[:, 1]) * 10**_PAIR_DECIMALS).astype(np.int64)
        return pa.table(
            {
                "as_of_date": constant(self.day, len(_PAIRS)),
                "pair": named(np.arange(len(_PAIRS)), _PAIRS),
                "rate": decimals(rates, _PAIR_DECIMALS),
            }
        )


def _accrual_days(universe: Universe, day: date) -> Ints:
    """Return the days since each instrument's last coupon; coupons fall on the 15th, twice a year."""
    starts = np.array([(day - _last_coupon(month, day)).days for month in range(1, 7)])
    return starts[universe.coupon_month - 1]


def _last_coupon(month: int, day: date) -> date:
    candidates = [date(year, each, _COUPON_DAY) for year in (day.year - 1, day.year) for each in (month, month + 6)]
    return max(each for each in candidates if each <= day)
