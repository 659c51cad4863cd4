"""The clients' accounts, what they hold and their cash: the state that a day's transactions change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from ops.demo.portfolios.columns import Flags, Ints, constant, decimals, divided, named
from ops.demo.portfolios.market import Market
from ops.demo.portfolios.universe import BOND, COIN, CURRENCIES, MINOR_CODE, QUOTE_NAMES, Universe

_BASES = (("EUR", 0.35), ("USD", 0.25), ("CHF", 0.2), ("GBP", 0.1), ("INR", 0.1))
_SHORT_SHARE, _LATE_SHARE = 0.02, 0.02


@dataclass(slots=True)
class Books:
    """All accounts as columns: per account its client and base currency, per holding its units, per account the cash.

    `units` are in 0.0001, `cost` in 0.0001 of the currency or percent, `cash` (accounts x currencies) in cents;
    `holds_cash` marks the cash positions that are reported. A client is reported from day `start` on.
    """

    client_ids: list[str]
    account_ids: list[str]
    client: Ints
    base: Ints
    start: Ints
    account: Ints
    instrument: Ints
    units: Ints
    cost: Ints
    cash: Ints
    holds_cash: Flags

    def accounts_table(self) -> pa.Table:
        """Return the accounts that core banking keeps: client_id, account_id, base_ccy."""
        return pa.table(
            {
                "client_id": named(self.client, self.client_ids),
                "account_id": pa.array(self.account_ids),
                "base_ccy": named(self.base, CURRENCIES),
            }
        )

    def add(self, account: Ints, instrument: Ints, units: Ints, cost: Ints) -> None:
        """Add holdings that are not there yet."""
        self.account = np.concatenate([self.account, account])
        self.instrument = np.concatenate([self.instrument, instrument])
        self.units = np.concatenate([self.units, units])
        self.cost = np.concatenate([self.cost, cost])

    def drop_closed(self) -> None:
        """Forget the holdings without units."""
        open_ = self.units != 0
        self.account, self.instrument = self.account[open_], self.instrument[open_]
        self.units, self.cost = self.units[open_], self.cost[open_]

    def positions_table(self, market: Market, day: int) -> pa.Table:
        """Return the day's positions file: holdings, then cash."""
        reported = self.start[self.account] <= day
        return pa.concat_tables([self._holdings(market, reported), self._cash(market.day, day)], promote_options="none")

    def _holdings(self, market: Market, reported: Flags) -> pa.Table:
        universe, account, held = market.universe, self.account[reported], self.instrument[reported]
        units, rows = self.units[reported], len(held)
        scale, ccy = np.where(market.minor[held], 100, 1), universe.ccy[held]
        id_types, which = np.unique(universe.id_types, return_inverse=True)
        lags = np.isin(np.arange(len(universe.ids)), market.lagging)[held].astype(int)
        return pa.table(
            {
                "as_of_date": constant(market.day, rows),
                "client_id": named(self.client[account], self.client_ids),
                "account_id": named(account, self.account_ids),
                "id_type": named(which[held], id_types.tolist()),
                "instrument_id": named(held, universe.ids),
                "quantity": decimals(units, 4),
                "price": decimals(market.custodian_quotes()[held] * scale, 4),
                "price_ccy": named(np.where(market.minor[held], MINOR_CODE[ccy], ccy), QUOTE_NAMES),
                "price_date": named(lags, [str(market.day), str(market.yesterday)]),
                "accrued": decimals(accrued_interest(market, held, units), 2, universe.kind[held] == BOND),
                "cost_price": decimals(self.cost[reported] * scale, 4),
                "base_ccy": named(self.base[account], CURRENCIES),
            }
        )

    def _cash(self, day: date, number: int) -> pa.Table:
        account, ccy = np.nonzero(self.holds_cash & (self.start <= number)[:, None])
        rows, ones = len(account), np.ones(len(account), np.int64)
        return pa.table(
            {
                "as_of_date": constant(day, rows),
                "client_id": named(self.client[account], self.client_ids),
                "account_id": named(account, self.account_ids),
                "id_type": constant("CASH", rows),
                "instrument_id": named(ccy, CURRENCIES),
                "quantity": decimals(self.cash[account, ccy] * 100, 4),
                "price": decimals(ones * 10_000, 4),
                "price_ccy": named(ccy, CURRENCIES),
                "price_date": constant(day, rows),
                "accrued": decimals(ones * 0, 2, ones == 0),
                "cost_price": decimals(ones * 0, 4, ones == 0),
                "base_ccy": named(self.base[account], CURRENCIES),
            }
        )


def accrued_interest(market: Market, instrument: Ints, units: Ints) -> Ints:
    """Return the interest that bonds have accrued since their last coupon, in cents: act/365."""
    yearly = units * market.universe.coupon_bp[instrument]
    return divided(yearly * market.accrual_days[instrument], 365 * 1_000_000)


def draw_books(
    rng: np.random.Generator, universe: Universe, client_ids: Sequence[str], per_client: tuple[int, int]
) -> Books:
    """Draw one to three accounts a client and, between them, a number of holdings from the range `per_client`."""
    count = len(client_ids)
    accounts_of = rng.integers(1, 4, count)
    client = np.repeat(np.arange(count), accounts_of)
    first = np.cumsum(accounts_of) - accounts_of
    bases = rng.choice(len(_BASES), count, p=[share for _, share in _BASES])
    base = np.array([CURRENCIES.index(ccy) for ccy, _ in _BASES])[bases]
    late = (rng.random(count) < _LATE_SHARE) & (np.arange(count) > 0)
    start = np.where(late, rng.integers(1, 100, count), 0)

    holder = np.repeat(np.arange(count), rng.integers(per_client[0], per_client[1] + 1, count))
    account = first[holder] + (rng.random(len(holder)) * accounts_of[holder]).astype(np.int64)
    keys = np.unique(account * len(universe.ids) + rng.integers(0, len(universe.ids), len(holder)))
    account, held = np.divmod(keys, len(universe.ids))
    # From some thousands to some hundred thousands of the currency; yen and rupees more.
    worth = np.exp(rng.normal(10.5, 1.0, len(keys))) * np.where(universe.ccy[held] == CURRENCIES.index("JPY"), 100, 1)
    per_unit = universe.start[held] / universe.divisor[held] / 10_000
    lots = np.maximum(np.rint(worth / per_unit * 10_000 / universe.lot[held]), 1).astype(np.int64)
    short = (rng.random(len(keys)) < _SHORT_SHARE) & (universe.kind[held] != BOND) & (universe.kind[held] != COIN)
    cost = np.maximum(np.rint(universe.start[held] * rng.uniform(0.6, 1.2, len(keys))), 1).astype(np.int64)

    holds_cash = np.zeros((len(client), len(CURRENCIES)), bool)
    holds_cash[account, universe.ccy[held]] = True
    holds_cash[np.arange(len(client)), base[client]] = True
    cash = np.where(holds_cash, np.exp(rng.normal(11, 1, holds_cash.shape)) * 100, 0).astype(np.int64)
    return Books(
        client_ids=list(client_ids),
        account_ids=[f"{client_ids[of]}-{number - first[of] + 1}" for number, of in enumerate(client.tolist())],
        client=client,
        base=base[client],
        start=start[client],
        account=account,
        instrument=held,
        units=lots * universe.lot[held] * np.where(short, -1, 1),
        cost=cost,
        cash=cash,
        holds_cash=holds_cash,
    )
