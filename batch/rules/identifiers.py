"""Whether an instrument's identifier can be one of its type: length, letters and check digit, by python-stdnum."""

from __future__ import annotations

from functools import lru_cache

from stdnum import cusip, figi, isin
from stdnum.exceptions import ValidationError
from stdnum.gb import sedol

from batch.rules.ruleset import currencies

_STANDARDS = {"ISIN": isin, "FIGI": figi, "CUSIP": cusip, "SEDOL": sedol}


# Files repeat their instruments, and the check is slow beside a look-up.
@lru_cache(maxsize=1 << 18)
def is_identifier(id_type: str, identifier: str) -> bool:
    """Return whether this is exactly as its standard writes it; CASH is a currency, INT any name of the bank's."""
    if id_type == "CASH":
        return identifier in currencies().major
    standard = _STANDARDS.get(id_type)
    if standard is None:
        return True
    try:
        return bool(standard.validate(identifier) == identifier)
    except ValidationError:
        return False
