"""`tipline probe --cold`: the canary's files through every real part, from S3 to the API's figures.

It sends two days of the canary's own account, waits until the trigger has had them made into figures, and compares
those with the independent calculation. Other clients' rows are read again and give the same figures.
"""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from clients.http import trusted
from clients.postgres import connect
from clients.s3 import Store
from core.clock import parse_rfc3339, utc_now
from core.errors import DependencyUnavailable
from core.settings import Settings, load_settings
from ops.demo.portfolios.accounts import load_accounts
from ops.demo.portfolios.days import business_days
from ops.log_in import log_in
from ops.oracle.clients import client_rows
from ops.oracle.files import DayFiles
from ops.oracle.pnl import compute
from ops.probe_portfolio import ACCOUNT, BASE_CCY, CLIENT, FILE, CanaryDay, canary_days

RM = "canary"
ASK_EVERY_S = 0.5
PARTS = ("total", "price", "fx", "trading", "income", "fees", "unexplained", "net_flows")

_DAYS = "SELECT as_of_date FROM batch_days WHERE status = 'done' ORDER BY as_of_date DESC LIMIT 2"

Figures = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class ColdProbed:
    """What a probe saw: the figures expected and shown, and how long they took."""

    day: date
    expected: Figures
    shown: Figures
    revision: int
    status: str
    quality: str
    total_s: float

    @property
    def agrees(self) -> bool:
        """Whether every figure is the expected one to the cent."""
        return self.expected == self.shown

    def as_json(self) -> dict[str, Any]:
        """Return the result as `tipline probe --cold --json` prints it."""
        return {
            "client_id": CLIENT,
            "as_of": self.day.isoformat(),
            "agrees": self.agrees,
            "revision": self.revision,
            "status": self.status,
            "quality": self.quality,
            "figures": {
                name: {"expected": str(self.expected[name]), "shown": str(self.shown[name])} for name in self.expected
            },
            "total_s": round(self.total_s, 3),
        }


def probe_cold(*, as_json: bool, timeout_s: float) -> None:
    """Send the canary's files, wait for the figures and compare them; exit 1 when they differ."""
    result = run(load_settings(), timeout_s=timeout_s)
    if as_json:
        Console(soft_wrap=True).print_json(json.dumps(result.as_json()))
    else:
        _show(result)
    if not result.agrees:
        raise typer.Exit(1)


def run(settings: Settings, *, timeout_s: float) -> ColdProbed:
    """Probe once; DependencyUnavailable when no new figures came in time."""
    before, day = _choose_days(settings)
    canary = canary_days(before, day, random.Random(secrets.token_bytes(16)))  # noqa: S311  # figures, not keys
    expected = expect(canary)
    load_accounts(settings, [{"client_id": CLIENT, "account_id": ACCOUNT, "base_ccy": BASE_CCY}])
    started, sent_at = time.monotonic(), utc_now()
    with httpx.Client(timeout=30, verify=trusted(settings)) as http:
        headers = log_in(settings, http, RM)
        upload(settings, canary)
        address = f"{settings.api_url}/api/v1/clients/{CLIENT}/health"
        health: dict[str, Any] | None = None
        while time.monotonic() - started < timeout_s:
            reply = http.get(address, params={"date": day.isoformat()}, headers=headers)
            if reply.is_success and parse_rfc3339(reply.json()["computed_at"]) > sent_at:
                health = reply.json()
                # The days arrive one after the other, and a run may have begun between them.
                if shown(health) == expected:
                    break
            time.sleep(ASK_EVERY_S)
        http.delete(f"{settings.api_url}/api/v1/session", headers={**headers, "X-Requested-With": "tipline"})
    if health is None:
        raise DependencyUnavailable(
            f"no new figures of {CLIENT} on {day} within {timeout_s:.0f} s: `tipline batch status` shows where they are"
        )
    took_s = time.monotonic() - started
    quality = health["value"]["quality"]
    return ColdProbed(day, expected, shown(health), health["revision"], health["value"]["status"], quality, took_s)


def upload(settings: Settings, days: tuple[CanaryDay, ...]) -> None:
    """Put the files of these days into bronze."""
    store = Store(settings)
    for one in days:
        for kind, text in one.files.items():
            store.put(settings.bronze_bucket, f"{kind}/date={one.day}/{FILE}", text.encode())


def expect(days: tuple[CanaryDay, ...]) -> Figures:
    """Compute the last day's figures by themselves, from the files' rows."""
    rows = compute([DayFiles.of_csv(one.day, one.files) for one in days])
    sums = client_rows(rows)[days[-1].day, CLIENT].sums
    parts = {part: sums[part if part == "net_flows" else f"pnl_{part}"] for part in PARTS}
    return {"market_value": sums["market_value"], **parts}


def shown(health: Mapping[str, Any]) -> Figures:
    """Return the same figures as the API gives them."""
    [today] = (each for each in health["ranges"] if each["name"] == "day")
    return {
        "market_value": Decimal(health["value"]["market_value"]),
        **{part: Decimal(today["pnl"][part]) for part in PARTS},
    }


def _choose_days(settings: Settings) -> tuple[date, date]:
    """Return the newest two days that have figures; in an empty lake, the last two weekdays."""
    with connect(settings) as session:
        days = [row["as_of_date"] for row in session.execute(_DAYS)]
    if len(days) == 2:
        return days[1], days[0]
    before, day = business_days(2, utc_now().date() - timedelta(days=1))
    return before, day


def _show(result: ColdProbed) -> None:
    verdict = "agrees" if result.agrees else "[bold red]differs[/bold red]"
    title = f"{CLIENT} {result.day} revision {result.revision}: {verdict} after {result.total_s:.1f} s"
    table = Table("figure", "expected", "shown", title=title)
    for name, value in result.expected.items():
        table.add_row(name, f"{value:,}", f"{result.shown[name]:,}")
    Console().print(table)
