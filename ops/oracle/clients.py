"""A client's day: the sums of its positions, the day's return and the chain of returns since inception."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from ops.oracle.files import DIGITS, ONE, ZERO, rounded
from ops.oracle.pnl import QUALITIES, Row

_SUMS = (
    "market_value", "pnl_total", "pnl_price", "pnl_fx", "pnl_trading", "pnl_income", "pnl_fees", "pnl_unexplained",
    "net_flows",
)  # fmt: skip
_RATIO_PLACES = 10
# A chain of a thousand exact quotients would grow without end; this is far finer than what is compared.
_INDEX_PLACES = 30


@dataclass(frozen=True, slots=True)
class ClientRow:
    """The figures of one client on one day; `sums` by name in base currency, ratios with ten decimals.

    `weights` is by account and instrument.
    """

    as_of: date
    client_id: str
    base_ccy: str
    sums: Mapping[str, Decimal]
    daily_return: Decimal
    twr: Decimal
    drawdown: Decimal
    top_concentration: Decimal
    weights: Mapping[tuple[str, str], Decimal]
    quality: str


def client_rows(rows: Mapping[tuple[date, str, str, str], Row]) -> dict[tuple[date, str], ClientRow]:
    """Return a row for each (date, client), from the position rows of all days since inception."""
    by_day: defaultdict[tuple[date, str], list[Row]] = defaultdict(list)
    for row in rows.values():
        by_day[row.as_of, row.client_id].append(row)
    days = sorted({day for day, _ in by_day})
    day_before = dict(zip(days[1:], days, strict=False))
    found: dict[tuple[date, str], ClientRow] = {}
    index: defaultdict[str, Decimal] = defaultdict(lambda: ONE)
    peak: defaultdict[str, Decimal] = defaultdict(lambda: ONE)
    with localcontext(prec=DIGITS):
        for day, client in sorted(by_day):
            positions = by_day[day, client]
            sums = {name: sum((getattr(row, name) for row in positions), ZERO) for name in _SUMS}
            last = found.get((day_before[day], client)) if day in day_before else None
            if last is None:
                index[client] = peak[client] = ONE
            gain = _return(last.sums["market_value"] if last else ZERO, sums)
            index[client] = rounded(index[client] * (1 + gain), _INDEX_PLACES)
            peak[client] = max(peak[client], index[client])
            found[day, client] = ClientRow(
                day,
                client,
                positions[0].base_ccy,
                sums,
                _ratio(gain),
                _ratio(index[client] - 1),
                _ratio(index[client] / peak[client] - 1),
                _top_concentration(positions, sums["market_value"]),
                _weights(positions, sums["market_value"]),
                max((row.quality for row in positions), key=QUALITIES.index),
            )
    return found


def _return(value_before: Decimal, sums: Mapping[str, Decimal]) -> Decimal:
    """Earned over what was invested: yesterday's value and what came in since."""
    invested = value_before + max(sums["net_flows"], ZERO)
    return sums["pnl_total"] / invested if invested > 0 else ZERO


def _weights(positions: list[Row], value: Decimal) -> dict[tuple[str, str], Decimal]:
    return {
        (row.account_id, row.instrument_id): _ratio(row.market_value / value) if value else ZERO for row in positions
    }


def _top_concentration(positions: list[Row], value: Decimal) -> Decimal:
    """The largest share of one instrument, its accounts together; cash, which is its own currency, is none."""
    of_instrument: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for row in positions:
        if row.instrument_id != row.price_ccy:
            of_instrument[row.instrument_id] += row.market_value
    return max((abs(_ratio(worth / value)) for worth in of_instrument.values()), default=ZERO) if value else ZERO


def _ratio(value: Decimal) -> Decimal:
    return rounded(value, _RATIO_PLACES)
