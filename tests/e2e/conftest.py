"""The whole product, started once as a user starts it, and a real browser in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ViewportSize, sync_playwright

from ops.drill.product import Product
from tests.e2e.inbox import Inbox
from tests.e2e.wire import Wire

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = ViewportSize(width=1280, height=800)

# The first journey starts the whole product, and the kills wait for each part to come back.
TIMEOUT_S = 900

# Enough for a P&L, and no longer than a night.
DEMO_DAYS = 5

OpenInbox = Callable[[str], Inbox]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with Product(tmp_path_factory.mktemp("tipline"), demo_days=DEMO_DAYS) as running:
        yield running


@pytest.fixture(scope="session")
def wire(product: Product) -> Iterator[Wire]:
    """The provider's side: posts signed articles to the webhook."""
    with Wire(product.settings) as wire:
        yield wire


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path is not None, "the journeys need a browser: apt-get install -y chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, product: Product) -> Iterator[BrowserContext]:
    """One person's browser: tabs of it share the session."""
    context = browser.new_context(base_url=product.settings.api_url, viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def open_inbox(browser: Browser, product: Product) -> Iterator[OpenInbox]:
    """Logs an RM in, each in a browser of their own; a script error on any page fails the test."""
    contexts: list[BrowserContext] = []
    inboxes: list[Inbox] = []

    def open_inbox(rm_id: str) -> Inbox:
        contexts.append(browser.new_context(base_url=product.settings.api_url, viewport=DESKTOP))
        inboxes.append(Inbox(contexts[-1].new_page()))
        inboxes[-1].log_in(rm_id, product.password(rm_id))
        return inboxes[-1]

    yield open_inbox
    for one in contexts:
        one.close()
    assert [error for inbox in inboxes for error in inbox.errors] == []
