"""The demo year in bronze and its accounts in PostgreSQL: loaded once, continued by later starts."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

import pytest

from clients.postgres import connect
from clients.s3 import Store
from core.errors import BadInput
from core.settings import Settings
from ops.demo.portfolios.accounts import load_accounts
from ops.demo.portfolios.days import KINDS
from ops.demo.portfolios.demo import load_demo_portfolios

FRIDAY, SATURDAY, TUESDAY = date(2012, 3, 2), date(2012, 3, 3), date(2012, 3, 6)


@pytest.fixture(scope="module")
def own_bucket(postgres: Settings, s3_server: Settings) -> Settings:
    settings = postgres.model_copy(update={"bronze_bucket": "demo-year"})
    Store(settings).ensure_bucket(settings.bronze_bucket, versioned=True)
    return settings


def versions(settings: Settings) -> dict[str, str]:
    return {found.key: found.version_id for found in Store(settings).newest(settings.bronze_bucket, "")}


def accounts(settings: Settings, prefix: str) -> set[tuple[str, str, str]]:
    with connect(settings) as session:
        rows = session.execute("SELECT * FROM client_accounts WHERE account_id LIKE %s", (f"{prefix}%",)).fetchall()
    return {(row["account_id"], row["client_id"], row["base_ccy"]) for row in rows}


def test_the_year_is_loaded_once_and_continued(own_bucket: Settings) -> None:
    assert load_demo_portfolios(own_bucket, SATURDAY, days=3) == [date(2012, 2, 29), date(2012, 3, 1), FRIDAY]
    first = versions(own_bucket)
    assert {key.split("/")[0] for key in first} == {*KINDS, "instruments"}
    assert len(first) == 3 * len(KINDS) + 1
    assert load_demo_portfolios(own_bucket, SATURDAY, days=3) == []
    assert load_demo_portfolios(own_bucket, TUESDAY, days=3) == [date(2012, 3, 5)]
    assert versions(own_bucket).items() > first.items()


def test_every_account_of_the_files_is_known(own_bucket: Settings) -> None:
    load_demo_portfolios(own_bucket, SATURDAY, days=3)
    with Store(own_bucket).open(own_bucket.bronze_bucket, f"positions/date={FRIDAY}/demo.csv") as body:
        rows = list(csv.DictReader(io.TextIOWrapper(body)))
    found = {(row["account_id"], row["client_id"], row["base_ccy"]) for row in rows}
    assert found <= accounts(own_bucket, "")
    assert len({client for _, client, _ in found}) > 20
    assert "CANARY-1" not in {client for _, client, _ in found}


def test_accounts_are_corrected_by_a_file(own_bucket: Settings, tmp_path: Path) -> None:
    path = tmp_path / "accounts.csv"
    for currency in ("EUR", "CHF"):
        path.write_text(f"client_id,account_id,base_ccy\nFILE,FILE-1,{currency}\n")
        assert load_accounts(own_bucket, path) == 1
        assert accounts(own_bucket, "FILE-") == {("FILE-1", "FILE", currency)}


@pytest.mark.parametrize(("client", "currency", "reason"), [("", "EUR", "client_id"), ("X", "GBp", "GBp")])
def test_an_account_without_client_or_currency_is_refused(
    own_bucket: Settings, client: str, currency: str, reason: str
) -> None:
    with pytest.raises(BadInput, match=reason):
        load_accounts(own_bucket, [{"account_id": "X-1", "client_id": client, "base_ccy": currency}])
    assert accounts(own_bucket, "X-1") == set()
