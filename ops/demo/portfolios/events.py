"""What happens in the accounts on a day, in the order in which it takes effect."""

from __future__ import annotations

import numpy as np

from ops.demo.portfolios.books import Books, accrued_interest
from ops.demo.portfolios.columns import Flags, Ints, divided
from ops.demo.portfolios.ledger import Entry, Ledger
from ops.demo.portfolios.market import Market
from ops.demo.portfolios.universe import BOND

_TRADES, _SECOND_TRADES, _NEW, _DELIVERIES, _CASH_TRANSFERS, _COMMISSIONS = 0.03, 0.01, 0.02, 0.001, 0.003, 0.3
_CASH_INTEREST, _CUSTODY_FEE_BP = 0.01, 2


def pass_day(books: Books, market: Market, ledger: Ledger, day: int) -> None:
    """Book one day of all accounts whose client was there the day before."""
    rng, live = ledger.rng, books.start < day
    _split(books, market, ledger, live)
    _pay(books, market, ledger, live)
    for share in (_TRADES, _SECOND_TRADES):
        chosen = np.flatnonzero(live[books.account] & (books.units != 0) & (rng.random(len(books.units)) < share))
        _trade(books, market, ledger, chosen)
    _open_positions(books, market, ledger, live)
    _deliver(books, market, ledger, live)
    _transfer_cash(books, ledger, np.flatnonzero(live & (rng.random(len(live)) < _CASH_TRANSFERS)))
    if market.day.month != market.yesterday.month:
        _month_end(books, ledger, np.flatnonzero(live), quarter=market.day.month % 3 == 1)
    books.drop_closed()


