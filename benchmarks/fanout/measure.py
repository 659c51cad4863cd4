"""One candidate, measured: memory with everybody connected, latency at the load asked for, then ticks at 5 Hz."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.fanout.candidates import Candidate
from benchmarks.fanout.crowd import Crowd
from benchmarks.latency.report import quantiles_ms
from core.events import Alert

# What a page gets at most.
BURST_HZ = 5.0
DRAIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Asked:
    """The load: so many RMs, alerts a second in total, instruments that each tick once a second, and for how long."""

    rms: int
    alerts_per_s: float
    instruments: int
    watched: int
    duration_s: float
    burst_s: float


async def measure(
    candidate: Candidate, process: psutil.Process, port: int, asked: Asked, alerts: Mapping[str, Alert]
) -> dict[str, Any]:
    """Return the figures of a candidate whose server runs on `port`."""
    dice = random.Random(asked.rms)  # noqa: S311 - the same for every candidate
    listed = instruments_of(asked)
    crowd = Crowd(candidate, port, [dice.sample(listed, asked.watched) for _ in range(asked.rms)])
    empty_bytes, began_s = _memory_bytes(process), time.monotonic()
    try:
        await crowd.connect()
        connected_s = time.monotonic() - began_s
        async with candidate:
            await _load(candidate, crowd, process, asked, alerts, tick_hz=1.0, duration_s=DRAIN_S)
            steady = await _load(candidate, crowd, process, asked, alerts, tick_hz=1.0, duration_s=asked.duration_s)
            full_bytes = _memory_bytes(process)
            burst = await _load(candidate, crowd, process, asked, alerts, tick_hz=BURST_HZ, duration_s=asked.burst_s)
    finally:
        crowd.close()
    memory = {
        "empty_bytes": empty_bytes,
        "full_bytes": full_bytes,
        "bytes_per_socket": (full_bytes - empty_bytes) // asked.rms,
    }
    return {"connected_in_s": round(connected_s, 1), "memory": memory, "steady": steady, "burst": burst}


def instruments_of(asked: Asked) -> list[str]:
    """Return the instruments that tick."""
    return [f"BENCH{number}" for number in range(asked.instruments)]


async def _load(
    candidate: Candidate,
    crowd: Crowd,
    process: psutil.Process,
    asked: Asked,
    alerts: Mapping[str, Alert],
    *,
    tick_hz: float,
    duration_s: float,
) -> dict[str, Any]:
    crowd.start_over()
    cpu_before_s, began_s = _cpu_s(process), time.monotonic()
    sent, _ = await asyncio.gather(
        _send_alerts(candidate, alerts, asked.alerts_per_s, duration_s),
        _send_ticks(candidate, instruments_of(asked), tick_hz, duration_s),
    )
    elapsed_s, cpu_s = time.monotonic() - began_s, _cpu_s(process) - cpu_before_s
    frames, items = crowd.frames, crowd.items
    await _drain(crowd, sent)
    return {
        "tick_hz": tick_hz,
        "alerts_sent": sent,
        "alerts_heard": len(crowd.alerts_s),
        "alert_ms": quantiles_ms(crowd.alerts_s),
        "tick_ms": quantiles_ms(crowd.ticks_s),
        "tick_frames_per_s": round(frames / elapsed_s),
        "ticks_per_s": round(items / elapsed_s),
        "cpu_percent": round(100 * cpu_s / elapsed_s, 1),
        "frames_per_cpu_s": round((frames + len(crowd.alerts_s)) / max(cpu_s, 0.01)),
    }


async def _send_alerts(candidate: Candidate, alerts: Mapping[str, Alert], per_s: float, duration_s: float) -> int:
    """Publish at a fixed pace, whatever each takes, to RMs drawn at random."""
    dice, rms, began_s = random.Random(1), list(alerts), time.monotonic()  # noqa: S311
    async with asyncio.TaskGroup() as group:
        for number in range(int(per_s * duration_s)):
            await asyncio.sleep(max(0.0, began_s + number / per_s - time.monotonic()))
            rm = dice.choice(rms)
            group.create_task(candidate.alert(rm, alerts[rm]))
    return int(per_s * duration_s)


async def _send_ticks(candidate: Candidate, instruments: Sequence[str], hz: float, duration_s: float) -> None:
    began_s = time.monotonic()
    for number in range(int(hz * duration_s)):
        await asyncio.sleep(max(0.0, began_s + number / hz - time.monotonic()))
        await candidate.ticks(instruments)
    await asyncio.sleep(max(0.0, began_s + duration_s - time.monotonic()))


async def _drain(crowd: Crowd, sent: int) -> None:
    """Give what is under way a little time; what does not come counts as not heard."""
    deadline_s = time.monotonic() + DRAIN_S
    while len(crowd.alerts_s) < sent and time.monotonic() < deadline_s:
        await asyncio.sleep(0.05)


def _memory_bytes(process: psutil.Process) -> int:
    return int(process.memory_info().rss)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system
