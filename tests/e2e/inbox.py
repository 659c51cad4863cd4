"""The page as its reader uses it."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

# Generous, since two cores run everything at once; what is measured is measured in benchmarks/latency.
ARRIVES_WITHIN_MS = 20_000

# Only rows in sight are drawn, so the list is walked through; older pages load as their end comes into sight.
_ALL_IDS = """async () => {
  const list = document.querySelector('.list-scroll');
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const places = new Map();
  list.scrollTop = 0;
  await drawn();
  for (let step = 0; step < 1000; step += 1) {
    for (const row of list.querySelectorAll('[data-alert-id]')) {
      places.set(row.dataset.alertId, Number(row.getAttribute('aria-posinset')));
    }
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
    if (atEnd && list.querySelector('.older') === null) break;
    list.scrollTop += list.clientHeight / 2;
    await drawn();
  }
  list.scrollTop = 0;
  await drawn();
  return [...places].sort((a, b) => a[1] - b[1]).map(([id]) => id);
}"""


class Inbox:
    """One open page; `errors` collects script errors and what the content security policy refused."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def log_in(self, rm_id: str, password: str) -> None:
        """Log in by the form and wait until the page is live."""
        self.page.goto("/")
        self.page.get_by_label("User").fill(rm_id)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Log in").click()
        self.await_live()

    def await_live(self) -> None:
        """Wait until the page says that it is live."""
        expect(self.page.locator("[data-link=live]")).to_be_visible(timeout=ARRIVES_WITHIN_MS)

    def await_down(self) -> None:
        """Wait until the page says, loudly, that it is not live."""
        expect(self.page.get_by_role("alert").filter(has_text="Not live since")).to_be_visible(
            timeout=ARRIVES_WITHIN_MS
        )

    def rows(self, headline: str, client: str) -> Locator:
        """Return the rows in sight with this headline about this client, none to many."""
        of_client = self.page.locator(".row-client", has_text=client)
        return self.page.locator("[data-alert-id]").filter(has_text=headline).filter(has=of_client)

    def await_row(self, headline: str, client: str) -> Locator:
        """Wait for the one row with this headline about this client."""
        row = self.rows(headline, client)
        expect(row).to_have_count(1, timeout=ARRIVES_WITHIN_MS)
        return row

    def open(self, headline: str, client: str) -> Locator:
        """Open the alert with this headline about this client, and return where it is shown."""
        self.await_row(headline, client).get_by_role("link", name=headline).click()
        opened = self.page.get_by_role("region", name="Opened alert")
        expect(opened.get_by_role("heading", name=headline)).to_be_visible()
        return opened

    def go(self, address: str) -> None:
        """Go to an address within the page, `#/settings` or the like, without loading it anew."""
        self.page.evaluate("address => location.assign(address)", address)

    def alert_ids(self) -> list[str]:
        """Return the alerts of the whole list, top down."""
        ids: list[str] = self.page.evaluate(_ALL_IDS)
        return ids

    def overflow_px(self) -> int:
        """Return how many pixels of the page do not fit its window's width."""
        pixels: int = self.page.evaluate(
            "Math.max(...[document.documentElement,"
            " ...document.querySelectorAll('.list, .list-scroll, .detail, .top, .settings')]"
            ".map(part => part.scrollWidth - part.clientWidth))"
        )
        return pixels

    def await_seconds(self, seconds: float) -> None:
        """Return once the browser's clock has gone on by so much."""
        self.page.wait_for_function(
            "([since, ms]) => performance.now() - since >= ms",
            arg=[self.page.evaluate("performance.now()"), seconds * 1000],
            timeout=(seconds + 30) * 1000,
        )

    def _heard(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.errors.append(message.text)