def _split(books: Books, market: Market, ledger: Ledger, live: Flags) -> None:
    for instrument, new, old in market.splits:
        held = np.flatnonzero(live[books.account] & (books.instrument == instrument))
        more = books.units[held] * new // old - books.units[held]
        books.units[held] += more
        books.cost[held] = np.maximum(books.cost[held] * old // new, 1)
        ledger.post(Entry("split", *_where(books, market, held), more * 0, books.instrument[held], more))


def _pay(books: Books, market: Market, ledger: Ledger, live: Flags) -> None:
    """Dividends and coupons on what was held at the open; who is short pays."""
    reported = live[books.account]
    held = np.flatnonzero(reported & (market.dividends[books.instrument] > 0))
    amount = divided(books.units[held] * market.dividends[books.instrument[held]], 1_000_000)
    ledger.post(Entry("dividend", *_where(books, market, held), amount, books.instrument[held]))
    held = np.flatnonzero(reported & np.isin(books.instrument, market.coupons))
    amount = divided(books.units[held] * market.universe.coupon_bp[books.instrument[held]], 2 * 1_000_000)
    ledger.post(Entry("interest", *_where(books, market, held), amount, books.instrument[held]))


def _trade(books: Books, market: Market, ledger: Ledger, chosen: Ints) -> None:
    """Add to, reduce or close holdings at a price between yesterday's and today's close."""
    rng, held = ledger.rng, books.instrument[chosen]
    lot, units = market.universe.lot[held], books.units[chosen]
    action = rng.random(len(chosen))
    part = np.rint(units * rng.uniform(0.05, 0.4, len(chosen)) / lot).astype(np.int64) * lot
    # What the market does not price is never closed: nothing would say what its last units were worth.
    closing = (action > 0.9) & market.universe.priced[held]
    delta = np.where(action < 0.5, part, np.where(closing, -units, -part))
    traded = delta != 0
    chosen, delta = chosen[traded], delta[traded]
    books.units[chosen] += delta
    _settle(books, market, ledger, books.account[chosen], books.instrument[chosen], delta)


def _settle(books: Books, market: Market, ledger: Ledger, account: Ints, instrument: Ints, units: Ints) -> None:
    """Pay for units with cash, accrued interest included, and pay a commission now and then."""
    rng, size = ledger.rng, len(units)
    low, high = market.before[instrument], market.quotes[instrument]
    quote = np.maximum(low + np.rint((high - low) * rng.random(size)).astype(np.int64), 1)
    clean = divided(units * quote, 1_000_000 * market.universe.divisor[instrument])
    amount = -clean - accrued_interest(market, instrument, units)
    ccy = market.universe.ccy[instrument]
    for kind, side in (("buy", units > 0), ("sell", units < 0)):
        columns = (account[side], ccy[side], amount[side], instrument[side], units[side], quote[side])
        ledger.post(Entry(kind, *columns, in_minor=True))
    paid = rng.random(size) < _COMMISSIONS
    commission = -np.maximum(np.abs(amount[paid]) // 1000, 500)
    ledger.post(Entry("fee", account[paid], ccy[paid], commission, instrument[paid]))


def _open_positions(books: Books, market: Market, ledger: Ledger, live: Flags) -> None:
    """Some accounts buy what they do not hold yet."""
    rng, universe = ledger.rng, market.universe
    account = np.flatnonzero(live & (rng.random(len(live)) < _NEW))
    instrument = rng.integers(0, len(universe.ids), len(account))
    held = np.isin(account * len(universe.ids) + instrument, books.account * len(universe.ids) + books.instrument)
    fresh = ~held & universe.priced[instrument]
    account, instrument = account[fresh], instrument[fresh]
    value = market.quotes[instrument] / universe.divisor[instrument] / 10_000
    lots = np.maximum(np.rint(rng.uniform(5e3, 5e4, len(account)) / value * 10_000 / universe.lot[instrument]), 1)
    units = lots.astype(np.int64) * universe.lot[instrument]
    books.add(account, instrument, units, market.quotes[instrument].copy())
    _settle(books, market, ledger, account, instrument, units)


def _deliver(books: Books, market: Market, ledger: Ledger, live: Flags) -> None:
    """Securities arrive from other banks and leave for them, at the day's price; bonds and private funds stay."""
    rng, universe = ledger.rng, market.universe
    movable = (universe.kind != BOND) & universe.priced
    drawn = live[books.account] & movable[books.instrument] & (rng.random(len(books.units)) < _DELIVERIES)
    chosen = np.flatnonzero(drawn & (books.units > 0))
    held = books.instrument[chosen]
    lot = universe.lot[held]
    delta = books.units[chosen] // lot // 2 * lot * rng.choice([-1, 1], len(chosen))
    for kind, side in (("transfer_in", delta > 0), ("transfer_out", delta < 0)):
        rows, units = chosen[side], delta[side]
        books.units[rows] += units
        columns = (*_where(books, market, rows), units * 0, held[side], units, market.quotes[held[side]])
        ledger.post(Entry(kind, *columns, in_minor=True, moves_cash=False))


def _transfer_cash(books: Books, ledger: Ledger, account: Ints) -> None:
    base = books.base[account]
    amount = np.rint(books.cash[account, base] * ledger.rng.uniform(-0.5, 1.0, len(account))).astype(np.int64)
    for kind, side in (("transfer_in", amount > 0), ("transfer_out", amount < 0)):
        moved = amount[side]
        columns = (account[side], base[side], moved, None, moved * 100, np.full(len(moved), 10_000))
        ledger.post(Entry(kind, *columns))


def _month_end(books: Books, ledger: Ledger, account: Ints, *, quarter: bool) -> None:
    """Interest on cash every month, debit interest on overdrafts; the custody fee every quarter."""
    base = books.base[account]
    cash = books.cash[account, base]
    earned = np.rint(cash * _CASH_INTEREST / 12).astype(np.int64)
    ledger.post(Entry("interest", account, base, earned))
    if quarter:
        ledger.post(Entry("fee", account, base, -(np.abs(cash) * _CUSTODY_FEE_BP // 10_000 + 2_500)))


def _where(books: Books, market: Market, rows: Ints) -> tuple[Ints, Ints]:
    """Return the account and the currency of holdings."""
    return books.account[rows], market.universe.ccy[books.instrument[rows]]
