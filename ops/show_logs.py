"""`tipline logs`: what the processes wrote, oldest first, and with `-f` what they write from now on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from core.errors import NotFound
from core.settings import load_settings

LAST_LINES = 50
POLL_S = 0.2


def show_logs(process: str | None, *, follow: bool) -> None:
    """Print the last lines of one process's log or of all; NotFound when there is no such log."""
    folder = load_settings().data_dir / "logs"
    paths = sorted(folder.glob(f"{process or '*'}.log"))
    if not paths:
        known = ", ".join(path.stem for path in sorted(folder.glob("*.log"))) or "none yet"
        raise NotFound(f"there is no log of {process or 'any process'}; there is: {known}")
    for path in paths:
        for line in path.read_text(errors="replace").splitlines()[-LAST_LINES:]:
            print(_labelled(path, line, single=len(paths) == 1))
    if follow:
        for path, line in _new_lines(paths):
            print(_labelled(path, line, single=len(paths) == 1), flush=True)


def _new_lines(paths: list[Path]) -> Iterator[tuple[Path, str]]:
    files: dict[Path, TextIO] = {path: path.open(errors="replace") for path in paths}
    for file in files.values():
        file.seek(0, 2)
    while True:
        for path, file in files.items():
            # The supervisor empties an overlong log in place.
            if path.stat().st_size < file.tell():
                file.seek(0)
            for line in file:
                yield path, line.rstrip("\n")
        time.sleep(POLL_S)


def _labelled(path: Path, line: str, *, single: bool) -> str:
    return line if single else f"{path.stem:<12} | {line}"
