"""`tipline evaluate`: how well the platform does on labelled input."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from core.clock import rfc3339, utc_now
from core.settings import load_settings
from ops.evaluate_resolver import resolver

if TYPE_CHECKING:
    from ops.evaluate_news import Outcome, Pair

BENCHMARK = Path(__file__).parents[1] / "benchmarks" / "news"
RECALL_WANTED, FALSE_ALERTS_ALLOWED = 0.9, 2


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    evaluate = typer.Typer(help="Measure the platform on labelled input.", no_args_is_help=True)
    evaluate.command("news")(news)
    evaluate.command("resolver")(resolver)
    app.add_typer(evaluate, name="evaluate")


def news(
    articles: Annotated[Path, typer.Option(help="CSV with the columns url, date, title, text.", exists=True)],
    feed: Annotated[Path | None, typer.Option(help="An RSS or Atom feed.", exists=True)] = None,
    registry: Annotated[Path, typer.Option(help="The test book, JSON Lines.")] = BENCHMARK / "book.jsonl",
    labels: Annotated[Path, typer.Option(help="CSV with the columns url, client_id, label.")] = BENCHMARK
    / "labels.csv",
    result: Annotated[Path, typer.Option(help="Where the figures go.")] = BENCHMARK / "result.json",
    resolve_here: Annotated[
        bool, typer.Option("--in-process", help="Resolve in this process, without the running stack.")
    ] = False,
) -> None:
    """Replay real articles against a test book; exit 1 when recall or false alerts miss what is wanted."""
    from ops.evaluate_news import in_process, read_labels, score
    from ops.evaluate_stack import through_the_stack

    paths = [articles, feed] if feed else [articles]
    console = Console(soft_wrap=True)
    if resolve_here:
        found, facts = in_process(paths, registry)
    else:
        found, facts = through_the_stack(load_settings(), articles, feed, registry)
    outcome = score(found, read_labels(labels))
    _print(console, outcome)
    figures = {
        "mode": "in-process" if resolve_here else "stack", "measured_at": rfc3339(utc_now()), **facts,
        "labelled_alerts": outcome.expected, "found": outcome.hits, "recall": round(outcome.recall, 4),
        "false_alerts": len(outcome.false_alerts), "errors": asdict(outcome)["errors"],
    }  # fmt: skip
    stored = json.loads(result.read_text()) if result.exists() else {}
    result.write_text(json.dumps(stored | {figures["mode"]: figures}, indent=2, ensure_ascii=False) + "\n")
    if outcome.recall < RECALL_WANTED or len(outcome.false_alerts) > FALSE_ALERTS_ALLOWED:
        raise typer.Exit(1)


def _print(console: Console, outcome: Outcome) -> None:
    table = Table("error", "client", "article", title="Errors")
    kinds: tuple[tuple[str, tuple[Pair, ...]], ...] = (("missed", outcome.misses), ("false", outcome.false_alerts))
    for kind, pairs in kinds:
        for url, client_id in pairs:
            table.add_row(kind, client_id, url)
    if table.row_count:
        console.print(table)
    console.print(
        f"recall {outcome.recall:.3f} ({outcome.hits} of {outcome.expected}), {len(outcome.false_alerts)} false alerts"
    )
