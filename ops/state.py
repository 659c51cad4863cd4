"""The supervisor's notes in `<data_dir>/run/state.json`: what runs, where, and how well; read by every command."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.clock import utc_now
from core.events import Timestamp

Health = Literal["starting", "ready", "not ready", "restarting", "stopped"]


class ProcessState(BaseModel):
    """One process as the supervisor sees it; `lag` is in records, where the process reports one."""

    model_config = ConfigDict(frozen=True)

    name: str
    health: Health = "stopped"
    pid: int | None = None
    port: int | None = None
    restarts: int = 0
    lag: int | float | None = None
    since: Timestamp = Field(default_factory=utc_now)


class State(BaseModel):
    """The whole platform: the supervisor itself, its settings as environment variables, and its processes."""

    pid: int
    started: float
    environment: dict[str, str]
    ready: bool = False
    processes: list[ProcessState] = []

    @property
    def supervisor_alive(self) -> bool:
        """Whether the supervisor that wrote this still runs: the same process id and the same start time."""
        try:
            return psutil.Process(self.pid).create_time() == self.started
        except psutil.Error:
            return False


def state_path(data_dir: Path) -> Path:
    """Return the file of the notes."""
    return data_dir / "run" / "state.json"


def write_state(data_dir: Path, state: State) -> None:
    """Write the notes, whole or not at all."""
    path = state_path(data_dir)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_text(state.model_dump_json(indent=1))
    temporary.replace(path)


def read_state(data_dir: Path) -> State | None:
    """Return the notes of the running supervisor, or None when none runs."""
    try:
        state = State.model_validate_json(state_path(data_dir).read_bytes())
    except (OSError, ValidationError):
        return None
    return state if state.supervisor_alive else None
