"""The command line `tipline`. Each command imports what it needs when it runs, so that `--help` answers at once."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer
from rich.console import Console

from core.errors import TiplineError
from ops.home import adopt_environment

# Each of these modules offers `register(app)`, which adds its commands.
COMMAND_MODULES = (
    "ops.news",
    "ops.probe",
    "ops.dlq",
    "ops.evaluate",
    "ops.resolve",
    "ops.positions",
    "ops.batch",
    "ops.lineage",
    "ops.audit",
    "ops.sql",
    "ops.endpoint",
    "ops.watch",
    "ops.match_names",
)

app = typer.Typer(
    name="tipline",
    help="News about a client, on the relationship manager's screen within seconds.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.command()
def up() -> None:
    """Start everything and stay in the foreground; Ctrl-C stops it."""
    from ops.up import up as run

    raise typer.Exit(run(Console(stderr=True)))


@app.command()
def down() -> None:
    """Stop everything that runs from this data directory."""
    from ops.down import down as run

    raise typer.Exit(run(Console(stderr=True)))


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Show every process and the addresses; exit 0 only when all are ready."""
    from ops.status import status as run

    raise typer.Exit(run(Console(), as_json=as_json))


@app.command()
def logs(
    process: Annotated[str | None, typer.Argument(help="Only this process, such as `stream`.")] = None,
    follow: Annotated[bool, typer.Option("-f", "--follow", help="Go on with what is written from now on.")] = False,
) -> None:
    """Show the last lines that the processes wrote."""
    from ops.show_logs import show_logs

    show_logs(process, follow=follow)


@app.command()
def doctor(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check the machine and the set-up; exit 1 when something is wrong, each with its fix."""
    from ops.doctor import doctor as run

    raise typer.Exit(run(Console(), as_json=as_json))


def main() -> None:
    """Run the command line; an error of ours is one sentence on standard error and exit status 1."""
    adopt_environment()
    for module in COMMAND_MODULES:
        import_module(module).register(app)
    try:
        app()
    except TiplineError as error:
        Console(stderr=True).print(f"[bold red]error:[/bold red] {error.message}", soft_wrap=True, highlight=False)
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
