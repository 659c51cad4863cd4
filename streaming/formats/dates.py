"""Dates of news formats, read without guessing: RFC 3339, and RFC 822 for RSS."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from core.clock import parse_rfc3339
from core.errors import BadInput

# Outside of these a date is a mistake: before newswires, or beyond what a release is ever held back.
FIRST_YEAR, LAST_YEAR = 1900, 2200


def strict_date(value: object, field: str) -> datetime | None:
    """Read an RFC 3339 time, None when absent; BadInput when it is malformed, has no offset or is absurd."""
    if value is None or value == "":
        return None
    try:
        if not isinstance(value, str):
            raise ValueError
        return _plausible(parse_rfc3339(value.strip()))
    except (ValueError, OverflowError):
        raise BadInput(
            f"{field} is not an RFC 3339 time with an offset, {FIRST_YEAR} to {LAST_YEAR}", code="bad_date"
        ) from None


def lenient_date(value: str | None) -> datetime | None:
    """Read a feed's date, RFC 3339 or RFC 822; None when there is none that can be trusted, never the present."""
    text = (value or "").strip()
    for read in (parse_rfc3339, _rfc822):
        try:
            return _plausible(read(text))
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None


def epoch_ms(moment: datetime | None) -> int | None:
    """Return Unix milliseconds as a revision, never negative; None for None."""
    return None if moment is None else max(0, int(moment.timestamp() * 1000))


def _rfc822(text: str) -> datetime:
    moment = parsedate_to_datetime(text)
    # RFC 2822 writes "-0000" for UTC of unknown place, which the parser returns without a zone.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _plausible(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"year {moment.year}")
    return moment
