"""`tipline watch`: an RM's alerts and prices in the terminal, as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.live import Live

from clients.http import trusted, trusted_socket
from core.settings import Settings, load_settings
from ops.log_in import log_in
from ops.stream_client import StreamClient
from ops.watch_screen import Screen

HTTP_TIMEOUT_S = 10.0
REDRAWS_PER_S = 4


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("watch")(watch)


def watch(
    rm: Annotated[str, typer.Option(help="Whose alerts; without a token, a log-in of the demo.")] = "priya.nair",
    token: Annotated[
        str | None, typer.Option(envvar="TIPLINE_TOKEN", help="A bearer token of that RM (better in the environment).")
    ] = None,
    tick: Annotated[
        list[str] | None, typer.Option(help="Watch this instrument; may be repeated. By default the market list.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every item as a line of JSON.")] = False,
    count: Annotated[int | None, typer.Option(min=1, help="End after so many alerts.")] = None,
) -> None:
    """Show alerts and prices live; cuts are mended, nothing is shown twice. Ctrl-C ends it."""
    settings = load_settings()
    with httpx.Client(
        base_url=settings.api_url, timeout=HTTP_TIMEOUT_S, trust_env=False, verify=trusted(settings)
    ) as http:

        def authorise() -> dict[str, str]:
            return {"Authorization": f"Bearer {token}"} if token else log_in(settings, http, rm)

        stream = StreamClient(http, authorise, tick or None, tls=trusted_socket(settings, settings.api_url))
        items = _until(stream.items(), count)
        try:
            _print(items) if as_json else _show(items, rm)
        finally:
            _log_out(settings, http, token)


def _until(items: Iterator[dict[str, Any]], alerts: int | None) -> Iterator[dict[str, Any]]:
    left = alerts
    for item in items:
        yield item
        if left is not None and "alert" in item:
            left -= 1
            if left == 0:
                return


def _print(items: Iterator[dict[str, Any]]) -> None:
    for item in items:
        # Escaped to ASCII, so that nothing a stranger wrote reaches a terminal as it is.
        print(json.dumps(item), flush=True)


def _show(items: Iterator[dict[str, Any]], rm_id: str) -> None:
    screen = Screen(rm_id)
    with Live(screen, console=Console(), refresh_per_second=REDRAWS_PER_S):
        for item in items:
            screen.take(item)


def _log_out(settings: Settings, http: httpx.Client, token: str | None) -> None:
    """End the session that we opened; one that came with a token is its owner's."""
    if token is None and "Cookie" in http.headers:
        try:
            http.delete(f"{settings.api_url}/api/v1/session", headers={"X-Requested-With": "tipline"})
        except httpx.TransportError:
            return
