"""`tipline news` and `tipline replay`: send articles through the real webhook, signed like any provider's."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from clients.http import trusted
from core.clock import rfc3339, utc_now
from core.settings import load_settings

DEFAULT_SOURCE = "demo-wire"
ACCEPTED = 202


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("news")(send_news)
    app.command("replay")(replay)


def send_news(
    file: Annotated[Path | None, typer.Argument(help="A document of any format the webhook reads.")] = None,
    headline: Annotated[str | None, typer.Option(help="The headline.")] = None,
    body: Annotated[str, typer.Option(help="The text.")] = "",
    source: Annotated[str, typer.Option(help="The webhook source that signs.")] = DEFAULT_SOURCE,
    article_id: Annotated[str | None, typer.Option("--id", help="The article's id; a new one by default.")] = None,
    action: Annotated[str, typer.Option(help="created, updated, removed or withheld.")] = "created",
    revision: Annotated[int | None, typer.Option(help="The revision; by default the time in ms.")] = None,
    provider: Annotated[str | None, typer.Option(help="Send as the source of this provider.")] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    url: Annotated[str | None, typer.Option(help="Its address.")] = None,
    embargo_until: Annotated[datetime | None, typer.Option(help="Held back until this local time.")] = None,
) -> None:
    """Sign and post one article to the real webhook, from options or from a file."""
    if file is None and headline is None and action in ("created", "updated"):
        raise typer.BadParameter("give --headline (and --body), or a FILE")
    import httpx

    from ops.news_files import Document, documents
    from ops.news_sender import Sender, source_of

    settings = load_settings()
    article = _article(article_id, headline, body, action, revision, publisher, url, embargo_until)
    found = list(documents(file)) if file else [Document.of_json(article)]
    with httpx.Client(timeout=30, verify=trusted(settings)) as http:
        sender = Sender(settings, source_of(settings, provider) if provider else source, http)
        replies = [sender.send(one, f"cli-{uuid.uuid4()}") for one in found]
    for reply in replies:
        Console(soft_wrap=True).print_json(reply.text)
    if any(reply.status_code != ACCEPTED for reply in replies):
        raise typer.Exit(1)


def replay(
    path: Annotated[Path, typer.Argument(exists=True, help="A file or folder: ninjs, RSS, Atom, JSON, JSONL, CSV.")],
    rate: Annotated[float, typer.Option(min=0, help="Documents a second; 0 sends as fast as answers come.")] = 0,
    source: Annotated[str, typer.Option(help="The webhook source that signs.")] = DEFAULT_SOURCE,
) -> None:
    """Send a set of articles through the real webhook; sending the same set again changes nothing."""
    import httpx

    from ops.news_files import documents
    from ops.news_sender import Sender, Tally, paced

    errors, tally, found = Console(stderr=True), Tally(), list(documents(path))
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    settings = load_settings()
    with (
        httpx.Client(timeout=30, verify=trusted(settings)) as http,
        Progress(*columns, console=errors) as progress,
    ):
        sender, bar = Sender(settings, source, http), progress.add_task("Sending", total=len(found))
        for document in paced(found, rate):
            # The same document has the same id at every run, so that the webhook itself recognises a repeat.
            reply = sender.send(document, f"replay-{hashlib.sha256(document.body).hexdigest()}")
            tally.count(document, reply)
            progress.advance(bar)
    for line in tally.refusals:
        errors.print(line, markup=False, highlight=False)
    counts = asdict(tally)
    del counts["refusals"]
    Console(soft_wrap=True).print_json(json.dumps(counts))
    if tally.rejected:
        raise typer.Exit(1)


def _article(
    article_id: str | None,
    headline: str | None,
    body: str,
    action: str,
    revision: int | None,
    publisher: str | None,
    url: str | None,
    embargo_until: datetime | None,
) -> dict[str, Any]:
    """Return the options as `news.article.v1`; an article of now, unless it withdraws another."""
    now = utc_now()
    return {
        "id": article_id or f"cli-{uuid.uuid4()}",
        "headline": headline,
        "body": body,
        "action": action,
        "revision": int(now.timestamp() * 1000) if revision is None else revision,
        "published_at": rfc3339(now),
        "publisher": publisher,
        "url": url,
        "embargo_until": rfc3339(embargo_until.astimezone()) if embargo_until else None,
    }
