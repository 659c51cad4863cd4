"""Figures of a run: quantiles in milliseconds, time per hop, and where and with what it was measured."""

from __future__ import annotations

import os
import platform
import shlex
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.latency.load import HOPS, Passage
from core.clock import rfc3339, utc_now

Json = dict[str, Any]
_VECTOR_FLAGS = ("sse4", "fma", "avx", "amx")  # what the speed of numeric code depends on


def quantiles_ms(seconds: Iterable[float]) -> Json:
    """Return count, p50, p95, p99 and max of some durations, in milliseconds; count alone when there are none."""
    ordered = sorted(seconds)
    if not ordered:
        return {"count": 0}

    def at(share: float) -> float:
        return round(1000 * ordered[min(int(share * len(ordered)), len(ordered) - 1)], 1)

    return {"count": len(ordered), "p50": at(0.5), "p95": at(0.95), "p99": at(0.99), "max": at(1.0)}


def summarise(passages: Sequence[Passage]) -> Json:
    """Return the figures of one run; what was accepted and never arrived is counted as lost."""
    arrived = [one for one in passages if one.accepted_s is not None and one.arrived_s is not None]
    return {
        "sent": len(passages),
        "accepted": sum(one.accepted_s is not None for one in passages),
        "lost": sum(one.accepted_s is not None and one.arrived_s is None for one in passages),
        "accepted_to_frame_ms": quantiles_ms((one.arrived_s or 0) - (one.accepted_s or 0) for one in arrived),
        "sent_to_frame_ms": quantiles_ms((one.arrived_s or 0) - one.sent_s for one in arrived),
        "hops_ms": _hops(arrived),
    }


def _hops(arrived: Sequence[Passage]) -> Json:
    complete = [one for one in arrived if all(hop in one.hops_s for hop in HOPS)]
    ways = [
        [one.sent_s, *(one.hops_s[hop] for hop in HOPS), one.pushed_s or 0.0, one.arrived_s or 0.0] for one in complete
    ]
    names = ("sent", *HOPS, "pushed", "arrived")
    return {
        f"{names[i]} -> {names[i + 1]}": quantiles_ms(way[i + 1] - way[i] for way in ways)
        for i in range(len(names) - 1)
    }


def median_of(runs: Sequence[Json]) -> Json:
    """Return, figure by figure, the median of equal-shaped nested results."""
    merged: Json = {}
    for name, first in runs[0].items():
        values = [run[name] for run in runs if name in run]
        merged[name] = median_of(values) if isinstance(first, dict) else statistics.median(values)
    return merged


def environment() -> Json:
    """Return commit, command, time and machine, without anything that names the machine."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    changed = subprocess.run(
        ["git", "status", "--porcelain", "-uno"], capture_output=True, text=True, check=False
    ).stdout
    return {
        "commit": commit + (" (with local changes)" if changed else ""),
        "command": shlex.join(["python", "-m", _module(), *sys.argv[1:]]),
        "at": rfc3339(utc_now()),
        "cpu": _cpu_line("model name"),
        "cpu_flags": [flag for flag in _cpu_line("flags").split() if flag.startswith(_VECTOR_FLAGS)],
        "cores": os.cpu_count(),
        "load_average_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
    }


def _module() -> str:
    """Return what `python -m` was given."""
    spec = sys.modules["__main__"].__spec__
    return (spec.name if spec else Path(sys.argv[0]).stem).removesuffix(".__main__")


def _cpu_line(name: str) -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")
