"""A deputy stands in, and a reviewed article teaches the resolver."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.conftest import OpenInbox
from tests.e2e.inbox import ARRIVES_WITHIN_MS, Inbox
from tests.e2e.wire import Wire

TRIES = 10


def test_a_deputy_sees_the_alerts_of_the_time_and_none_after_it(open_inbox: OpenInbox, wire: Wire) -> None:
    priya, daniel, client = open_inbox("priya.nair"), open_inbox("daniel.weber"), "Rajesh Kumar"
    priya.go("#/settings")
    cover = priya.page.get_by_role("region", name="Cover")
    cover.get_by_label("Deputy").select_option(label="Daniel Weber")
    cover.get_by_label("Client").select_option(label=client)
    cover.get_by_role("button", name="Add deputy").click()
    expect(cover.get_by_role("listitem").filter(has_text="UHNW-118")).to_be_visible()

    headline = "Kumar Agro Exports of Nagpur opens an orange terminal"
    wire.post(
        headline, "Rajesh Kumar, owner of Kumar Agro Exports in Nagpur, has opened a terminal. Kumar exports oranges."
    )
    daniel.await_row(headline, client)
    alert_id = daniel.rows(headline, client).get_attribute("data-alert-id")

    cover.get_by_role("listitem").filter(has_text="UHNW-118").get_by_role("button", name="End").click()
    expect(cover).to_contain_text("Nobody stands in.")
    daniel.page.reload()
    daniel.await_live()
    expect(daniel.rows(headline, client)).to_have_count(0)
    assert daniel.page.request.get(f"/api/v1/alerts/{alert_id}").status == 404


def test_an_accepted_article_alerts_and_teaches_the_next_one_to(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox, client = open_inbox("priya.nair"), "Lakshmi Raghunathan Iyer"
    doubtful = "Lakshmi Iyer honoured by the Nilgiri Health Forum"
    decisions = wire.await_decisions(wire.post(doubtful, f"{doubtful}. Iyer thanked her team."))
    assert [decision["decision"] for decision in decisions] == ["review"]
    assert any(_is_queued(inbox, doubtful) for _ in range(TRIES)), "the candidate is not in the queue"
    inbox.go("#/review")
    candidate = inbox.page.locator("[data-candidate-id]").filter(has_text=doubtful)
    expect(candidate).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    candidate.get_by_role("link", name=doubtful).click()
    opened = inbox.page.get_by_role("region", name="Opened candidate")
    expect(opened.locator("mark").first).to_contain_text("Lakshmi Iyer")
    opened.get_by_role("button", name="Accept").click()
    expect(inbox.page.get_by_role("status").filter(has_text="Accepted")).to_contain_text("Nilgiri Health Forum")
    expect(candidate).to_have_count(0)
    inbox.go("#/")
    inbox.await_row(doubtful, client)

    following = "Lakshmi Iyer sells her villa in Ooty"
    body = "Lakshmi Iyer has sold her villa to the Nilgiri Health Forum for 4 million dollars. Iyer keeps the garden."
    assert any(_is_match(wire, following, body) for _ in range(TRIES)), "the resolver has not learnt"
    inbox.await_row(following, client)


def _is_queued(inbox: Inbox, headline: str) -> bool:
    """Return whether the review queue has an article; give it some time otherwise."""
    if headline in inbox.page.request.get("/api/v1/review-candidates").text():
        return True
    inbox.await_seconds(1)
    return False


def _is_match(wire: Wire, headline: str, body: str) -> bool:
    """Return whether an article is decided to be about a client; the resolver reads the registry every second."""
    decisions = wire.await_decisions(wire.post(headline, body))
    return "match" in {decision["decision"] for decision in decisions}
