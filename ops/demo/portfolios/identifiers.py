"""Made-up security identifiers with right check digits."""

from __future__ import annotations

from stdnum import cusip, figi, isin
from stdnum.gb import sedol


def make_isin(country: str, serial: int) -> str:
    """Return an ISIN of a country; `serial` below 10^9."""
    body = f"{country}{serial:09d}"
    return body + isin.calc_check_digit(body)


def make_cusip(serial: int) -> str:
    """Return a CUSIP; `serial` below 10^8."""
    body = f"{serial:08d}"
    return body + cusip.calc_check_digit(body)


def make_sedol(serial: int) -> str:
    """Return a SEDOL of the alphanumeric kind; `serial` below 10^5."""
    body = f"B{serial:05d}"
    return body + sedol.calc_check_digit(body)


def make_figi(serial: int) -> str:
    """Return a FIGI; `serial` below 10^6."""
    body = f"BBG00{serial:06d}"
    return body + figi.calc_check_digit(body)
