"""What `tipline up` shows while it starts and once it is ready."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from core.settings import Settings
from ops.state import State

EXAMPLE = (
    'news --headline "Amit Saxena, chairman of Saxena Industries, arrested in Mumbai"'
    ' --body "Amit Saxena, chairman of Saxena Industries, was arrested in Mumbai on Monday, police said."'
)
# Every process states what it is doing in its own log; this many characters of a name keep the columns straight.
NAME_WIDTH = 12


class StartDisplay:
    """A progress bar of the processes, a line for each that gets ready, and the panel with the addresses."""

    def __init__(self, settings: Settings, console: Console) -> None:
        self._settings, self._console = settings, console
        self._began = time.monotonic()
        self._shown: dict[str, str] = {}
        self._announced = False
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
        self._task = self._progress.add_task("starting", total=None)

    def show(self, state: State) -> None:
        """Show what changed; the first state in which all is ready ends the progress with the panel."""
        if not self._announced:
            self._progress.start()
        for process in state.processes:
            before, self._shown[process.name] = self._shown.get(process.name), process.health
            if before != process.health and process.health in ("ready", "restarting", "not ready"):
                elapsed_s = time.monotonic() - self._began
                self._console.print(f"{process.name:<{NAME_WIDTH}} {process.health} [dim]at {elapsed_s:.1f} s[/dim]")
        ready = sum(process.health == "ready" for process in state.processes)
        waiting = [process.name for process in state.processes if process.health == "starting"]
        what = "starting " + ", ".join(waiting)
        self._progress.update(self._task, total=len(state.processes), completed=ready, description=what)
        if state.ready and not self._announced:
            self._announced = True
            self.close()
            self._console.print(self._ready_panel())
            # Outside the panel and never wrapped, so that it can be copied.
            self._console.print(f"Send an article:\n{_tipline()} {EXAMPLE}\n", soft_wrap=True, highlight=False)

    def close(self) -> None:
        """Take the progress bar away."""
        self._progress.stop()

    def _ready_panel(self) -> Panel:
        logins = "\n".join(f"  {name}  password {word}" for name, word in demo_logins(self._settings).items())
        text = (
            f"[bold green]READY[/bold green] after {time.monotonic() - self._began:.1f} s\n\n"
            f"page     {self._settings.api_url}\nlog in as\n{logins}\n\n"
            f"Ctrl-C or `{_tipline()} down` stops everything."
        )
        return Panel(text, title="tipline", expand=False)


def _tipline() -> str:
    """Return how this terminal calls the command: by name where it is on the path, else by its place."""
    script = Path(sys.executable).with_name("tipline")
    if shutil.which("tipline") == str(script):
        return "tipline"
    return str(script.relative_to(Path.cwd())) if script.is_relative_to(Path.cwd()) else str(script)


def demo_logins(settings: Settings) -> dict[str, str]:
    """Return the demo users that a person may log in as, with their passwords; empty in production."""
    path = settings.data_dir / "secrets" / "demo_users.json"
    users: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return {name: word for name, word in users.items() if name != "canary"}
