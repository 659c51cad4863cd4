"""`tipline positions`: make the files that core banking would send, send them, and see which nobody reads."""

from __future__ import annotations

from importlib import import_module

import typer

from core.settings import load_settings

# Each of these modules offers `register(app)`, which adds its command.
COMMAND_MODULES = ("ops.positions_upload", "ops.positions_generate")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    positions = typer.Typer(help="Files of positions, prices, rates and transactions.", no_args_is_help=True)
    for module in COMMAND_MODULES:
        import_module(module).register(positions)
    positions.command("strays")(strays)
    app.add_typer(positions, name="positions")


def strays() -> None:
    """List the objects in bronze that nobody reads, each with the reason; exit 1 when there are some."""
    from batch.landing.files import list_bronze
    from clients.s3 import Store

    settings = load_settings()
    found = list_bronze(Store(settings), settings.bronze_bucket).strays
    for stray in found:
        typer.echo(f"{stray.key}\t{stray.reason}")
    if found:
        raise typer.Exit(1)
