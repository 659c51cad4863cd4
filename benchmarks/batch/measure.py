"""Times of stages and peak memory of a process that does one day's work."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from core.settings import Settings, as_environment

SAMPLE_EVERY_S = 0.1


class Report:
    """What the measured process says: each stage's seconds, and counts; written as JSON at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # From the process's birth, so that the first stage includes the interpreter and the imports.
        self._last_s = psutil.Process().create_time()
        self._said: dict[str, Any] = {"stages_s": {}}

    def done(self, stage: str, seconds: float | None = None) -> None:
        """Note that a stage is over: it took so long, or all the time since the one before."""
        now_s = time.time()
        self._said["stages_s"][stage] = round(now_s - self._last_s if seconds is None else seconds, 3)
        self._last_s = now_s

    def say(self, **facts: Any) -> None:
        """Note anything else."""
        self._said |= facts

    def write(self) -> None:
        """Write what was noted."""
        self._path.write_text(json.dumps(self._said))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process said, with its peak memory and CPU time, children included; or how it failed."""

    said: dict[str, Any]
    peak_mib: int
    cpu_s: float
    error: str | None

    @property
    def work_s(self) -> float:
        """Seconds of all stages but the session's start."""
        return sum(seconds for name, seconds in self.said["stages_s"].items() if name != "session")


def run(settings: Settings, module: str, *arguments: str, name: str) -> Outcome:
    """Run `python -m module REPORT arguments` with these settings and watch it; its output goes to a log."""
    report = settings.data_dir / f"{name}.json"
    log = settings.data_dir / f"{name}.log"
    with log.open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", module, str(report), *arguments],
            env={**os.environ, **as_environment(settings)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        peak, cpu_s = 0, dict[int, float]()
        while child.poll() is None:
            peak = max(peak, _look(child.pid, cpu_s))
            time.sleep(SAMPLE_EVERY_S)
    used_s = round(sum(cpu_s.values()), 1)
    if child.returncode == 0:
        return Outcome(json.loads(report.read_text()), peak >> 20, used_s, None)
    ending = log.read_text(errors="replace").strip().splitlines()[-12:]
    return Outcome({}, peak >> 20, used_s, f"exit status {child.returncode}: " + " | ".join(ending))


def _look(pid: int, cpu_s: dict[int, float]) -> int:
    """Return the bytes that a process and its children have in memory, and note their CPU seconds by process."""
    total = 0
    try:
        root = psutil.Process(pid)
        for process in (root, *root.children(recursive=True)):
            total += process.memory_info().rss
            times = process.cpu_times()
            cpu_s[process.pid] = times.user + times.system
    except psutil.NoSuchProcess:
        pass  # it ended between two looks
    return total
