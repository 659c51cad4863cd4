"""`tipline audit`: whether the audit log still says what it said when it was written."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from core.settings import load_settings

SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    audit = typer.Typer(help="The audit log and its hash chain.", no_args_is_help=True)
    audit.command("verify")(verify)
    audit.command("head")(head)
    app.add_typer(audit, name="audit")


def verify(
    kept: Annotated[
        str | None, typer.Option("--head", help="A head kept elsewhere, as `tipline audit head` printed it.")
    ] = None,
) -> None:
    """Check every record against the chain, and the chain against the head that was kept; exit 1 on any breach."""
    from api import audit_chain
    from api.audit_sealer import head_file, read_head
    from clients.postgres import connect

    settings = load_settings()
    known = audit_chain.Head.parse(kept) if kept else read_head(head_file(settings))
    with connect(settings) as session:
        verdict = audit_chain.verify(session, known)
    console = Console(soft_wrap=True, highlight=False)
    if not verdict.breaches:
        console.print(f"the chain holds: {verdict.records} records, head {verdict.head}, kept {known.seq}")
        return
    for breach in verdict.breaches[:SHOWN]:
        console.print(f"[bold red]breach:[/bold red] {breach}")
    if len(verdict.breaches) > SHOWN:
        console.print(f"{len(verdict.breaches) - SHOWN} breaches more")
    raise typer.Exit(1)


def head() -> None:
    """Print the head of the chain, to be kept where nobody who can change the database can reach it."""
    from api.audit_chain import read_newest
    from clients.postgres import connect

    with connect(load_settings()) as session:
        typer.echo(read_newest(session))
