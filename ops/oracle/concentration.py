"""Where a client's money is, recomputed: the largest shares by instrument, currency, issuer, class and country."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from typing import TypeAlias

from ops.oracle.files import DIGITS, ZERO, DayFiles, TextRow, rounded
from ops.oracle.pnl import Row

_LARGEST = 10
_RATIO_PLACES = 10
# Name (None where no file says), worth in base currency, part of the whole.
Share: TypeAlias = tuple[str | None, Decimal, Decimal]
Facts: TypeAlias = Mapping[str, TextRow]


def facts_by_day(days: Iterable[DayFiles]) -> dict[date, Facts]:
    """Return what was known of each instrument on each day: the last row of its own up to then."""
    known: dict[str, TextRow] = {}
    found: dict[date, Facts] = {}
    for day in sorted(days, key=lambda each: each.as_of):
        known = {**known, **{row["instrument_id"]: row for row in day.instruments}}
        found[day.as_of] = known
    return found


def concentrations(rows: Sequence[Row], facts: Facts) -> dict[str, list[Share]]:
    """Return the ten largest shares of each sort for one client and day; cash has a class, no issuer and no country."""

    def fact(column: str, of_cash: str | None = None) -> Callable[[Row], str | None]:
        return lambda row: of_cash if _is_cash(row) else facts.get(row.instrument_id, {}).get(column) or None

    securities = [row for row in rows if not _is_cash(row)]
    return {
        "instrument": _shares(rows, rows, lambda row: row.instrument_id),
        "currency": _shares(rows, rows, lambda row: row.price_ccy),
        "issuer": _shares(securities, rows, fact("issuer")),
        "asset_class": _shares(rows, rows, fact("asset_class", "cash")),
        "country": _shares(securities, rows, fact("country")),
    }


def _shares(counted: Sequence[Row], whole: Sequence[Row], name_of: Callable[[Row], str | None]) -> list[Share]:
    net = sum((row.market_value for row in whole), ZERO)
    worth: defaultdict[str | None, Decimal] = defaultdict(lambda: ZERO)
    for row in counted:
        worth[name_of(row)] += row.market_value
    ordered = sorted(worth.items(), key=lambda item: (-abs(item[1]), item[0] or ""))
    with localcontext(prec=DIGITS):
        shares = [
            (name, value, rounded(value / net if net else ZERO, _RATIO_PLACES)) for name, value in ordered if value
        ]
    return shares[:_LARGEST]


def _is_cash(row: Row) -> bool:
    return row.instrument_id == row.price_ccy
