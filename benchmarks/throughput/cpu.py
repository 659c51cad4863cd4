"""CPU that each process of the platform used over a stretch of time, its children included."""

from __future__ import annotations

import time

import psutil

from core.errors import DependencyUnavailable
from core.settings import Settings
from ops.state import read_state


class CpuMeter:
    """Reads the CPU time of every process at the start; `read` says what was used since, in percent of one core."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._began_s = time.monotonic()
        self._used_s = self._cpu_s()

    def read(self) -> dict[str, float]:
        """Return percent of one core by process name since the meter was made."""
        elapsed_s = time.monotonic() - self._began_s
        now_s = self._cpu_s()
        return {
            name: round(100 * (used_s - self._used_s.get(name, 0.0)) / elapsed_s, 1) for name, used_s in now_s.items()
        }

    def _cpu_s(self) -> dict[str, float]:
        state = read_state(self._settings.data_dir)
        if state is None:
            raise DependencyUnavailable("the platform does not run: start it with `tipline up`")
        return {process.name: tree_cpu_s(process.pid) for process in state.processes if process.pid is not None}


def tree_cpu_s(pid: int) -> float:
    """Return the CPU seconds that a process and what it started have used; 0 when it is gone."""
    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    used_s = 0.0
    for one in family:
        try:
            times = one.cpu_times()
            used_s += times.user + times.system
        except psutil.NoSuchProcess:
            continue
    return used_s
