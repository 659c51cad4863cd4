"""The accounts of clients, into PostgreSQL; loading the same accounts again changes nothing."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from clients.postgres import connect, transaction
from core.errors import BadInput
from core.settings import Settings

_CURRENCY = re.compile("[A-Z]{3}")
_COLUMNS = ("account_id", "client_id", "base_ccy")


def load_accounts(settings: Settings, accounts: Path | Iterable[Mapping[str, str]]) -> int:
    """Insert or correct accounts from a CSV file or from rows with client_id, account_id, base_ccy; return how many.

    BadInput when a column is missing or a currency is not three capitals; DependencyUnavailable without PostgreSQL.
    """
    rows = _read(accounts) if isinstance(accounts, Path) else list(accounts)
    missing = sorted({column for row in rows for column in _COLUMNS if not row.get(column)})
    if missing:
        raise BadInput(f"accounts without {', '.join(missing)}")
    odd = sorted({row["base_ccy"] for row in rows if not _CURRENCY.fullmatch(row["base_ccy"])})
    if odd:
        raise BadInput(f"base currencies that are no ISO codes: {', '.join(odd)}")
    with connect(settings) as session, transaction(session):
        session.cursor().executemany(
            "INSERT INTO client_accounts (account_id, client_id, base_ccy) VALUES (%s, %s, %s)"
            " ON CONFLICT (account_id) DO UPDATE SET client_id = excluded.client_id, base_ccy = excluded.base_ccy"
            " WHERE (client_accounts.client_id, client_accounts.base_ccy)"
            " IS DISTINCT FROM (excluded.client_id, excluded.base_ccy)",
            [[row[column] for column in _COLUMNS] for row in rows],
        )
    return len(rows)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
