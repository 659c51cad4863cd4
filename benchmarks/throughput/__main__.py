"""`python -m benchmarks.throughput`: raises the rate until the backlog grows, then halves in between.

Every article is about a client, so every one passes all hops: real news, of which few match, goes faster.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.latency.load import Load, open_load
from benchmarks.latency.report import environment, summarise
from benchmarks.throughput.cpu import CpuMeter
from core.settings import Settings, load_settings

DRAIN_S = 120.0
SAMPLE_EVERY_S = 0.5
# The backlog may wander by this share of what is sent before it counts as growing.
GROWTH_ALLOWED = 0.02


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.throughput", description=__doc__)
    parser.add_argument("--start", type=float, default=5, help="first rate, articles a second")
    parser.add_argument("--factor", type=float, default=1.5, help="how much the rate rises each time")
    parser.add_argument("--duration", type=float, default=60, help="seconds at each rate")
    parser.add_argument("--halvings", type=int, default=2, help="steps between the last good and first bad rate")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "throughput.json")
    return parser.parse_args()


def growth_per_s(samples: list[tuple[float, int]]) -> float:
    """Return the slope of the backlog over the second half of a run, in articles a second."""
    late = samples[len(samples) // 2 :]
    return statistics.linear_regression([at for at, _ in late], [backlog for _, backlog in late]).slope


async def attempt(settings: Settings, rate_per_s: float, duration_s: float) -> dict[str, Any]:
    """Send at one rate and say whether it was sustained."""
    async with open_load(settings) as load:
        meter, sampling = CpuMeter(settings), asyncio.create_task(_sample(load, duration_s))
        passages = await load.send_at(rate_per_s, duration_s)
        cpu = meter.read()
        growth = growth_per_s(await sampling)
        await load.drain(DRAIN_S)
        figures = summarise(passages)
    sustained = growth <= GROWTH_ALLOWED * rate_per_s and figures["accepted"] == figures["sent"] and not figures["lost"]
    return {
        "rate_per_s": rate_per_s,
        "sustained": sustained,
        "backlog_growth_per_s": round(growth, 3),
        "cpu_percent_of_one_core": cpu,
        **figures,
    }


async def _sample(load: Load, duration_s: float) -> list[tuple[float, int]]:
    began, samples = time.monotonic(), []
    while (at := time.monotonic() - began) < duration_s:
        samples.append((at, load.in_flight))
        await asyncio.sleep(SAMPLE_EVERY_S)
    return samples


def search(settings: Settings, asked: argparse.Namespace) -> list[dict[str, Any]]:
    """Return all attempts: rising by the factor to the first failure, then halving the gap."""
    attempts: list[dict[str, Any]] = []

    def holds(rate_per_s: float) -> bool:
        attempts.append(asyncio.run(attempt(settings, round(rate_per_s, 1), asked.duration)))
        print(json.dumps(attempts[-1]), flush=True)
        return bool(attempts[-1]["sustained"])

    good, rate = 0.0, asked.start
    while holds(rate):
        good, rate = rate, rate * asked.factor
    bad = rate
    for _ in range(asked.halvings):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return attempts


def main() -> None:
    """Search and write the result file."""
    asked, settings = arguments(), load_settings()
    where = environment()
    attempts = search(settings, asked)
    sustained = [one["rate_per_s"] for one in attempts if one["sustained"]]
    result = {
        "environment": where,
        "trigger": settings.stream_trigger,
        "largest_sustained_articles_per_s": max(sustained, default=0.0),
        "attempts": attempts,
    }
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(result, indent=1) + "\n")
    print(asked.out)


if __name__ == "__main__":
    main()
