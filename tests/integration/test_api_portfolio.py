"""The portfolio's addresses over figures that the sync brought: values, entitlement, restatement, pages."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from core.clock import rfc3339, utc_now
from core.settings import Settings
from tests.integration.gateway import Bank, Person, log_in
from tests.integration.gold_rows import GoldRows, client, open_gold, pnl, position

SHARES = """{
    "currency": [{"name": "EUR", "market_value": "1.10", "weight": "0.1234567890"}],
    "issuer": [{"market_value": "9.10", "weight": "0.9000000000"},
               {"name": "Issuer", "market_value": "-3.10", "weight": "-0.3100000000"}]
}"""
MONDAY, FRIDAY = date(1998, 6, 8), date(1998, 6, 5)
KNOWN_FIRST = utc_now() - timedelta(hours=2)


@dataclass(frozen=True)
class Book:
    """Ann's two clients and a new one, and Bob's; the first has Friday, Monday, and a restated Monday."""

    ann: Person
    bob: Person
    gold: GoldRows

    @property
    def restated(self) -> str:
        return self.ann.clients[0]


@pytest.fixture(scope="module")
def gold(bank: Bank, s3_server: Settings) -> Iterator[GoldRows]:
    with open_gold(bank.settings) as gold:
        yield gold


@pytest.fixture(scope="module")
def book(bank: Bank, gold: GoldRows) -> Book:
    ann, bob = bank.person(clients=3), bank.person()
    first, dollars, his = ann.clients[0], ann.clients[1], bob.clients[0]
    earlier = pnl(price="-30.00", fees="-10.00")
    gold.write(FRIDAY, [
        client(first, **earlier, computed_at=KNOWN_FIRST, daily_return=Decimal("-0.04"), drawdown=Decimal("-0.04")),
    ], [position(first, **earlier)])  # fmt: skip
    for hours, amount, parts in ((0, "1000.00", pnl(price="5.00")), (1, "1060.10", pnl(price="60.00", fx="0.10"))):
        rows = [
            client(first, **parts, market_value=Decimal(amount), computed_at=KNOWN_FIRST + timedelta(hours=hours),
                   daily_return=Decimal("0.0601"), quality="stale", quality_counts='{"ok": 4, "stale": 1}', positions=5,
                   concentrations=SHARES,
                   top_movers='{"best": [{"instrument_id": "CH0000000001", "pnl_total": "60.10"}], "worst": []}'),
            client(dollars, base_ccy="USD", finality="flash"), client(his),
        ]  # fmt: skip
        holdings = [position(first, f"CH000000000{at}", market_value=Decimal(at * 100)) for at in (1, 2, 2, 3)]
        holdings[2]["account_id"] = "other"
        holdings.append(position(first, "SHORT", market_value=Decimal("-40.00"), quantity=Decimal(-4)))
        gold.write(MONDAY, rows, [*holdings, position(dollars), position(his)])
        gold.sync(FRIDAY, MONDAY)
    return Book(ann, bob, gold)


@pytest.fixture(scope="module")
def url(gateway: str) -> str:
    return gateway


@pytest.fixture(scope="module")
def anns(book: Book, url: str) -> Iterator[httpx.Client]:
    with log_in(url, book.ann.rm_id) as client:
        yield client


def health(client: httpx.Client, client_id: str, **query: str) -> dict[str, object]:
    answer = client.get(f"/api/v1/clients/{client_id}/health", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body


def test_health_has_every_figure_as_text_with_its_grade(anns: httpx.Client, book: Book) -> None:
    found = health(anns, book.restated)
    assert (found["as_of"], found["base_ccy"], found["revision"]) == (str(MONDAY), "EUR", 2)
    assert (found["status"], found["quality"]) == ("restated", "stale")
    assert found["value"] == {
        "market_value": "1060.10", "positions": 5, "quality_counts": {"ok": 4, "stale": 1},
        "quality": "stale", "status": "restated",
    }  # fmt: skip
    assert found["concentrations"] == {
        "top": "1.0000000000", "quality": "stale", "status": "restated",
        "currency": [{"name": "EUR", "market_value": "1.10", "weight": "0.1234567890"}],
        "instrument": [], "id_type": [], "country": [], "asset_class": [],
        "issuer": [{"name": None, "market_value": "9.10", "weight": "0.9000000000"},
                   {"name": "Issuer", "market_value": "-3.10", "weight": "-0.3100000000"}],
    }  # fmt: skip
    assert found["movers"] == {
        "best": [{"instrument_id": "CH0000000001", "pnl_total": "60.10"}], "worst": [],
        "quality": "stale", "status": "restated",
    }  # fmt: skip
    assert found["drawdown"] == {
        "current": "0.0000000000", "worst_1y": "-0.0400000000", "quality": "stale", "status": "restated",
    }  # fmt: skip


def test_ranges_add_days_and_chain_returns(anns: httpx.Client, book: Book) -> None:
    ranges = health(anns, book.restated)["ranges"]
    assert isinstance(ranges, list)
    found = {one["name"]: one for one in ranges}
    assert found["day"]["pnl"] == {
        "total": "60.10", "price": "60.00", "fx": "0.10", "trading": "0.00", "income": "0.00", "fees": "0.00",
        "unexplained": "0.00", "net_flows": "0.00",
    }  # fmt: skip
    assert (found["wtd"]["pnl"]["total"], found["wtd"]["days"], found["wtd"]["complete"]) == ("60.10", 1, True)
    assert (found["mtd"]["pnl"]["total"], found["mtd"]["days"], found["mtd"]["complete"]) == ("20.10", 2, False)
    # 0.96 x 1.0601 - 1
    assert (found["mtd"]["twr"], found["1y"]["first_day"]) == ("0.0176960000", str(FRIDAY))


def test_lights_say_what_to_mind_and_why(anns: httpx.Client, book: Book) -> None:
    lights: dict[str, Any] = health(anns, book.restated)["lights"]  # type: ignore[assignment]
    rules = {one["rule"]: one for one in lights["rules"]}
    assert (lights["level"], lights["quality"], lights["status"]) == ("red", "stale", "restated")
    # What is short counts by its absolute value; the client's own currency is nothing to mind.
    assert {name: one["level"] for name, one in rules.items()} == {
        "position": "red", "issuer": "red", "currency": "unknown", "asset_class": "unknown", "country": "unknown",
        "unclassified": "unknown", "drawdown": "green", "day_loss": "green", "stale_prices": "amber",
        "missing_prices": "green", "unexplained": "green", "late": "red", "flash": "green", "restated": "amber",
    }  # fmt: skip
    assert (rules["issuer"]["value"], rules["issuer"]["reason"]) == (
        "0.3100000000", "One issuer is 31.00 %; red from 30.00 %",
    )  # fmt: skip
    friday: dict[str, Any] = health(anns, book.restated, date=str(FRIDAY))["lights"]  # type: ignore[assignment]
    levels = {one["rule"]: one["level"] for one in friday["rules"]}
    assert (levels["late"], levels["day_loss"], levels["drawdown"]) == ("green", "amber", "green")


def test_lights_are_counted_over_the_whole_book(anns: httpx.Client, book: Book) -> None:
    found = anns.get("/api/v1/book", params={"limit": 1}).json()
    assert [found["lights"][level] for level in ("red", "amber", "green")] == [2, 0, 0]
    counts = {one["rule"]: (one["red"], one["amber"]) for one in found["lights"]["rules"]}
    assert (counts["position"], counts["issuer"], counts["flash"], counts["restated"]) == (
        (2, 0),
        (1, 0),
        (0, 1),
        (0, 1),
    )
    whole = anns.get("/api/v1/book").json()["items"]
    figures = {one["client_id"]: one["figures"] for one in whole}[book.restated]
    assert {one["rule"] for one in figures["lights"]} == {"position", "issuer", "stale_prices", "late", "restated"}


def test_an_earlier_day_and_what_was_known_of_it_can_be_asked_for(anns: httpx.Client, book: Book) -> None:
    friday = health(anns, book.restated, date=str(FRIDAY))
    assert (friday["as_of"], friday["revision"], friday["status"]) == (str(FRIDAY), 1, "final")
    before = health(anns, book.restated, as_known_at=rfc3339(KNOWN_FIRST + timedelta(minutes=30)))
    assert (before["revision"], before["status"]) == (1, "final")
    assert before["value"]["market_value"] == "1000.00"  # type: ignore[index]
    points = [(point["as_of"], point["market_value"]) for point in before["series"]]  # type: ignore[attr-defined]
    assert points == [(str(FRIDAY), "1000.00"), (str(MONDAY), "1000.00")]


@pytest.mark.parametrize("query", [{"date": "1998-06-06"}, {"as_known_at": "1998-06-08T00:00:00Z"}])
def test_no_figures_is_said_as_such(anns: httpx.Client, book: Book, query: dict[str, str]) -> None:
    answer = anns.get(f"/api/v1/clients/{book.restated}/health", params=query)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_figures")


def test_positions_come_largest_first_in_pages_of_one_revision(anns: httpx.Client, book: Book) -> None:
    seen: list[tuple[str, str, str]] = []
    query: dict[str, str] | None = {"limit": "2"}
    while query:
        page = anns.get(f"/api/v1/clients/{book.restated}/positions", params=query).json()
        assert (page["as_of"], page["base_ccy"]) == (str(MONDAY), "EUR")
        seen += [(one["market_value"], one["account_id"], one["instrument_id"]) for one in page["items"]]
        query = {"limit": "2", "cursor": page["next"]} if page["next"] else None
    own = f"{book.restated}-A"
    assert seen == [
        ("300.00", own, "CH0000000003"), ("200.00", own, "CH0000000002"), ("200.00", "other", "CH0000000002"),
        ("100.00", own, "CH0000000001"), ("-40.00", own, "SHORT"),
    ]  # fmt: skip


def test_the_book_has_each_client_and_a_total_for_each_currency(anns: httpx.Client, book: Book) -> None:
    found = anns.get("/api/v1/book").json()
    assert (found["as_of"], found["clients"], found["late"], found["without_figures"]) == (str(MONDAY), 3, 0, 1)
    totals = {one["base_ccy"]: (one["clients"], one["market_value"], one["status"]) for one in found["totals"]}
    assert totals == {"EUR": (1, "1060.10", "restated"), "USD": (1, "1000.00", "flash")}
    figures = {one["client_id"]: one["figures"] and one["figures"]["pnl_total"] for one in found["items"]}
    assert figures == {book.ann.clients[0]: "60.10", book.ann.clients[1]: "0.00", book.ann.clients[2]: None}


def test_the_book_pages_by_client_and_its_totals_are_over_all(anns: httpx.Client, book: Book) -> None:
    whole, seen, cursor = anns.get("/api/v1/book").json(), [], ""
    while cursor is not None:
        page = anns.get("/api/v1/book", params={"limit": 1, "cursor": cursor}).json()
        assert page["totals"] == whole["totals"]
        seen += page["items"]
        cursor = page["next"]
    assert seen == whole["items"]


def test_a_client_without_the_newest_day_is_late_and_in_no_total(bank: Bank, book: Book, url: str) -> None:
    rm = bank.person(clients=2)
    late, current = rm.clients
    for day, who in ((date(1997, 3, 3), late), (date(1997, 3, 4), current)):
        book.gold.write(day, [client(who)], [position(who)])
    book.gold.sync(date(1997, 3, 3), date(1997, 3, 4))
    with log_in(url, rm.rm_id) as hers:
        found = hers.get("/api/v1/book").json()
    assert {one["client_id"]: one["figures"]["late"] for one in found["items"]} == {late: True, current: False}
    assert (found["late"], [one["clients"] for one in found["totals"]]) == (1, [1])


@pytest.mark.parametrize("tail", ["health", "positions"])
def test_another_rms_client_does_not_exist(anns: httpx.Client, book: Book, url: str, tail: str) -> None:
    his = book.bob.clients[0]
    refused = anns.get(f"/api/v1/clients/{his}/{tail}")
    unknown = anns.get(f"/api/v1/clients/{uuid.uuid4()}/{tail}")
    assert (refused.status_code, refused.json()["detail"]) == (404, unknown.json()["detail"])
    with log_in(url, book.bob.rm_id) as bobs:
        assert bobs.get(f"/api/v1/clients/{his}/{tail}").status_code == 200


@pytest.mark.parametrize(("role", "status"), [("compliance", 200), ("head", 200), ("deputy", 404), ("analyst", 403)])
def test_roles(bank: Bank, book: Book, url: str, role: str, status: int) -> None:
    someone = bank.person(clients=0, role=role)
    with log_in(url, someone.rm_id) as theirs:
        assert theirs.get(f"/api/v1/clients/{book.restated}/health").status_code == status
        seen = theirs.get("/api/v1/book")
    assert seen.status_code == (403 if role == "analyst" else 200)
    if role == "deputy":
        assert seen.json()["items"] == []


def test_the_set_of_clients_seen_is_the_policy_client_by_client(bank: Bank, book: Book) -> None:
    ended = bank.person()
    bank.covers(ended.rm_id, ended.clients[0], until="2020-01-01")
    people = [book.ann, ended, *(bank.person(clients=1, role=role) for role in ("deputy", "head", "analyst"))]
    for person in people:
        apart = bank.rows(
            "SELECT client_id FROM (SELECT client_id, may_see(%s, client_id) AS one,"
            " client_id IN (SELECT client_id FROM clients_seen_by(%s)) AS other FROM clients WHERE active) c"
            " WHERE one <> other",
            person.rm_id,
            person.rm_id,
        )
        assert apart == []


@pytest.mark.parametrize(
    "address",
    ["health?date=yesterday", "health?as_known_at=2020-01-01T00:00:00", "positions?limit=0", "positions?cursor=x"],
)
def test_bad_queries_are_refused(anns: httpx.Client, book: Book, address: str) -> None:
    assert anns.get(f"/api/v1/clients/{book.restated}/{address}").status_code in (400, 422)


def test_what_was_viewed_is_in_the_audit(anns: httpx.Client, bank: Bank, book: Book) -> None:
    health(anns, book.restated, date=str(FRIDAY))
    (row, *_) = bank.rows(
        "SELECT clients, detail FROM audit_log WHERE actor = %s AND action = 'portfolio.viewed' ORDER BY audit_id DESC",
        book.ann.rm_id,
    )
    assert (row["clients"], row["detail"]) == ([book.restated], {"as_of": str(FRIDAY), "revision": 1})
