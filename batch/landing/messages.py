"""What the adapters of bank messages share: an account's owner, and holdings as batches of position columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import islice

import pyarrow as pa

from batch.landing.columns import COLUMNS, LINE, MALFORMED

# What turns a quote into the price of one unit.
PER_UNIT, PERCENT = "1", "0.01"

_BATCH_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose account it is, and the client's base currency; custody messages say neither."""

    client_id: str
    base_ccy: str


Owners = Mapping[str, Owner]


@dataclass(slots=True)
class Holding:
    """One holding as text in the columns of a positions file; `price_factor` times `price` is the price of a unit."""

    line: int
    as_of_date: str | None = None
    client_id: str | None = None
    account_id: str | None = None
    id_type: str | None = None
    instrument_id: str | None = None
    quantity: str | None = None
    price: str | None = None
    price_factor: str | None = None
    price_ccy: str | None = None
    price_date: str | None = None
    accrued: str | None = None
    cost_price: str | None = None
    base_ccy: str | None = None
    malformed: str | None = None


def to_batches(holdings: Iterable[Holding], owners: Owners) -> Iterator[pa.RecordBatch]:
    """Yield the holdings as batches, with the owner and base currency of each account that we know."""
    names = [*COLUMNS["positions"].known, LINE, MALFORMED]
    schema = pa.schema([(name, pa.int64() if name == LINE else pa.string()) for name in names])
    remaining = iter(holdings)
    while some := list(islice(remaining, _BATCH_ROWS)):
        for holding in some:
            owner = owners.get(holding.account_id or "")
            if owner is not None:
                holding.client_id = owner.client_id
                holding.base_ccy = owner.base_ccy
        rows = [{field.name: getattr(one, field.name) for field in fields(one)} for one in some]
        yield pa.RecordBatch.from_pylist(rows, schema=schema)
