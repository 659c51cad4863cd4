"""Small gold tables, written by PyIceberg as the batch would leave them, for what reads gold."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from batch import rds
from batch.tables import CLIENT_METRICS, POSITION_METRICS, ensure_lake
from clients.iceberg import SqlCatalog, open_catalog
from clients.postgres import Session, connect
from core.clock import utc_now
from core.settings import Settings

PARTS = ("price", "fx", "trading", "income", "fees", "unexplained")
Rows = list[dict[str, Any]]


@contextmanager
def open_gold(settings: Settings) -> Iterator[GoldRows]:
    """Make the lake's tables where they are missing, and open them without Spark."""
    ensure_lake(settings)
    with closing(open_catalog(settings)) as catalog:
        yield GoldRows(settings, catalog)


@dataclass
class GoldRows:
    """Gold and PostgreSQL as the sync sees them; every day it hands out is nobody else's."""

    settings: Settings
    catalog: SqlCatalog
    _written: set[date] = field(default_factory=set)
    _days: Iterator[date] = field(default_factory=lambda: (date(2001, 1, 1) + timedelta(n) for n in range(3650)))

    def open_session(self) -> Session:
        return connect(self.settings)

    def new_day(self) -> date:
        return next(self._days)

    def write(self, day: date, clients: Rows, positions: Rows) -> None:
        """Replace a day of both gold tables."""
        for name, columns, rows in (
            ("gold.client_metrics", CLIENT_METRICS, clients),
            ("gold.position_metrics", POSITION_METRICS, positions),
        ):
            rows_of_day = pa.Table.from_pylist([{**row, "as_of_date": day} for row in rows], pa.schema(columns))
            table = self.catalog.load_table(name)
            # PyIceberg warns of a replacement that has nothing to replace.
            if day in self._written:
                table.overwrite(rows_of_day, overwrite_filter=f"as_of_date = '{day}'")
            else:
                table.append(rows_of_day)
        self._written.add(day)

    def sync(self, *days: date) -> dict[date, int]:
        return rds.sync(self, list(days), str(uuid.uuid4())).revisions_written

    def rows(self, query: str, *parameters: Any) -> Rows:
        with self.open_session() as session:
            return session.execute(query.encode(), parameters).fetchall()


def pnl(**parts: str) -> dict[str, Any]:
    """Return the P&L columns: the parts given, zero for the others, and their sum."""
    amounts = {f"pnl_{part}": Decimal(parts.get(part, "0.00")) for part in PARTS}
    return {"pnl_total": sum(amounts.values(), Decimal("0.00")), **amounts, "net_flows": Decimal("0.00")}


def client(client_id: str, *, computed_at: datetime | None = None, **other: Any) -> dict[str, Any]:
    """Return a row of gold.client_metrics: 1,000.00 euro, final, nothing to mind, unless said otherwise."""
    return {
        "client_id": client_id,
        "finality": "final",
        "base_ccy": "EUR",
        "market_value": Decimal("1000.00"),
        **pnl(),
        "daily_return": Decimal("0"),
        "twr": Decimal("0"),
        "drawdown": Decimal("0"),
        "twr_index": 1.0,
        "twr_peak": 1.0,
        "top_concentration": Decimal("1"),
        "concentrations": "{}",
        "top_movers": "{}",
        "quality": "ok",
        "quality_counts": '{"ok": 1}',
        "positions": 1,
        "computed_at": computed_at or utc_now(),
        "run_id": "gold",
        **other,
    }


def position(client_id: str, instrument_id: str = "DE0007164600", **other: Any) -> dict[str, Any]:
    """Return a row of gold.position_metrics: 1,000.00 euro in one share, unless said otherwise."""
    return {
        "client_id": client_id,
        "account_id": f"{client_id}-A",
        "id_type": "ISIN",
        "instrument_id": instrument_id,
        "base_ccy": "EUR",
        "quantity": Decimal("10"),
        "price": Decimal("100"),
        "price_ccy": "EUR",
        "price_date": date(2001, 1, 1),
        "fx_rate": Decimal("1"),
        "market_value": Decimal("1000.00"),
        "weight": Decimal("1"),
        **pnl(),
        "quality": "ok",
        "quality_days": 0,
        "run_id": "gold",
        **other,
    }
