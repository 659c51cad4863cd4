"""The terminal shows the newest alerts and prices, and obeys nothing that a stranger wrote."""

from __future__ import annotations

import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from ops.watch_screen import SHOWN_ALERTS, Screen, printable


def alert(number: int, headline: str = "Something happened", **more: Any) -> dict[str, Any]:
    about = {"id": f"C-{number}", "display": f"Client {number}"}
    times = {"received": "2026-01-30T12:00:00.000Z"}
    return {
        "alert_id": str(number), "revision": 1, "severity": "critical", "client": about, "headline": headline,
        "status": "active", "state": "new", "times": times, **more,
    }  # fmt: skip


def drawn(screen: Screen) -> str:
    console = Console(width=160, color_system=None)
    with console.capture() as capture:
        console.print(screen)
    return capture.get()


def tick(price: str) -> dict[str, Any]:
    item = {"instrument": "EURUSD", "price": price, "ccy": "USD", "ts": "2026-01-30T12:00:00.000Z", "seq": 1}
    return {"type": "ticks", "items": [item]}


def test_alerts_changes_and_the_link_are_shown() -> None:
    screen = Screen("ann")
    assert "connecting" in drawn(screen)
    for item in (
        {"type": "live"},
        {"type": "alert", "alert": alert(1)},
        {"type": "alert", "alert": alert(2)},
        {"type": "alert.updated", "alert": alert(1, headline="It was corrected", status="corrected")},
        {"type": "state", "alert_id": "2", "state": "acknowledged"},
        {"type": "state", "alert_id": "unknown", "state": "acknowledged"},
    ):
        screen.take(item)
    shown = drawn(screen)
    assert shown.index("Client 2") < shown.index("It was corrected")
    assert "Something happened" in shown
    assert all(word in shown for word in ("ann: live", "corrected", "acknowledged"))
    screen.take({"type": "cut", "reason": "ConnectionClosedError"})
    assert "not live" in drawn(screen)


def test_only_the_newest_alerts_stay() -> None:
    screen = Screen("ann")
    for number in range(SHOWN_ALERTS + 1):
        screen.take({"type": "alert", "alert": alert(number)})
    shown = drawn(screen)
    assert "Client 0 " not in shown
    assert f"Client {SHOWN_ALERTS}" in shown


def test_prices_show_which_way_they_went() -> None:
    screen = Screen("ann")
    seen = []
    for price in ("1.10", "1.20", "1.15", "1.150"):
        screen.take(tick(price))
        seen.append([mark for mark in "▲▼" if mark in drawn(screen)])
    assert seen == [[], ["▲"], ["▼"], []]


def test_markup_and_control_characters_of_a_headline_are_text() -> None:
    screen = Screen("ann")
    screen.take({"type": "alert", "alert": alert(1, headline="[red]a\x1b[2Jb\x07\u202ec\x9bd")})
    assert "[red]a [2Jb  c d" in drawn(screen)


@given(st.text())
def test_nothing_printable_is_a_control_character(text: str) -> None:
    assert all(not unicodedata.category(each).startswith("C") for each in printable(text))
    assert len(printable(text)) == len(text)
