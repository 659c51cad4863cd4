"""`tipline sql`: one query over the lake, as boto3's Athena client would run it."""

from __future__ import annotations

import csv
import sys
from itertools import islice
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from core.settings import load_settings

SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("sql")(sql)


def sql(
    query: Annotated[str, typer.Argument(help="A SELECT, SHOW or DESCRIBE in Athena's dialect over silver and gold.")],
    database: Annotated[str, typer.Option(help="Where names without a database are looked up.")] = "gold",
    profile: Annotated[str | None, typer.Option(help="AWS profile to ask as, such as tipline-compliance.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")] = False,
) -> None:
    """Run a query over the lake and print its rows."""
    from clients.athena import athena, run
    from ops.batch_quarantine import harmless

    settings = load_settings()
    asking = settings.model_copy(update={"aws_profile": profile or f"{settings.aws_profile}-analyst"})
    result = run(athena(asking), query, database=database, output=f"s3://{settings.sql_results_bucket}/")
    if as_csv:
        writer = csv.writer(sys.stdout)
        writer.writerow(result.columns)
        writer.writerows(result.rows)
        return
    table = Table(*(escape(name) for name in result.columns))
    for row in islice(result.rows, SHOWN):
        table.add_row(*("" if one is None else escape(harmless(one)) for one in row))
    console = Console(soft_wrap=True)
    console.print(table)
    more = "; the first rows only, --csv prints all" if next(result.rows, None) is not None else ""
    console.print(f"{result.scanned_bytes:,} bytes of the lake read{more}", highlight=False)
