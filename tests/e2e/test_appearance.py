"""How the page looks and feels: phone, both schemes, assistive technology, long lists."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Route, expect

from api.pages import STATIC
from ops.demo.articles import SAMPLES
from ops.home import ROOT
from tests.e2e.conftest import OpenInbox
from tests.e2e.inbox import ARRIVES_WITHIN_MS, Inbox
from tests.e2e.wire import Wire

SAMPLE = {sample.name: sample for sample in SAMPLES}
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
WCAG_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
PAGES = {"inbox": "#/", "book": "#/book", "client": "#/book/UHNW-102", "review": "#/review", "settings": "#/settings"}
CEMENT_MAKER = "Konkan Coastal Cement & Power Limited"
PLANT = "Konkan Coastal Cement & Power Limited opens a plant in Goa"
PLANT_BODY = f"{CEMENT_MAKER} has opened a plant in Goa for 90 million dollars.\nKonkan Coastal Cement hires 400."
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
LONG_LIST = 1000
# What a list would have to draw if every alert had its row; far fewer are in sight.
DRAWN_AT_MOST = 60
FIRST_LOAD_BYTES = 250_000

# Steps through the list, a frame each; returns how many rows were drawn at most.
_SCROLL = """async frames => {
  const list = document.querySelector('.list-scroll');
  let drawn = 0;
  for (let frame = 0; frame < frames; frame += 1) {
    list.scrollTop += 120;
    await new Promise(done => requestAnimationFrame(done));
    drawn = Math.max(drawn, list.querySelectorAll('[data-alert-id]').length);
  }
  return drawn;
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


def test_every_page_is_accessible_in_both_schemes(open_inbox: OpenInbox, wire: Wire, tmp_path: Path) -> None:
    inbox = open_inbox("priya.nair")
    wire.post(PLANT, PLANT_BODY, publisher="Economic Courier", url="https://news.example/plant")
    inbox.open(PLANT, CEMENT_MAKER)
    found = _look_at(inbox, "opened", tmp_path)
    for name, address in PAGES.items():
        inbox.go(address)
        expect(inbox.page.locator(".skeleton")).to_have_count(0, timeout=ARRIVES_WITHIN_MS)
        found |= _look_at(inbox, name, tmp_path)
    assert [flaw for flaws in found.values() for flaw in flaws] == []


def test_the_first_load_is_light() -> None:
    named = re.findall(r'(?:src|href)="/(assets/[^"]+)"', (STATIC / "index.html").read_text())
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in named) <= FIRST_LOAD_BYTES


def test_of_a_thousand_alerts_only_those_in_sight_are_drawn(open_inbox: OpenInbox, wire: Wire) -> None:
    inbox = open_inbox("priya.nair")
    wire.post(PLANT, PLANT_BODY)
    inbox.await_row(PLANT, CEMENT_MAKER)

    def lengthen(route: Route) -> None:
        answer = route.fetch()
        page = answer.json()
        open_one = {**page["items"][0], "state": "new", "muted": False}
        items = [{**open_one, "alert_id": f"{number:08d}"} for number in range(LONG_LIST)]
        route.fulfill(response=answer, json={**page, "items": items, "next": None})

    inbox.page.route("**/api/v1/alerts?*", lengthen)
    inbox.page.reload()
    inbox.await_live()
    last = inbox.page.locator(f"[aria-setsize='{LONG_LIST}']").last
    expect(last).to_be_visible(timeout=ARRIVES_WITHIN_MS)
    assert 0 < inbox.page.evaluate(_SCROLL, 120) < DRAWN_AT_MOST
    assert len(inbox.alert_ids()) == LONG_LIST


def _look_at(inbox: Inbox, name: str, folder: Path) -> dict[str, list[str]]:
    """Take a picture of the page in each scheme, and return what axe-core finds there against WCAG AA."""
    found: dict[str, list[str]] = {}
    for scheme in SCHEMES:
        inbox.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        inbox.page.screenshot(path=folder / f"{name}-{scheme}.png")
        inbox.page.evaluate(AXE.read_text())
        verdict = inbox.page.evaluate("tags => axe.run(document, { runOnly: tags })", WCAG_AA)
        nodes = [(one["id"], node["target"]) for one in verdict["violations"] for node in one["nodes"]]
        found[f"{name} {scheme}"] = [f"{rule}: {target}" for rule, target in nodes]
    return found
