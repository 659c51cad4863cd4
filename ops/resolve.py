"""`tipline resolve`: link a file of articles to a registry file, in process, no servers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import TiplineError

DEFAULT_PROCESSES = 2


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(resolve)


def resolve(
    registry: Annotated[Path, typer.Option(help="The clients, JSON Lines.", exists=True, dir_okay=False)],
    articles: Annotated[
        Path, typer.Option(help="JSON Lines or CSV: id, title, text, language.", exists=True, dir_okay=False)
    ],
    out: Annotated[Path, typer.Option(help="Where the mentions go; CSV when it ends in .csv.")],
    processes: Annotated[int, typer.Option(help="How many processes resolve.", min=1, max=64)] = DEFAULT_PROCESSES,
) -> None:
    """Find every mention of a client in a file of articles; exit 1 when a line could not be read."""
    from ops.resolve_run import run

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    done = run(registry, articles, out, processes=processes, console=console)
    console.print(
        f"{done.articles} articles, {done.mentions} mentions, {done.took_s:.1f} s, {done.articles_per_s:.0f} articles/s"
    )
    if done.unreadable:
        raise TiplineError(f"{done.unreadable} lines of {articles.name} could not be read; {out.name} says which")
