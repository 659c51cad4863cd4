"""How the page looks and feels: phone, both schemes, assistive technology, long lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from ops.demo.articles import SAMPLES
from ops.home import ROOT
from tests.e2e.conftest import OpenInbox
from tests.e2e.inbox import ARRIVES_WITHIN_MS, Inbox
from tests.e2e.wire import Wire

SAMPLE = {sample.name: sample for sample in SAMPLES}
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PAGES = {"inbox": "#/", "book": "#/book", "client": "#/book/UHNW-102", "review": "#/review", "settings": "#/settings"}
LONG_LIST = 1000
# What a list would have to draw if every alert had its row; far fewer are in sight.
DRAWN_AT_MOST = 60
FRAME_MS = 1000 / 60

_SCROLL = """async frames => {
  const list = document.querySelector('.list-scroll');
  const times = [];
  for (let frame = 0; frame < frames; frame += 1) {
    list.scrollTop += 120;
    times.push(await new Promise(done => requestAnimationFrame(done)));
  }
  return times.slice(1).map((time, frame) => time - times[frame]);
}"""


def test_the_page_fits_a_phone(open_inbox: OpenInbox, wire: Wire, tmp_path: Path) -> None:
    inbox = open_inbox("daniel.weber")
    inbox.page.set_viewport_size({"width": 390, "height": 844})
    ships = SAMPLE["company"]
    wire.post(ships.headline, ships.body)
    row = inbox.await_row(ships.headline, "Nordwind Reederei GmbH")
    assert inbox.overflow_px() <= 0
    inbox.page.screenshot(path=tmp_path / "list.png")
    row.get_by_role("link", name=ships.headline).click()
    expect(inbox.page.get_by_role("heading", name="Summary")).to_be_visible()
    expect(row).to_be_hidden()
    assert inbox.overflow_px() <= 0
    inbox.page.screenshot(path=tmp_path / "opened.png")
    inbox.page.get_by_role("button", name="Alerts").click()
    expect(row).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(open_inbox: OpenInbox, wire: Wire, tmp_path: Path, scheme: Any) -> None:
    inbox = open_inbox("priya.nair")
    inbox.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    chairman = SAMPLE["chairman"]
    wire.post(chairman.headline, chairman.body, publisher="Economic Courier", url="https://news.example/saxena")
    inbox.open(chairman.headline, "Amit Saxena")
    found = {"opened alert": _violations(inbox)}
    inbox.page.screenshot(path=tmp_path / f"{scheme}-opened.png")
    for name, address in PAGES.items():
        inbox.go(address)
        expect(inbox.page.locator(".skeleton")).to_have_count(0, timeout=ARRIVES_WITHIN_MS)
        found[name] = _violations(inbox)
        inbox.page.screenshot(path=tmp_path / f"{scheme}-{name}.png")
    assert found == {name: [] for name in found}


def test_a_thousand_alerts_scroll_at_sixty_frames_a_second(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox = open_inbox("priya.nair")
    chairman = SAMPLE["chairman"]
    wire.post(chairman.headline, chairman.body)
    inbox.await_row(chairman.headline, "Amit Saxena")

    def lengthen(route: Route) -> None:
        answer = route.fetch()
        page = answer.json()
        items = [{**page["items"][0], "alert_id": f"{number:08d}"} for number in range(LONG_LIST)]
        route.fulfill(response=answer, json={**page, "items": items, "next": None})

    inbox.page.route("**/api/v1/alerts?*", lengthen)
    inbox.page.reload()
    inbox.await_live()
    last = inbox.page.locator(f"[aria-setsize='{LONG_LIST}']").last
    expect(last).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    intervals = sorted(inbox.page.evaluate(_SCROLL, 120))
    assert inbox.page.locator("[data-alert-id]").count() < DRAWN_AT_MOST
    # A frame that is late by a little shows twice as long: the middle one says what the page can do.
    assert intervals[len(intervals) // 2] < FRAME_MS * 1.2
    assert len(inbox.alert_ids()) == LONG_LIST


def _violations(inbox: Inbox) -> list[str]:
    """Return what axe-core finds against WCAG AA, rule and place."""
    inbox.page.evaluate(AXE.read_text())
    found = inbox.page.evaluate("tags => axe.run(document, { runOnly: tags })", WCAG_AA)
    return [f"{one['id']}: {node['target']}" for one in found["violations"] for node in one["nodes"]]
