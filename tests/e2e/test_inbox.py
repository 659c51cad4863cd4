"""What an RM sees, in a real browser, of news posted to the real webhook."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import BrowserContext, expect

from core.clock import rfc3339, utc_now
from ops.demo.articles import SAMPLES
from ops.drill.product import Product
from tests.e2e.conftest import OpenInbox
from tests.e2e.inbox import ARRIVES_WITHIN_MS, Inbox
from tests.e2e.wire import Wire

EMBARGO_S = 8
SAMPLE = {sample.name: sample for sample in SAMPLES}


def test_news_about_a_client_arrives_without_reload_and_a_namesake_does_not(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox = open_inbox("priya.nair")
    cricketer, mention, chairman = (SAMPLE[name] for name in ("cricketer", "passing mention", "chairman"))
    for sample in (cricketer, mention):
        decisions = wire.await_decisions(wire.post(sample.headline, sample.body))
        assert {decision["decision"] for decision in decisions} <= {"nil", "review"}
    wire.post(chairman.headline, chairman.body, publisher="Economic Courier", url="https://news.example/saxena")

    row = inbox.await_row(chairman.headline, "Amit Saxena")
    expect(row).to_contain_text("Economic Courier")
    expect(row).to_contain_text(re.compile(r"relevance (8[1-9]|9\d|100) %"))
    expect(inbox.page.get_by_text(cricketer.headline)).to_have_count(0)
    expect(inbox.page.get_by_text(mention.headline)).to_have_count(0)
    expect(inbox.page).to_have_title(re.compile(r"^\(\d+\+?\) Tipline$"))

    row.get_by_role("link", name=chairman.headline).click()
    opened = inbox.page.get_by_role("region", name="Opened alert")
    expect(opened.locator("mark").first).to_contain_text("Saxena")
    expect(opened.get_by_role("region", name="Summary").get_by_role("listitem").first).to_contain_text("[1]")
    source = opened.get_by_role("region", name="Sources").get_by_role("link", name="Economic Courier")
    expect(source).to_have_attribute("rel", "noopener noreferrer")


def test_a_story_stays_one_alert_through_outlets_updates_and_its_retraction(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox, client = open_inbox("priya.nair"), "Padmanabhan Venkatesan"
    body = (
        "Padmanabhan Venkatesan, managing director of Venkatesan Wind Power in Chennai, has sold two wind farms.\n"
        "The wind farms near Coimbatore went to a pension fund for 300 million dollars, Venkatesan said."
    )
    headline = "Venkatesan Wind Power sells two wind farms near Coimbatore"
    first = wire.post(headline, body, publisher="Economic Courier")
    row = inbox.await_row(headline, client)
    alert_id = row.get_attribute("data-alert-id")
    before = inbox.alert_ids()

    second = wire.post(f"{headline}, sources say", body, publisher="Bharat Wire")
    same = inbox.page.locator(f"[data-alert-id='{alert_id}']")
    expect(same).to_contain_text("sources: 2", timeout=ARRIVES_WITHIN_MS)
    expect(same).to_contain_text("Updated")

    updated = "Venkatesan Wind Power sells three wind farms near Coimbatore"
    wire.post(updated, body.replace("two", "three"), article_id=first, action="updated", publisher="Economic Courier")
    expect(same).to_contain_text(updated, timeout=ARRIVES_WITHIN_MS)
    expect(same).to_contain_text("Corrected")

    corrected = "Correction: Venkatesan Wind Power sells one wind farm near Coimbatore"
    wire.post(corrected, body.replace("two", "one"), article_id=first, action="updated", publisher="Economic Courier")
    expect(same).to_contain_text(corrected, timeout=ARRIVES_WITHIN_MS)

    wire.post(headline, body, article_id=second, action="removed", publisher="Bharat Wire")
    expect(same).not_to_contain_text("sources: 2", timeout=ARRIVES_WITHIN_MS)
    wire.post(corrected, body, article_id=first, action="removed", publisher="Economic Courier")
    expect(same.locator(".badge-retracted")).to_have_text("Retracted", timeout=ARRIVES_WITHIN_MS)
    assert inbox.alert_ids() == before


def test_acknowledging_in_one_tab_shows_in_the_other(open_inbox: OpenInbox, wire: Wire) -> None:
    first = open_inbox("priya.nair")
    second = Inbox(first.page.context.new_page())
    second.page.goto("/")
    second.await_live()
    headline = "Debashis Banerjee expands Ganga Tea Estates"
    wire.post(
        headline, "Debashis Banerjee, who owns Ganga Tea Estates Ltd in Kolkata, has bought a tea garden in Assam."
    )
    first.await_row(headline, "Debashis Bandyopadhyay").get_by_role("button", name="Acknowledge").click()
    other = second.await_row(headline, "Debashis Bandyopadhyay")
    expect(other.locator(".acknowledged")).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    second.page.reload()
    second.await_live()
    expect(second.await_row(headline, "Debashis Bandyopadhyay").locator(".acknowledged")).to_be_visible()
    assert second.errors == []


def test_an_embargoed_article_appears_at_its_time_and_not_before(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox, client = open_inbox("priya.nair"), "Farah Qureshi"
    headline = "Qureshi Diagnostics to open forty laboratories"
    ends = utc_now() + timedelta(seconds=EMBARGO_S)
    body = "Farah Qureshi, founder of Qureshi Diagnostics Limited in Hyderabad, will open forty laboratories next year."
    article_id = wire.post(headline, body, embargo_until=rfc3339(ends))
    decisions = wire.await_decisions(article_id)
    assert "match" in {decision["decision"] for decision in decisions}
    assert utc_now() < ends, "decided too late to show that the embargo holds"
    inbox.await_row(headline, client)
    assert utc_now() >= ends


def test_an_alert_of_another_rm_does_not_exist(open_inbox: OpenInbox, wire: Wire) -> None:
    priya, daniel = open_inbox("priya.nair"), open_inbox("daniel.weber")
    sale = SAMPLE["the other Amit Saxena"]
    wire.post(sale.headline, sale.body)
    alert_id = daniel.await_row(sale.headline, "Amit Saxena").get_attribute("data-alert-id")
    priya.page.goto(f"/#/alerts/{alert_id}")
    expect(priya.page.get_by_text("There is no such alert among your clients’.")).to_be_visible()
    assert priya.page.request.get(f"/api/v1/alerts/{alert_id}").status == 404


def test_a_wrong_password_is_said_and_lets_nobody_in(context: BrowserContext, product: Product) -> None:
    page = context.new_page()
    page.goto("/")
    page.get_by_label("User").fill("priya.nair")
    page.get_by_label("Password").fill(f"not {product.password('priya.nair')}")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert").filter(has_text="User or password is not right.")).to_be_visible()
    assert page.request.get("/api/v1/alerts").status == 401


def test_markup_in_an_article_never_becomes_part_of_the_page(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox, client = open_inbox("priya.nair"), "Deccan Ferry Lines Ltd"
    attack = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
    headline = "Deccan Ferry Lines Ltd sells a ferry"
    body = f"Deccan Ferry Lines Ltd of Ratnagiri has sold a ferry. {attack}\nDeccan Ferry Lines keeps two."
    wire.post(f"{headline} {attack}", body)
    inbox.await_row(headline, client).get_by_role("link").click()
    opened = inbox.page.get_by_role("region", name="Opened alert")
    expect(opened.get_by_role("region", name="Text")).to_contain_text("Deccan Ferry Lines keeps two.")
    expect(inbox.page.locator("main img, main script")).to_have_count(0)
    assert "taken" not in inbox.page.title()


def test_history_is_found_by_words_and_filters_and_exported(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox, client = open_inbox("daniel.weber"), "Kenjiro Matsuoka"
    headline = "Kenjiro Matsuoka opens an exoskeleton factory in Osaka"
    wire.post(headline, "Kenjiro Matsuoka, founder of Matsuoka Robotics, has opened a factory in Osaka, Matsuoka said.")
    inbox.await_row(headline, client)
    inbox.page.get_by_role("searchbox", name="Search all alerts").fill("exoskeleton")
    expect(inbox.page).to_have_url(re.compile("q=exoskeleton"))
    expect(inbox.page.locator("[data-alert-id]")).to_have_count(1)
    inbox.page.get_by_role("button", name="Filters").click()
    inbox.page.get_by_label("State").select_option("dismissed")
    expect(inbox.page.get_by_role("heading", name="Nothing found")).to_be_visible()
    inbox.page.get_by_label("State").select_option("")
    inbox.await_row(headline, client)
    with inbox.page.expect_download() as download:
        inbox.page.get_by_role("link", name="Export CSV").click()
    assert headline in download.value.path().read_text()
    inbox.page.get_by_role("button", name="Clear").click()
    inbox.await_row(headline, client)
