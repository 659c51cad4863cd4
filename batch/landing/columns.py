"""The columns of each kind of file: which must be there, which hold numbers, and other names that banks use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from batch.landing.errors import BadFile

# Two columns that the reader adds.
LINE, MALFORMED = "line", "malformed"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of one kind of file."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    aliases: dict[str, str]

    @property
    def known(self) -> tuple[str, ...]:
        """All columns that we give a meaning to."""
        return self.required + self.optional


COLUMNS = {
    "positions": Columns(
        ("as_of_date", "client_id", "account_id", "id_type", "instrument_id", "quantity", "price_ccy", "base_ccy"),
        ("price", "price_factor", "price_date", "accrued", "cost_price"),
        {
            "date": "as_of_date", "position_date": "as_of_date", "client": "client_id", "account": "account_id",
            "id": "instrument_id", "instrument": "instrument_id", "qty": "quantity", "ccy": "price_ccy",
            "price_currency": "price_ccy", "accrued_interest": "accrued", "base_currency": "base_ccy",
        },
    ),
    "prices": Columns(
        ("as_of_date", "instrument_id", "price", "ccy"),
        ("price_factor",),
        {
            "date": "as_of_date", "price_date": "as_of_date", "id": "instrument_id", "instrument": "instrument_id",
            "currency": "ccy", "price_ccy": "ccy", "factor": "price_factor",
        },
    ),
    "fx": Columns(
        ("as_of_date", "pair", "rate"),
        (),
        {"date": "as_of_date", "rate_date": "as_of_date", "ccy_pair": "pair", "currency_pair": "pair"},
    ),
    "transactions": Columns(
        ("trade_date", "client_id", "account_id", "instrument_id", "kind", "quantity", "price", "ccy", "amount"),
        ("fx_rate",),
        {
            "date": "trade_date", "client": "client_id", "account": "account_id", "id": "instrument_id",
            "instrument": "instrument_id", "type": "kind", "qty": "quantity", "currency": "ccy",
        },
    ),
    "instruments": Columns(
        ("as_of_date", "instrument_id", "asset_class"),
        ("issuer", "country"),
        {
            "date": "as_of_date", "id": "instrument_id", "instrument": "instrument_id", "issuer_name": "issuer",
            "class": "asset_class", "issuer_country": "country", "country_of_risk": "country",
        },
    ),
}  # fmt: skip
NUMERIC = {
    "positions": ("quantity", "price", "price_factor", "accrued", "cost_price"),
    "prices": ("price", "price_factor"),
    "fx": ("rate",),
    "transactions": ("quantity", "price", "fx_rate", "amount"),
    "instruments": (),
}


def plain_name(header: str, kind: str) -> str:
    """Return our name of a header, or the header in lower case with underscores where we have none."""
    name = re.sub(r"[\s\-]+", "_", header.strip()).lower()
    return COLUMNS[kind].aliases.get(name, name)


def names_of(header: Sequence[str], kind: str, line: int | None = 1) -> list[str]:
    """Return the columns' names in our words; BadFile where one is missing, unnamed, reserved or there twice."""
    names = [plain_name(one, kind) for one in header]
    missing = [name for name in COLUMNS[kind].required if name not in names]
    if missing:
        raise BadFile(f"no column {', '.join(missing)} for a file of {kind}; there are {', '.join(names)[:300]}", line)
    for name in names:
        if not name:
            raise BadFile("a column has no name", line)
        if names.count(name) > 1:
            raise BadFile(f"column {name} is there twice", line)
        if name in (LINE, MALFORMED):
            raise BadFile(f"`{name}` is not allowed as the name of a column", line)
    return names
