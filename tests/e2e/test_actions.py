"""What an RM does about an alert: snooze, dismiss, rate, and all of it by keyboard."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Browser, expect

from clients.postgres import connect
from core.clock import rfc3339, utc_now
from ops.drill.product import Product
from tests.e2e.conftest import DESKTOP, OpenInbox
from tests.e2e.inbox import ARRIVES_WITHIN_MS, Inbox
from tests.e2e.wire import Wire

CSRF = {"X-Requested-With": "tipline"}
RETURNS_AFTER = timedelta(seconds=2)


def test_a_snoozed_alert_leaves_every_tab_and_comes_back_on_top(open_inbox: OpenInbox, wire: Wire) -> None:
    first, client = open_inbox("daniel.weber"), "Khalid bin Rashid Al Mansoori"
    second = Inbox(first.page.context.new_page())
    second.page.goto("/")
    second.await_live()
    headline = "Khalid Al Mansoori sells a tower in Dubai"
    wire.post(
        headline, "Khalid Al Mansoori, chairman of Mansoori Holding, has sold a tower in Dubai. Mansoori is pleased."
    )
    row = first.await_row(headline, client)
    alert_id = row.get_attribute("data-alert-id")
    second.await_row(headline, client)
    later = "Mansoori Holding buys two hotels in Dubai"
    wire.post(
        later, "Mansoori Holding LLC of Dubai has bought two hotels. Its chairman Khalid Al Mansoori signed on Monday."
    )
    first.await_row(later, client)

    first.open(headline, client).get_by_role("button", name="Snooze").click()
    first.page.get_by_role("dialog", name="Snooze").get_by_role("button", name="1 hour").click()
    for inbox in (first, second):
        expect(inbox.rows(headline, client)).to_have_count(0, timeout=ARRIVES_WITHIN_MS)

    until = {"until": rfc3339(utc_now() + RETURNS_AFTER)}
    reply = first.page.request.put(f"/api/v1/alerts/{alert_id}/snooze", data=until, headers=CSRF)
    assert reply.ok, reply.text()
    for inbox in (first, second):
        inbox.await_row(headline, client)
        assert inbox.alert_ids()[0] == alert_id
    assert second.errors == []


def test_feedback_reaches_the_storage_and_a_dismissal_can_be_taken_back(
    open_inbox: OpenInbox, wire: Wire, product: Product
) -> None:
    inbox, client = open_inbox("daniel.weber"), "Elena Papadimitriou"
    headline = "Elena Papadimitriou steps down at Aegean Solar"
    wire.post(
        headline, "Elena Papadimitriou, chief executive of Aegean Solar SA in Athens, resigned. Papadimitriou is 49."
    )
    opened = inbox.open(headline, client)
    alert_id = opened.locator("[data-opened]").get_attribute("data-opened")
    opened.get_by_role("button", name="Feedback").click()
    dialog = inbox.page.get_by_role("dialog", name="Was this alert useful?")
    dialog.get_by_label("Not useful").check(force=True)
    dialog.get_by_label("Reason").select_option("old")
    dialog.get_by_label("Note").fill("known since Friday")
    dialog.get_by_role("button", name="Send").click()
    expect(opened.get_by_role("region", name="History")).to_contain_text("not useful")
    with connect(product.settings) as session:
        rows = session.execute("SELECT useful, reason, note, rm_id FROM feedback WHERE alert_id = %s", (alert_id,))
        assert rows.fetchall() == [
            {"useful": False, "reason": "old", "note": "known since Friday", "rm_id": "daniel.weber"}
        ]

    opened.get_by_role("button", name="Dismiss").click()
    inbox.page.get_by_role("dialog", name="Dismiss").get_by_role("button", name="Already known").click()
    expect(inbox.rows(headline, client)).to_have_count(0)
    inbox.page.get_by_role("button", name="Undo").click()
    inbox.await_row(headline, client)


def test_the_inbox_works_by_keyboard_alone(browser: Browser, product: Product, wire: Wire) -> None:
    context = browser.new_context(base_url=product.settings.api_url, viewport=DESKTOP)
    inbox = Inbox(context.new_page())
    keys = inbox.page.keyboard
    inbox.page.goto("/")
    expect(inbox.page.get_by_label("User")).to_be_focused()
    keys.type("priya.nair")
    keys.press("Tab")
    keys.type(product.password("priya.nair"))
    keys.press("Enter")
    inbox.await_live()
    client = "Harpreet Singh Gill"
    headline = "Gill Logistics opens a depot in Ludhiana"
    wire.post(
        headline, "Harpreet Singh Gill, owner of Gill Logistics, has opened a depot in Ludhiana. Gill hires 90 drivers."
    )
    row = inbox.await_row(headline, client)
    keys.press("j")
    expect(row.get_by_role("link", name=headline)).to_be_focused()
    opened = inbox.page.get_by_role("region", name="Opened alert")
    expect(opened.get_by_role("heading", name=headline)).to_be_visible()
    keys.press("a")
    expect(opened.locator(".acknowledged")).to_be_visible()
    keys.press("e")
    expect(inbox.page.get_by_label("Note for the head")).to_be_focused()
    keys.press("Escape")
    expect(inbox.page.get_by_role("dialog")).to_have_count(0)
    keys.press("s")
    expect(inbox.page.get_by_role("button", name="1 hour")).to_be_focused()
    keys.press("Enter")
    expect(inbox.rows(headline, client)).to_have_count(0)
    keys.press("?")
    expect(inbox.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    keys.press("Escape")
    keys.press("/")
    expect(inbox.page.get_by_role("searchbox")).to_be_focused()
    assert inbox.errors == []
    context.close()
