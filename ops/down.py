"""`tipline down`: ask the supervisor to stop everything, and end what a killed supervisor left."""

from __future__ import annotations

import contextlib

import psutil
from rich.console import Console

from core.settings import load_settings
from ops.processes import process_names
from ops.stack import leftovers
from ops.state import read_state

PATIENCE_S = 150.0


def down(console: Console) -> int:
    """Return 0 once nothing runs any more, 1 when the supervisor does not end in time."""
    settings = load_settings()
    state = read_state(settings.data_dir)
    if state is not None:
        with console.status("stopping: consumers first, stores last"), contextlib.suppress(psutil.NoSuchProcess):
            supervisor = psutil.Process(state.pid)
            supervisor.terminate()
            try:
                supervisor.wait(PATIENCE_S)
            except psutil.TimeoutExpired:
                console.print(f"the supervisor, process {state.pid}, did not end in {PATIENCE_S:.0f} s; see its logs")
                return 1
    left = [name for name in process_names() if leftovers.clear(settings.data_dir, name)]
    if left:
        console.print(f"ended what an earlier run had left: {', '.join(left)}")
    console.print("everything has stopped" if state or left else "nothing was running")
    return 0
