"""`tipline status`: every process with its health, and the addresses."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.table import Table

from core.settings import Settings, load_settings
from ops.state import State, read_state

COLOURS = {"ready": "green", "starting": "yellow", "not ready": "yellow", "restarting": "red", "stopped": "red"}


def status(console: Console, *, as_json: bool) -> int:
    """Print the status; return 0 when everything is ready, else 1."""
    settings = load_settings()
    state = read_state(settings.data_dir)
    report = describe(settings, state)
    if as_json:
        print(json.dumps(report, indent=2))
    else:
        _print_table(console, report)
    return 0 if report["ready"] else 1


def describe(settings: Settings, state: State | None) -> dict[str, Any]:
    """Return the status as JSON values; `ready` is whether every process is ready now."""
    processes = [process.model_dump(mode="json") for process in state.processes] if state else []
    return {
        "running": state is not None,
        "ready": bool(processes) and all(process["health"] == "ready" for process in processes),
        "supervisor_pid": state.pid if state else None,
        "data_dir": str(settings.data_dir),
        "page_url": settings.api_url,
        "intake_url": settings.intake_url,
        "endpoint_url": settings.endpoint_url,
        "athena_url": settings.athena_url,
        "s3_url": settings.s3_url,
        "aws_shared_credentials_file": str(settings.aws_shared_credentials_file),
        "processes": processes,
    }


def _print_table(console: Console, report: dict[str, Any]) -> None:
    if not report["running"]:
        console.print("nothing runs; start with `tipline up`")
        return
    table = Table("process", "health", "pid", "port", "lag", "restarts", "since")
    for process in report["processes"]:
        health = f"[{COLOURS[process['health']]}]{process['health']}[/]"
        cells = (process[key] for key in ("pid", "port", "lag", "restarts", "since"))
        table.add_row(process["name"], health, *("" if cell is None else str(cell) for cell in cells))
    console.print(table)
    for name in ("page_url", "intake_url", "endpoint_url", "athena_url", "s3_url", "aws_shared_credentials_file"):
        console.print(f"{name:<28} {report[name]}", soft_wrap=True, highlight=False)
