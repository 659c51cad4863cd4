"""Get the jars, showing what comes: `python -m ops.downloads` does it at set-up, `tipline up` where set-up did not."""

from __future__ import annotations

from functools import partial

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from core.errors import ConfigurationError
from core.settings import Settings, load_settings
from ops.stack.jars import JARS, ensure_jars, is_complete


def fetch_jars(settings: Settings, console: Console) -> None:
    """Retrieve the jars that are missing; ConfigurationError when they cannot be had."""
    missing = [name for name in JARS if not is_complete(settings.jars_dir, name)]
    if not missing:
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as progress:
        for name in missing:
            task = progress.add_task(f"{name} jars", total=None)
            folder = ensure_jars(settings.jars_dir, name, partial(_advance, progress, task))
            count = len(list(folder.glob("*.jar")))
            progress.update(task, total=count, completed=count, description=f"{name} jars are here")


def _advance(progress: Progress, task: TaskID, _jar: str, count: int) -> None:
    progress.update(task, completed=count)


def main() -> None:
    """Fetch everything; exit with one sentence where it fails."""
    try:
        fetch_jars(load_settings(), Console(stderr=True))
    except ConfigurationError as error:
        raise SystemExit(error.message) from error


if __name__ == "__main__":
    main()
