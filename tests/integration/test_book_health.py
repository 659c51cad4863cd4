"""The book as one portfolio: sums, aggregate returns, drawdown of each base currency, and when they are read anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from core.settings import Settings
from tests.integration.gateway import Bank, Person, log_in, running_gateways
from tests.integration.gold_rows import GoldRows, client, open_gold, pnl, position

DAYS = [date(1999, 5, 3), date(1999, 5, 4), date(1999, 5, 5)]
ACME = '{"issuer": [{"name": "Acme", "market_value": "500.00", "weight": "0.4784688995"}]}'
BOTH = """{
    "instrument": [{"name": "X", "market_value": "2000.00", "weight": "0.63"},
                   {"name": "EUR", "market_value": "3000.00", "weight": "0.95"}],
    "currency": [{"name": "EUR", "market_value": "3150.00", "weight": "1"}],
    "issuer": [{"name": "Acme", "market_value": "1000.00", "weight": "0.3174603175"},
               {"market_value": "2150.00", "weight": "0.6825396825"}]
}"""


@dataclass(frozen=True)
class Book:
    """Ann's two clients in euro and one in dollars, and the gateway where she asks."""

    bank: Bank
    ann: Person
    bob: Person
    gold: GoldRows
    url: str

    def read(self, rm_id: str | None = None) -> dict[str, Any]:
        with log_in(self.url, rm_id or self.ann.rm_id) as her:
            answer = her.get("/api/v1/book/health")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body


@pytest.fixture(scope="module")
def book(postgres: Settings, redis_server: Settings, s3_server: Settings) -> Iterator[Book]:
    bank = Bank(postgres)
    ann, bob = bank.person(clients=4), bank.person()
    first, second, dollars, _ = ann.clients
    with open_gold(postgres) as gold, running_gateways(postgres, {"book-gateway": {}}) as gateways:
        began = {"net_flows": Decimal("1000.00")}
        gold.write(DAYS[0], [
            client(first, **{**pnl(), **began}),
            client(second, **{**pnl(), "net_flows": Decimal("3000.00")}, market_value=Decimal("3000.00")),
        ], [])  # fmt: skip
        gold.write(DAYS[1], [
            client(first, **pnl(price="90.00", fx="10.00"), market_value=Decimal("1100.00")),
            client(second, market_value=Decimal("3000.00"), quality="stale"),
        ], [])  # fmt: skip
        gold.write(DAYS[2], last_day(ann, bob), [
            position(first, "X", **pnl(price="-60.00")), position(second, "X", **pnl(price="5.00")),
            position(second, "Y", **pnl(income="7.00")), position(dollars, "X", **pnl(price="1.00")),
        ])  # fmt: skip
        gold.sync(*DAYS)
        yield Book(bank, ann, bob, gold, gateways.urls["book-gateway"])


def last_day(ann: Person, bob: Person, loss: str = "-55.00") -> list[dict[str, Any]]:
    first, second, dollars, _ = ann.clients
    return [
        client(first, **pnl(price=loss), market_value=1100 + Decimal(loss), concentrations=ACME),
        client(second, **{**pnl(), "net_flows": Decimal("150.00")}, market_value=Decimal("3150.00"), finality="flash",
               concentrations=BOTH),
        client(dollars, base_ccy="USD"), client(bob.clients[0]),
    ]  # fmt: skip


def test_each_currency_is_one_portfolio(book: Book) -> None:
    found = book.read()
    euro, dollars = found["currencies"]
    assert (found["as_of"], euro["base_ccy"], euro["clients"], euro["market_value"]) == (
        str(DAYS[2]), "EUR", 2, "4195.00",
    )  # fmt: skip
    assert (dollars["base_ccy"], dollars["clients"], dollars["market_value"]) == ("USD", 1, "1000.00")
    assert (euro["status"], euro["quality"]) == ("flash", "ok")
    ranges = {one["name"]: one for one in euro["ranges"]}
    # 100 / 4000 on Tuesday; on Wednesday -55 / (1100 + 3000 + 150 that came in).
    assert (ranges["day"]["twr"], ranges["day"]["pnl"]["total"]) == ("-0.0129411765", "-55.00")
    assert (ranges["wtd"]["twr"], ranges["wtd"]["pnl"]["total"], ranges["wtd"]["pnl"]["fx"]) == (
        "0.0117352941", "45.00", "10.00",
    )  # fmt: skip
    assert ranges["wtd"]["pnl"]["net_flows"] == "4150.00"
    assert (ranges["wtd"]["quality"], ranges["1y"]["complete"]) == ("stale", False)
    assert (euro["drawdown"]["current"], euro["drawdown"]["worst_1y"]) == ("-0.0129411765", "-0.0129411765")
    assert [point["twr"] for point in euro["series"]] == ["0.0000000000", "0.0250000000", "0.0117352941"]


def test_shares_and_movers_add_up_over_clients(book: Book) -> None:
    euro = book.read()["currencies"][0]
    shares = {one["name"]: (one["market_value"], one["weight"]) for one in euro["concentrations"]["issuer"]}
    assert shares == {None: ("2150.00", "0.5125148987"), "Acme": ("1500.00", "0.3575685340")}
    # Cash is no position that concentrates.
    assert euro["concentrations"]["top"] == "0.4767580453"
    assert euro["movers"]["best"] == [{"instrument_id": "Y", "pnl_total": "7.00"}]
    assert euro["movers"]["worst"] == [{"instrument_id": "X", "pnl_total": "-55.00"}]


def test_other_figures_are_read_at_once_though_a_book_is_remembered(book: Book) -> None:
    before = book.read()["currencies"][0]
    assert book.read()["currencies"][0] == before
    book.gold.write(DAYS[2], last_day(book.ann, book.bob, loss="-66.00"), [])
    book.gold.sync(DAYS[2])
    after = book.read()["currencies"][0]
    assert (after["market_value"], after["ranges"][0]["pnl"]["total"]) == ("4184.00", "-66.00")


def test_only_own_clients_count_and_all_of_them_are_in_the_audit(book: Book) -> None:
    somebody = book.bank.person(clients=0, role="deputy")
    assert book.read(somebody.rm_id) == {"as_of": None, "currencies": []}
    book.read()
    (row, *_) = book.bank.rows(
        "SELECT clients FROM audit_log WHERE actor = %s AND action = 'book.viewed' ORDER BY audit_id DESC",
        book.ann.rm_id,
    )
    assert row["clients"] == sorted(book.ann.clients)
    analyst = book.bank.person(clients=0, role="analyst")
    with log_in(book.url, analyst.rm_id) as theirs:
        assert theirs.get("/api/v1/book/health").status_code == 403
