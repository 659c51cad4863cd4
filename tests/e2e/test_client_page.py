"""Portfolios, a client's and the book's: figures that add up, doubt that is marked, amounts that can be hidden."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Locator, Page, Route, expect

from clients.postgres import connect
from ops.drill.product import Product
from tests.e2e.conftest import OpenInbox
from tests.e2e.inbox import ARRIVES_WITHIN_MS

CLIENT = "UHNW-102"
PARTS = 6

_MAKE_STALE = """
    UPDATE positions_eod SET quality = 'stale', quality_days = 3, price_date = as_of_date - 3
    WHERE (client_id, as_of_date, revision, account_id, instrument_id) = (
        SELECT client_id, as_of_date, revision, account_id, instrument_id FROM positions_eod
        WHERE client_id = %s AND id_type <> 'CASH' ORDER BY as_of_date DESC, revision DESC, market_value DESC LIMIT 1
    ) RETURNING instrument_id
"""


def test_the_parts_add_up_to_the_cent_in_every_range(open_inbox: OpenInbox) -> None:
    page = open_inbox("priya.nair").page
    client = _open(page)
    totals = _added_up(client)

    book_row = page.get_by_role("row").filter(has=page.locator(f"[href='#/book/{CLIENT}']"))
    assert _amount(book_row.locator(".change").first.inner_text()) == totals[0]
    more = client.get_by_role("button", name="More positions")
    while more.count():
        more.click()
        expect(more.and_(page.locator("[disabled]"))).to_have_count(0)
    values = client.get_by_role("region", name="Positions").locator("tbody tr td:nth-of-type(1)").all_inner_texts()
    assert sum(_amount(value) for value in values) == _amount(client.locator(".worth b").inner_text())
    expect(client.locator(".grade-final, .grade-flash, .grade-restated").first).to_be_visible()
    expect(client.locator("canvas")).to_be_visible()
    expect(client.get_by_role("region", name="Rules").locator(".light").first).to_be_visible()
    expect(client.get_by_role("region", name="By issuer").locator("dt").first).not_to_have_text("unclassified")


def test_the_book_is_one_portfolio_of_each_currency(open_inbox: OpenInbox, tmp_path: Path) -> None:
    inbox = open_inbox("priya.nair")
    inbox.go("#/book")
    book = inbox.page.get_by_role("region", name="The book", exact=True)
    expect(book.locator("canvas").first).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    for total in inbox.page.locator(".book-head tbody tr").all():
        one = book.get_by_role("region", name=f"Clients in {total.get_by_role('rowheader').inner_text()[:3]}")
        assert _amount(one.locator(".worth b").inner_text()) == _amount(total.locator("td b").inner_text())
        assert _added_up(one)[0] == _amount(total.locator(".change").inner_text())
        for name in ("Risk", "Largest movers", "By issuer", "By currency", "By class", "By country"):
            expect(one.get_by_role("region", name=name).locator("dd").first).not_to_be_empty()
        expect(one.locator(".grade-final, .grade-flash, .grade-restated").first).to_be_visible()
    inbox.page.screenshot(path=tmp_path / "book.png")


def test_on_a_phone_the_book_says_what_it_lacks(open_inbox: OpenInbox, tmp_path: Path) -> None:
    inbox = open_inbox("priya.nair")
    page = inbox.page
    page.set_viewport_size({"width": 390, "height": 844})
    answers: list[Callable[[Route], None]] = [_fail, _as_of_long_ago]
    page.route("**/api/v1/book/health", lambda route: answers.pop(0)(route))
    inbox.go("#/book")
    expect(page.get_by_role("region", name="The book", exact=True)).to_be_hidden()
    page.get_by_role("link", name="The book as a whole").click()
    failed = page.get_by_role("alert").filter(has_text="No figures")
    failed.get_by_role("button", name="Try again").click()
    late = page.get_by_role("status").filter(has_text="these are the newest figures")
    expect(late).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    expect(failed).to_have_count(0)
    expect(page.locator("[data-book-health] canvas").first).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    assert inbox.overflow_px() <= 0
    page.screenshot(path=tmp_path / "whole-book.png")
    page.get_by_role("link", name="Clients").click()
    expect(page.locator(f"[href='#/book/{CLIENT}']")).to_be_visible()
    assert inbox.overflow_px() <= 0
    page.screenshot(path=tmp_path / "book.png")
    page.locator(f"[href='#/book/{CLIENT}']").click()
    expect(page.locator("[data-health]")).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    assert inbox.overflow_px() <= 0
    page.screenshot(path=tmp_path / "client.png")


def test_a_stale_price_is_marked_with_its_age_and_date(open_inbox: OpenInbox, product: Product) -> None:
    with connect(product.settings) as session:
        made = session.execute(_MAKE_STALE, (CLIENT,)).fetchone()
    assert made is not None
    client = _open(open_inbox("priya.nair").page)
    position = client.get_by_role("row").filter(has_text=made["instrument_id"])
    expect(position.locator(".grade-stale")).to_have_text("Stale price 3 d")
    expect(position.locator("time")).to_be_visible()


def test_amounts_stay_hidden_after_a_reload_until_they_are_shown_again(open_inbox: OpenInbox) -> None:
    inbox = open_inbox("priya.nair")
    client = _open(inbox.page)
    value = client.locator(".worth b")
    shown = value.inner_text()
    inbox.page.get_by_role("button", name="Hide amounts").click()
    expect(value).to_have_text("•••••")
    expect(inbox.page.get_by_text(shown)).to_have_count(0)
    inbox.go("#/book")
    expect(inbox.page.locator("[data-book-health] .worth b").first).to_have_text("•••••")
    inbox.page.reload()
    inbox.go(f"#/book/{CLIENT}")
    expect(value).to_have_text("•••••")
    inbox.page.get_by_role("button", name="Show amounts").click()
    expect(value).to_have_text(shown)


def test_live_prices_move_on_the_page(open_inbox: OpenInbox) -> None:
    strip = open_inbox("priya.nair").page.get_by_role("region", name="Live prices")
    expect(strip.locator("[data-instrument=EURUSD] .tick")).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    before = strip.inner_text()
    expect(strip).not_to_have_text(before, timeout=ARRIVES_WITHIN_MS, use_inner_text=True)


def _open(page: Page) -> Locator:
    """Open the client from the book."""
    page.get_by_role("link", name="Portfolio").click()
    page.locator(f"[href='#/book/{CLIENT}']").click()
    client = page.get_by_role("region", name="Opened client")
    expect(client.locator("[data-health]")).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    expect(client.get_by_role("region", name="Positions").first.locator("tbody tr").first).to_be_visible()
    return client


def _added_up(portfolio: Locator) -> list[Decimal]:
    """Return the total of each range, once its parts add up to it."""
    rows = portfolio.get_by_role("region", name="Profit and loss by range").locator("tbody tr")
    table = [[_amount(cell) for cell in row.get_by_role("cell").all_inner_texts()] for row in rows.all()[: PARTS + 1]]
    parts, totals = table[:PARTS], table[PARTS]
    assert len(totals) == 5
    assert [sum(column) for column in zip(*parts, strict=True)] == totals
    assert all(abs(unexplained) <= Decimal("0.01") for unexplained in parts[-1])
    return totals


def _fail(route: Route) -> None:
    route.fulfill(status=503, json={"title": "PostgreSQL does not answer", "status": 503})


def _as_of_long_ago(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, json={**answer.json(), "as_of": "2020-01-02"})


def _amount(text: str) -> Decimal:
    return Decimal("".join(sign for sign in text if sign in "+-.0123456789"))
