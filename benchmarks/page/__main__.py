"""`python -m benchmarks.page`: the page in Chromium, before a gateway of its own on the loopback."""

from __future__ import annotations

import argparse
import gzip
import json
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, ViewportSize, sync_playwright

from benchmarks.latency.report import environment, quantiles_ms
from benchmarks.page import bank
from benchmarks.stores import running_stores
from core.errors import ConfigurationError
from core.settings import Settings, as_environment
from ops.drill.product import free_ports
from ops.home import ROOT
from ops.stack.service import Service, http_probe

RESULT = Path(__file__).parent / "results" / "page.json"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WINDOW = ViewportSize(width=1280, height=800)
STEP_PX = 120
WITHIN_MS = 60_000

# Live, the first alerts drawn, and the main thread free to answer a key.
_INTERACTIVE_MS = """() => new Promise(done => {
  const look = () => {
    const live = document.querySelector('[data-link=live]') && document.querySelector('[data-alert-id]');
    live ? setTimeout(() => done(performance.now())) : requestAnimationFrame(look);
  };
  look();
})"""
_PAINT_MS = """() => new Promise(done =>
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true }))"""
# A step each frame, to the end of the list; what is older loads on the way. Returns the time between frames.
_SCROLL = """async ([step, wanted]) => {
  const list = document.querySelector('.list-scroll');
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const loaded = () => Number(document.querySelector('[data-alert-id]').getAttribute('aria-setsize'));
  list.scrollTop = 0;
  let before = await frame();
  const between = [];
  const end = () => list.scrollTop + list.clientHeight >= list.scrollHeight - 1;
  while (!(end() && loaded() >= wanted)) {
    list.scrollTop += step;
    const now = await frame();
    between.push(now - before);
    before = now;
  }
  return [between, loaded()];
}"""


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.page", description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000, help="alerts in the list")
    parser.add_argument("--rounds", type=int, default=5, help="loads, each in a browser with nothing cached")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser.parse_args()


def main() -> None:
    """Measure and write the result file."""
    given, here = arguments(), environment()
    with running_stores() as (settings, group):
        cookie = bank.fill(settings, given.alerts)
        service = _gateway(settings)
        group.services[service.name] = service
        group.start_all((service.name,))
        url = f"http://127.0.0.1:{service.port}"
        with _chromium() as browser:
            rounds = [_measure(browser, url, cookie, given.alerts) for _ in range(given.rounds)]
    result = {"environment": here, "alerts": given.alerts, **_summary(rounds), "rounds": rounds}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({key: value for key, value in result.items() if key != "rounds"}, indent=1))


def _measure(browser: Browser, url: str, cookie: str, alerts: int) -> dict[str, Any]:
    """Return what one browser, new each time, saw."""
    context = browser.new_context(base_url=url, viewport=WINDOW)
    context.add_cookies([{"name": "tipline_session", "value": cookie, "url": url}])
    page = context.new_page()
    page.set_default_timeout(WITHIN_MS)
    loaded: list[Response] = []
    page.on("response", lambda response: loaded.append(response))
    page.goto("/", wait_until="commit")
    interactive_ms, paint_ms = page.evaluate(_INTERACTIVE_MS), page.evaluate(_PAINT_MS)
    first = [response for response in loaded if "/api/" not in response.url and response.ok]
    sizes = [len(gzip.compress(response.body())) for response in first]
    found = {
        "first_load": {"files": len(sizes), "gzip_bytes": sum(sizes)},
        "interactive_ms": round(interactive_ms, 1),
        "largest_paint_ms": round(paint_ms, 1),
        # The first time through, older pages of the list load on the way; the second time all is there.
        "scroll_loading": _scroll(page, alerts),
        "scroll": _scroll(page, alerts),
    }
    context.close()
    return found


def _scroll(page: Page, alerts: int) -> dict[str, Any]:
    between_ms, rows = page.evaluate(_SCROLL, [STEP_PX, alerts])
    frames = quantiles_ms(each / 1000 for each in between_ms)
    return {"alerts": rows, "frame_ms": frames, "frames_per_s": round(1000 * len(between_ms) / sum(between_ms), 1)}


def _summary(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of the rounds."""

    def middle(*path: str) -> float:
        values: list[Any] = rounds
        for key in path:
            values = [each[key] for each in values]
        return round(statistics.median(values), 1)

    return {
        "first_load_gzip_bytes": middle("first_load", "gzip_bytes"),
        "interactive_ms": middle("interactive_ms"),
        "largest_paint_ms": middle("largest_paint_ms"),
        "frames_per_s_loading": middle("scroll_loading", "frames_per_s"),
        "frames_per_s": middle("scroll", "frames_per_s"),
    }


def _gateway(settings: Settings) -> Service:
    (port,) = free_ports(1)
    return Service(
        name="gateway",
        argv=(sys.executable, "-m", "api", "--port", str(port)),
        env={**as_environment(settings), "PYTHONUNBUFFERED": "1"},
        ready=http_probe(f"http://127.0.0.1:{port}/readyz"),
        port=port,
        cwd=ROOT,
    )


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        raise ConfigurationError("the page is measured in a browser: apt-get install -y chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


if __name__ == "__main__":
    main()
