"""The day's files as rows of text, and the few conversions every figure needs."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

TextRow = Mapping[str, str]

ZERO, ONE = Decimal(0), Decimal(1)
# Quotes in these are in hundredths of a currency.
MINOR_UNITS = {"GBX": "GBP", "ZAc": "ZAR", "ZAX": "ZAR", "ILA": "ILS"}
# Digits that products of four figures need to stay exact.
DIGITS = 100


@dataclass(frozen=True, slots=True)
class DayFiles:
    """One day's rows of each kind, as the bank's files have them: header name to text."""

    as_of: date
    positions: Sequence[TextRow] = ()
    prices: Sequence[TextRow] = ()
    fx: Sequence[TextRow] = ()
    transactions: Sequence[TextRow] = field(default=())
    instruments: Sequence[TextRow] = ()

    @classmethod
    def of_csv(cls, as_of: date, texts: Mapping[str, str]) -> DayFiles:
        """Read CSV texts by kind; a kind that is absent has no rows."""
        rows = {kind: list(csv.DictReader(io.StringIO(text))) for kind, text in texts.items()}
        return cls(
            as_of, *(rows.get(kind, []) for kind in ("positions", "prices", "fx", "transactions", "instruments"))
        )


def number(row: TextRow, column: str) -> Decimal | None:
    """Return a column's number, None where it is empty or absent."""
    text = (row.get(column) or "").strip()
    return Decimal(text) if text else None


def major(ccy: str) -> tuple[str, Decimal]:
    """Return the currency a quote is worth in, and what one quoted unit is in it: GBX is 0.01 GBP."""
    return (MINOR_UNITS[ccy], Decimal("0.01")) if ccy in MINOR_UNITS else (ccy, ONE)


def rounded(value: Decimal, places: int) -> Decimal:
    """Round half-even to a number of decimals."""
    with localcontext(prec=DIGITS):
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)


def cents(value: Decimal) -> Decimal:
    """Round half-even to cents."""
    return rounded(value, 2)
