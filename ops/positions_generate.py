"""`tipline positions generate`: made-up books as the files that core banking would send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from core.clock import utc_now


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("generate")(generate)


def generate(
    out: Annotated[Path, typer.Option(help="The folder to write to; it gets the folders of the bronze bucket.")],
    clients: Annotated[int, typer.Option(min=1, help="How many clients, of about 100 positions each.")] = 100,
    days: Annotated[int, typer.Option(min=1, help="How many business days.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed gives the same files.")] = 1,
    end: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; by default yesterday.")
    ] = None,
    correction: Annotated[
        bool, typer.Option(help="Also write a first, wrong version of the last day's positions, to `first/`.")
    ] = False,
) -> None:
    """Write the files of made-up clients and their instruments, consistent to the cent, and accounts.csv."""
    from ops.demo.portfolios.columns import csv_bytes
    from ops.demo.portfolios.days import generate as days_of
    from ops.demo.portfolios.days import misstated

    console, rows, last = Console(stderr=True), 0, None
    until = end.replace(tzinfo=UTC) if end else utc_now() - timedelta(days=1)
    with Progress(console=console) as progress:
        bar = progress.add_task("Writing days", total=days)
        for day in days_of(clients, days, seed, until.date()):
            rows, last = rows + day.write(out), day
            progress.advance(bar)
    if last:
        (out / "accounts.csv").write_bytes(csv_bytes(last.accounts))
        if correction:
            misstated(last).write(out / "first")
    console.print(f"{rows} rows of positions in {out}", markup=False, highlight=False, soft_wrap=True)
