"""The page as its reader uses it."""

from __future__ import annotations

from playwright.sync_api import ConsoleMessage, Locator, Page, expect

# Generous, since two cores run everything at once; what is measured is measured in benchmarks/latency.
ARRIVES_WITHIN_MS = 20_000


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
        """Return the rows with this headline about this client, none to many."""
        of_client = self.page.locator(".row-client", has_text=client)
        return self.page.locator("[data-alert-id]").filter(has_text=headline).filter(has=of_client)

    def await_row(self, headline: str, client: str) -> Locator:
        """Wait for the one row with this headline about this client."""
        row = self.rows(headline, client)
        expect(row).to_have_count(1, timeout=ARRIVES_WITHIN_MS)
        return row

    def alert_ids(self) -> list[str]:
        """Return the alerts shown, top down."""
        ids: list[str] = self.page.eval_on_selector_all(
            "[data-alert-id]", "rows => rows.map(row => row.dataset.alertId)"
        )
        return ids

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
