"""The demo's market list: what everybody may watch beside what clients hold. The prices are made up."""

from __future__ import annotations

from clients.postgres import connect
from core.settings import Settings

_LIST = (
    ("EURUSD", "Euro / US dollar", "USD", "1.0850"),
    ("GBPUSD", "Pound / US dollar", "USD", "1.2700"),
    ("USDCHF", "US dollar / Swiss franc", "CHF", "0.8930"),
    ("USDINR", "US dollar / Indian rupee", "INR", "84.03"),
    ("USDJPY", "US dollar / yen", "JPY", "149.25"),
    ("XAUUSD", "Gold, ounce", "USD", "2380.00"),
    ("XAGUSD", "Silver, ounce", "USD", "28.40"),
    ("EU50", "Euro-zone shares", "EUR", "4930.00"),
    ("US500", "US shares", "USD", "5460.00"),
    ("CH20", "Swiss shares", "CHF", "12050.00"),
    ("IN50", "Indian shares", "INR", "23900.00"),
)
_UPSERT = """
    INSERT INTO market_list (instrument_id, display, ccy, reference) VALUES (%s, %s, %s, %s)
    ON CONFLICT (instrument_id) DO UPDATE
    SET display = excluded.display, ccy = excluded.ccy, reference = excluded.reference
"""


def load_market_list(settings: Settings) -> None:
    """Put the demo's list into PostgreSQL; what else is listed stays."""
    with connect(settings) as session, session.transaction():
        for row in _LIST:
            session.execute(_UPSERT, row)
