"""The lake's tables: their columns, partitions and places, and the decimals that all figures are kept in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass

import pyarrow as pa

from clients.iceberg import SqlCatalog, ensure_table, open_catalog
from clients.s3 import Store
from core.settings import Settings

# Precision and scale: wide enough for a yen book of billions, and a product of two still has 15 decimals in Spark.
QUANTITY = pa.decimal128(20, 6)
UNIT_PRICE = pa.decimal128(22, 10)
RATE = pa.decimal128(20, 12)
MONEY = pa.decimal128(20, 2)
LOCAL_MONEY = pa.decimal128(20, 6)
RATIO = pa.decimal128(28, 10)

# From which file and line a row came.
_ORIGIN = [("file_id", pa.string()), ("line", pa.int64())]

# `price` is the custodian's quote in a major currency; `unit_factor` makes it that of a unit, by the instrument's price
# where it is null.
POSITIONS = [
    ("as_of_date", pa.date32()), ("client_id", pa.string()), ("account_id", pa.string()), ("id_type", pa.string()),
    ("instrument_id", pa.string()), ("quantity", QUANTITY), ("price", UNIT_PRICE), ("price_ccy", pa.string()),
    ("price_date", pa.date32()), ("accrued", LOCAL_MONEY), ("cost_price", UNIT_PRICE), ("base_ccy", pa.string()),
    *_ORIGIN, ("unit_factor", RATE),
]  # fmt: skip
# `price` is per unit in a major currency: quote x price_factor, minor units (GBX) divided out. `unit_factor` is the
# price_factor alone: it turns quotes of transactions and custodians, whose minor units are gone, into unit prices.
PRICES = [
    ("as_of_date", pa.date32()), ("instrument_id", pa.string()), ("price", UNIT_PRICE), ("ccy", pa.string()),
    ("unit_factor", RATE), *_ORIGIN,
]  # fmt: skip
# One unit of `from_ccy` is worth `rate` of `to_ccy`.
FX = [("as_of_date", pa.date32()), ("from_ccy", pa.string()), ("to_ccy", pa.string()), ("rate", RATE), *_ORIGIN]
# `price` as quoted, but in a major currency; `amount` is the signed movement of cash in `ccy`, null where unknown.
TRANSACTIONS = [
    ("trade_date", pa.date32()), ("client_id", pa.string()), ("account_id", pa.string()),
    ("instrument_id", pa.string()), ("kind", pa.string()), ("quantity", QUANTITY), ("price", UNIT_PRICE),
    ("ccy", pa.string()), ("fx_rate", RATE), ("amount", LOCAL_MONEY), *_ORIGIN,
]  # fmt: skip
# What an instrument is, from this day on until it has another row.
INSTRUMENTS = [
    ("as_of_date", pa.date32()), ("instrument_id", pa.string()), ("issuer", pa.string()), ("asset_class", pa.string()),
    ("country", pa.string()), *_ORIGIN,
]  # fmt: skip
# `row` is the row as JSON of its fields; the file itself stays in bronze under `key` and `version_id`.
QUARANTINE = [
    ("as_of_date", pa.date32()), ("kind", pa.string()), ("file_id", pa.string()), ("key", pa.string()),
    ("version_id", pa.string()), ("line", pa.int64()), ("rule", pa.string()), ("field", pa.string()),
    ("value", pa.string()), ("row", pa.string()), ("run_id", pa.string()), ("detected_at", pa.timestamp("us", "UTC")),
]  # fmt: skip
_PNL = [
    ("pnl_total", MONEY), ("pnl_price", MONEY), ("pnl_fx", MONEY), ("pnl_trading", MONEY), ("pnl_income", MONEY),
    ("pnl_fees", MONEY), ("pnl_unexplained", MONEY), ("net_flows", MONEY),
]  # fmt: skip
POSITION_METRICS = [
    ("as_of_date", pa.date32()), ("client_id", pa.string()), ("account_id", pa.string()), ("id_type", pa.string()),
    ("instrument_id", pa.string()), ("base_ccy", pa.string()), ("quantity", QUANTITY), ("price", UNIT_PRICE),
    ("price_ccy", pa.string()), ("price_date", pa.date32()), ("fx_rate", RATE), ("market_value", MONEY),
    ("weight", RATIO), *_PNL, ("quality", pa.string()), ("quality_days", pa.int32()), ("run_id", pa.string()),
]  # fmt: skip
# `concentrations`, `top_movers`, `quality_counts` are JSON; `twr_index` and `twr_peak` carry the chain to the next day.
CLIENT_METRICS = [
    ("as_of_date", pa.date32()), ("client_id", pa.string()), ("finality", pa.string()), ("base_ccy", pa.string()),
    ("market_value", MONEY), *_PNL, ("daily_return", RATIO), ("twr", RATIO), ("drawdown", RATIO),
    ("twr_index", pa.float64()), ("twr_peak", pa.float64()), ("top_concentration", RATIO),
    ("concentrations", pa.string()), ("top_movers", pa.string()), ("quality", pa.string()),
    ("quality_counts", pa.string()), ("positions", pa.int32()), ("computed_at", pa.timestamp("us", "UTC")),
    ("run_id", pa.string()),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table's name, columns, partition column, and which bucket and folder hold it."""

    name: str
    columns: list[tuple[str, pa.DataType]]
    partition_by: str
    bucket: Callable[[Settings], str]
    folder: str

    @property
    def schema(self) -> pa.Schema:
        """The columns as an Arrow schema."""
        return pa.schema(self.columns)


def silver_bucket(settings: Settings) -> str:
    """Return the bucket of the validated tables."""
    return settings.silver_bucket


def _gold(settings: Settings) -> str:
    return settings.gold_bucket


TABLES = (
    LakeTable("silver.positions", POSITIONS, "as_of_date", silver_bucket, "positions"),
    LakeTable("silver.prices", PRICES, "as_of_date", silver_bucket, "prices"),
    LakeTable("silver.fx", FX, "as_of_date", silver_bucket, "fx"),
    LakeTable("silver.transactions", TRANSACTIONS, "trade_date", silver_bucket, "transactions"),
    LakeTable("silver.instruments", INSTRUMENTS, "as_of_date", silver_bucket, "instruments"),
    LakeTable("silver.quarantine", QUARANTINE, "as_of_date", silver_bucket, "quarantine"),
    LakeTable("gold.position_metrics", POSITION_METRICS, "as_of_date", _gold, "position-metrics"),
    LakeTable("gold.client_metrics", CLIENT_METRICS, "as_of_date", _gold, "client-metrics"),
)


def ensure_lake(settings: Settings) -> None:
    """Make the buckets, tables and columns that are missing."""
    store = Store(settings)
    store.ensure_bucket(settings.bronze_bucket, versioned=True)
    store.ensure_bucket(settings.silver_bucket)
    store.ensure_bucket(settings.gold_bucket)
    with closing(open_catalog(settings)) as catalog:
        ensure_tables(settings, catalog, TABLES)


def ensure_tables(settings: Settings, catalog: SqlCatalog, tables: Iterable[LakeTable]) -> None:
    """Make the tables and columns that are missing, in buckets that exist."""
    for table in tables:
        location = f"s3://{table.bucket(settings)}/{table.folder}"
        ensure_table(catalog, table.name, table.schema, location=location, partition_by=table.partition_by)
