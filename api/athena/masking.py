"""What an analyst sees in the place of what names a client: tokens to join on, and no raw rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import pyarrow as pa

from core.sealing import IDENTIFYING, client_token

SEE_CLIENTS = frozenset({"compliance", "platform"})
# Rejected rows as they came from the bank: any client's anything.
WITHHELD = {"silver.quarantine": frozenset({"value", "row"})}
CLIENT = "client_id"

Masker = Callable[[str, pa.RecordBatch], pa.RecordBatch]


def masked_columns(table: str) -> frozenset[str]:
    """Return the columns of a table that are not shown as they are."""
    return frozenset(IDENTIFYING) | WITHHELD.get(table, frozenset())


def masker(token_key: bytes) -> Masker:
    """Return a function that masks a batch of a table's rows: the token of a client is that of the warm tier."""

    @lru_cache(maxsize=100_000)
    def token(identifier: str) -> str:
        return client_token(identifier, token_key)

    def mask(table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        for column in masked_columns(table).intersection(batch.schema.names):
            place = batch.schema.get_field_index(column)
            values, kind = batch.column(place), batch.schema.field(place).type
            if column in IDENTIFYING:
                known = values.dictionary_encode()
                tokens = pa.array([token(one) for one in known.dictionary.to_pylist()], kind)
                values = tokens.take(known.indices)
            else:
                values = pa.nulls(len(values), kind)
            batch = batch.set_column(place, batch.schema.field(place), values)
        return batch

    return mask
