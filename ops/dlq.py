"""`tipline dlq`: read the dead letters, look at one, and put originals back."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.clock import rfc3339
from core.settings import load_settings


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    dlq = typer.Typer(help="Dead letters: what could not be processed, kept with its reason.", no_args_is_help=True)
    dlq.command("list")(list_letters)
    dlq.command("show")(show_letter)
    dlq.command("replay")(replay_letters)
    app.add_typer(dlq, name="dlq")


def list_letters(as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False) -> None:
    """List the dead letters, oldest first, each once however often it failed."""
    from ops.dead_letters import read_letters

    letters = read_letters(load_settings()).values()
    if as_json:
        for letter in letters:
            typer.echo(letter.model_dump_json(exclude={"original_base64"}))
        return
    table = Table(Column("id", no_wrap=True), "last failed", "stage", "code", "reason", "times")
    for letter in letters:
        last, reason = rfc3339(letter.last_failed_at), escape(_harmless(letter.message))
        table.add_row(str(letter.dlq_id), last, letter.stage, letter.code, reason, str(letter.attempts))
    Console(soft_wrap=True).print(table)


def show_letter(dlq_id: Annotated[str, typer.Argument(help="Its id, or the beginning of it.")]) -> None:
    """Show one dead letter and its original bytes."""
    from ops.dead_letters import find, read_letters

    letter = find(read_letters(load_settings()), dlq_id)
    Console(soft_wrap=True).print_json(letter.model_dump_json(exclude={"original_base64"}))
    typer.echo(_harmless(base64.b64decode(letter.original_base64).decode("utf-8", "backslashreplace")))


def replay_letters(
    dlq_ids: Annotated[list[str] | None, typer.Argument(help="Ids, or beginnings of them.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every dead letter.")] = False,
) -> None:
    """Put originals back to where they failed; what was processed meanwhile is recognised and changes nothing."""
    from ops.dead_letters import REFUSED, find, put_back, read_letters

    if not dlq_ids and not everything:
        raise typer.BadParameter("give ids, or --all")
    settings = load_settings()
    letters = read_letters(settings)
    chosen = list(letters.values()) if everything else [find(letters, one) for one in dlq_ids or ()]
    outcomes = asyncio.run(put_back(settings, chosen))
    for letter, outcome in zip(chosen, outcomes, strict=True):
        typer.echo(json.dumps({"id": str(letter.dlq_id), "outcome": outcome}))
    if any(outcome.startswith(REFUSED) for outcome in outcomes):
        raise typer.Exit(1)


def _harmless(text: str) -> str:
    """Write control characters as escapes: text from outside must not steer the terminal."""
    return "".join(one if one.isprintable() or one in "\n\t" else repr(one)[1:-1] for one in text)
