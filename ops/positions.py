"""`tipline positions`: make the files that core banking would send, and send them."""

from __future__ import annotations

from importlib import import_module

import typer

# Each of these modules offers `register(app)`, which adds its command.
COMMAND_MODULES = ("ops.positions_upload", "ops.positions_generate")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    positions = typer.Typer(help="Files of positions, prices, rates and transactions.", no_args_is_help=True)
    for module in COMMAND_MODULES:
        import_module(module).register(positions)
    app.add_typer(positions, name="positions")
