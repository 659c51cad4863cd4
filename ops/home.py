"""Where the project and, for commands typed in any folder, its data directory are."""

from __future__ import annotations

import os
from pathlib import Path

from core.settings import ENV_PREFIX
from ops.state import read_state

ROOT = Path(__file__).resolve().parents[1]
MIGRATIONS = ROOT / "contracts" / "sql"


def adopt_environment() -> None:
    """Make a command see what the running platform sees: its data directory, ports and other plain settings.

    What the caller's environment sets wins. Called once, by the command line's `main`.
    """
    variable = ENV_PREFIX + "DATA_DIR"
    if variable not in os.environ:
        here = Path.cwd() / ".tipline"
        os.environ[variable] = str(here if here.is_dir() else ROOT / ".tipline")
    state = read_state(Path(os.environ[variable]))
    for name, value in (state.environment if state else {}).items():
        os.environ.setdefault(name, value)
