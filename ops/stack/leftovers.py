"""Find and end what an earlier run of a service left behind, by process id and by a mark in its environment.

A process id alone may have been given to somebody else, so it is kept together with the process's start time. The mark
reaches every descendant, but some servers overwrite their environment to set their title; so both are looked at.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import psutil

MARK = "TIPLINE_OWNER"


def owner(data_dir: Path, name: str) -> str:
    """Return the mark of one service of one data directory."""
    return f"{data_dir.resolve()}:{name}"


def remember(data_dir: Path, name: str, pid: int) -> None:
    """Note the process that runs a service now."""
    with contextlib.suppress(psutil.NoSuchProcess):
        note = {"pid": pid, "started": psutil.Process(pid).create_time()}
        path = _note(data_dir, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(note))


def remembered(data_dir: Path, name: str) -> psutil.Process | None:
    """Return the noted process if it still runs."""
    try:
        note = json.loads(_note(data_dir, name).read_text())
        process = psutil.Process(note["pid"])
        return process if process.create_time() == note["started"] and process.is_running() else None
    except (OSError, ValueError, KeyError, psutil.Error):
        return None


def clear(data_dir: Path, name: str, *, grace_s: float = 0.0, timeout_s: float = 5.0) -> list[int]:
    """Kill what still runs of this service after `grace_s` and forget its note; return the process ids killed."""
    found = list(_running(data_dir, name))
    if grace_s:
        _ended, found = psutil.wait_procs(found, timeout=grace_s)
    for process in found:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=timeout_s)
    _note(data_dir, name).unlink(missing_ok=True)
    return [process.pid for process in found]


def _running(data_dir: Path, name: str) -> Iterator[psutil.Process]:
    noted = remembered(data_dir, name)
    if noted is not None:
        yield noted
    mark = owner(data_dir, name)
    for process in psutil.process_iter():
        if process != noted and _mark_of(process) == mark:
            yield process


def _mark_of(process: psutil.Process) -> str | None:
    try:
        return process.environ().get(MARK)
    except (psutil.Error, OSError):
        return None


def _note(data_dir: Path, name: str) -> Path:
    return data_dir / "run" / f"{name}.pid"
