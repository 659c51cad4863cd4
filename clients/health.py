"""Heartbeat files: how a process without an HTTP port tells the supervisor that it works."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from core.clock import parse_rfc3339, rfc3339, utc_now
from core.settings import Settings


class Heartbeat:
    """Writes `<data_dir>/run/<process>.health.json`, whole or not at all."""

    def __init__(self, settings: Settings, process: str) -> None:
        self._path = _path(settings, process)
        self._path.parent.mkdir(parents=True, exist_ok=True)

    def beat(self, *, ready: bool = True, **detail: Any) -> None:
        """Record that the process lives now; `detail` (lag, last error ...) is shown by `tipline status`."""
        temporary = self._path.with_suffix(f".{os.getpid()}.tmp")
        temporary.write_text(json.dumps({"at": rfc3339(utc_now()), "pid": os.getpid(), "ready": ready, **detail}))
        temporary.replace(self._path)


def read_heartbeat(settings: Settings, process: str) -> dict[str, Any] | None:
    """Return the last heartbeat with its `age_s`, or None when there never was one."""
    try:
        beat: dict[str, Any] = json.loads(_path(settings, process).read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    beat["age_s"] = (utc_now() - parse_rfc3339(beat["at"])).total_seconds()
    return beat


def forget_heartbeat(settings: Settings, process: str) -> None:
    """Remove the last heartbeat, so that a new run is not taken for ready by the words of the old one."""
    _path(settings, process).unlink(missing_ok=True)


def _path(settings: Settings, process: str) -> Path:
    return settings.data_dir / "run" / f"{process}.health.json"
