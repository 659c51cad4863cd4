"""`tipline batch`: the nightly batch by hand, and the rows that it put aside."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from core.settings import load_settings

_DATE = {"formats": ["%Y-%m-%d"]}
_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    from ops import batch_runs, batch_status

    batch = typer.Typer(help="The nightly batch, and the rows that it put aside.", no_args_is_help=True)
    batch.command("run")(batch_runs.run)
    batch.command("backfill")(batch_runs.backfill)
    batch.command("status")(batch_status.status)
    batch.command("diff")(batch_status.diff)
    quarantine = typer.Typer(help="Rows that broke a rule, kept with the reason.", no_args_is_help=True)
    quarantine.command("list")(list_rows)
    quarantine.command("export")(export_rows)
    quarantine.command("resubmit")(resubmit_rows)
    batch.add_typer(quarantine, name="quarantine")
    app.add_typer(batch, name="batch")


def list_rows(
    date: Annotated[datetime | None, typer.Option(help="Only this day.", **_DATE)] = None,
    file_id: Annotated[str | None, typer.Option("--file", help="Only this file's id.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what is wrong with quarantined rows, by day, file and line."""
    from ops.batch_quarantine import harmless, read_errors

    found = read_errors(load_settings(), date.date() if date else None, file_id)
    if as_json:
        for error in found:
            typer.echo(json.dumps(error, default=str, ensure_ascii=False))
        return
    table = Table("date", "file", Column("id", no_wrap=True), "rule", "field", "value", "status")
    for error in found[:_SHOWN]:
        cells = (str(error[name] or "") for name in ("as_of_date", "key", "id", "rule", "field", "value", "status"))
        table.add_row(*(escape(harmless(cell)) for cell in cells))
    console = Console(soft_wrap=True)
    console.print(table)
    if len(found) > _SHOWN:
        console.print(f"{len(found) - _SHOWN} more; narrow it by --date or --file, or take --json")


def export_rows(
    file_id: Annotated[str, typer.Argument(help="The file's id, as `list` shows it before the colon.")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write; standard output by default.", dir_okay=False)
    ] = None,
) -> None:
    """Write a file's quarantined rows as CSV to be corrected; no cell of it is a formula to a spreadsheet."""
    from ops.batch_quarantine import export

    text = export(load_settings(), file_id)
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8", newline="")


def resubmit_rows(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The exported CSV, corrected.")],
) -> None:
    """Put corrected rows into bronze; the next run of their day takes them in place of the quarantined ones."""
    from ops.batch_quarantine import resubmit

    for sent in resubmit(load_settings(), file.read_text(encoding="utf-8-sig")):
        typer.echo(json.dumps(sent, default=str))
