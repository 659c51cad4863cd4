"""What `tipline watch` shows in a terminal: the newest alerts, the prices watched, and whether the stream is live."""

from __future__ import annotations

import unicodedata
from collections import OrderedDict
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from core.clock import parse_rfc3339

SHOWN_ALERTS = 20
SEVERITY_STYLES = {"critical": "bold red", "important": "yellow", "info": "dim"}
UP, DOWN, SAME = "[green]▲[/green]", "[red]▼[/red]", " "

Item = dict[str, Any]


class Screen:
    """The state of the screen; feed it every item of the stream and let rich draw it."""

    def __init__(self, rm_id: str) -> None:
        self._rm_id = rm_id
        self._alerts: OrderedDict[str, Item] = OrderedDict()
        self._ticks: dict[str, tuple[Item, str]] = {}
        self._link = "connecting"

    def take(self, item: Item) -> None:
        """Take one item of the stream."""
        kind = item["type"]
        if "alert" in item:
            self._put(item["alert"])
        elif kind == "state" and item["alert_id"] in self._alerts:
            self._alerts[item["alert_id"]]["state"] = item["state"]
        elif kind == "ticks":
            for tick in item["items"]:
                self._move(tick)
        elif kind == "live":
            self._link = "live"
        elif kind == "cut":
            self._link = "not live: trying again"

    def __rich__(self) -> RenderableType:
        """Return what is on screen now."""
        alerts = Table("time", "severity", "client", "headline", "state", title=f"{self._rm_id}: {self._link}")
        for alert in reversed(self._alerts.values()):
            at = next((alert["times"][hop] for hop in ("routed", "received") if alert["times"].get(hop)), None)
            severity = Text(alert["severity"], SEVERITY_STYLES.get(alert["severity"], ""))
            state = alert["state"] if alert["status"] == "active" else alert["status"]
            headline, client = printable(alert["headline"]), printable(alert["client"]["display"])
            alerts.add_row(_clock(at), severity, Text(client), Text(headline), Text(state))
        return Group(alerts, self._prices()) if self._ticks else alerts

    def _prices(self) -> Table:
        prices = Table("instrument", "", "price", "ccy", "at")
        prices.columns[2].justify = "right"
        for instrument, (tick, direction) in sorted(self._ticks.items()):
            prices.add_row(Text(instrument), direction, tick["price"], Text(tick["ccy"]), _clock(tick["ts"]))
        return prices

    def _put(self, alert: Item) -> None:
        # A change leaves an alert where it is.
        self._alerts[alert["alert_id"]] = dict(alert)
        while len(self._alerts) > SHOWN_ALERTS:
            self._alerts.popitem(last=False)

    def _move(self, tick: Item) -> None:
        known = self._ticks.get(tick["instrument"])
        before = Decimal(known[0]["price"]) if known else Decimal(tick["price"])
        after = Decimal(tick["price"])
        self._ticks[tick["instrument"]] = tick, UP if after > before else DOWN if after < before else SAME


def printable(text: str) -> str:
    """Return a text without what a terminal would obey: control and format characters become blanks."""
    return "".join(" " if unicodedata.category(each).startswith("C") else each for each in text)


def _clock(at: str | None) -> str:
    return f"{parse_rfc3339(at).astimezone():%H:%M:%S}" if at else ""
