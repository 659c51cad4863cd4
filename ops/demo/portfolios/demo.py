"""A year of the demo book in the bronze bucket; what is there stays, and every start adds the days since.

The first day is read from the bucket itself, so a later start continues the same year instead of drawing another.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

from clients.s3 import Store
from core.clock import utc_now
from core.settings import Settings
from ops.demo.load import BOOK, read_book
from ops.demo.portfolios.accounts import load_accounts
from ops.demo.portfolios.days import KINDS, Day, business_days, generate

_FILE = "demo.csv"
_DAYS = 260
_SEED = 20240229
_PER_CLIENT = (8, 24)
# Probes write the days of this client themselves.
_CANARY = "CANARY-1"
_UPLOADS_AT_ONCE = 8


def load_demo_portfolios(settings: Settings, today: date | None = None, *, days: int = _DAYS) -> list[date]:
    """Load the demo clients' accounts and upload the days that bronze lacks; return those days, in order.

    The bucket and the migrated database must be there. `today` is the first day without files, by default the current
    UTC date; `days` is how far back an empty bucket is filled. DependencyUnavailable when S3 or PostgreSQL is away.
    """
    store = Store(settings)
    last = business_days(1, (today or utc_now().date()) - timedelta(days=1))[0]
    there = {kind: _dates(store, settings, kind) for kind in (*KINDS, "instruments")}
    first = min((day for found in there.values() for day in found), default=business_days(days, last)[0])
    wanted = [day for day in business_days((last - first).days + 1, last) if day >= first]
    load_accounts(settings, next(_year(wanted)).accounts.to_pylist())
    lacking = [day for day in wanted if any(day not in there[kind] for kind in KINDS)]
    if lacking:
        missing = ((day, kind) for day in _year(wanted) for kind in day.tables if day.as_of not in there[kind])
        with ThreadPoolExecutor(_UPLOADS_AT_ONCE) as pool:
            list(pool.map(lambda each: _upload(store, settings, *each), missing))
    return lacking


def _year(dates: list[date]) -> Iterator[Day]:
    clients = [entry["client_id"] for entry in read_book(BOOK) if entry["client_id"] != _CANARY]
    return generate(clients, len(dates), _SEED, dates[-1], per_client=_PER_CLIENT)


def _dates(store: Store, settings: Settings, kind: str) -> set[date]:
    """Return the days whose demo file of a kind is in bronze."""
    prefix = f"{kind}/date="
    keys = (found.key for found in store.newest(settings.bronze_bucket, prefix))
    return {date.fromisoformat(key[len(prefix) :].split("/")[0]) for key in keys if key.endswith(f"/{_FILE}")}


def _upload(store: Store, settings: Settings, day: Day, kind: str) -> None:
    store.put(settings.bronze_bucket, f"{kind}/date={day.as_of}/{_FILE}", day.csv(kind))
