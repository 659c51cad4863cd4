"""`python -m benchmarks.latency`: measures the running platform (`tipline up`) and writes a result file."""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from benchmarks.latency.floor import Floor
from benchmarks.latency.load import open_load
from benchmarks.latency.report import environment, median_of, summarise
from core.settings import Settings, load_settings

DRAIN_S = 60.0
WARM_UP_S = 10.0
PAUSE_S = 2.0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.latency", description=__doc__)
    parser.add_argument("--rates", type=float, nargs="+", default=[1, 5, 20], help="articles a second")
    parser.add_argument("--duration", type=float, default=120, help="seconds at each rate")
    parser.add_argument("--floor-duration", type=float, default=30, help="seconds of the floor at each rate")
    parser.add_argument("--runs", type=int, default=3, help="rounds of floor and platform; the median counts")
    parser.add_argument("--no-floor", action="store_true", help="measure the platform alone")
    parser.add_argument("--out", type=Path, help="result file; by default named after the trigger")
    return parser.parse_args()


async def measure_platform(settings: Settings, rate_per_s: float, duration_s: float) -> dict[str, Any]:
    """Return the figures of one run at one rate, after a short warm-up that does not count."""
    async with open_load(settings) as load:
        await load.send_at(rate_per_s, min(WARM_UP_S, duration_s))
        await load.drain(DRAIN_S)
        passages = await load.send_at(rate_per_s, duration_s)
        await load.drain(DRAIN_S)
        await asyncio.sleep(PAUSE_S)
        return summarise(passages)


def measure(settings: Settings, asked: argparse.Namespace) -> dict[str, Any]:
    """Run floor and platform in turn, so that a busy minute of the machine hits both."""
    floor = None if asked.no_floor else Floor(settings)
    runs: dict[float, list[dict[str, Any]]] = {rate: [] for rate in asked.rates}
    try:
        for _ in range(asked.runs):
            for rate in asked.rates:
                run = {"floor": floor.measure(rate, asked.floor_duration)} if floor else {}
                run["platform"] = asyncio.run(measure_platform(settings, rate, asked.duration))
                runs[rate].append(run)
                print(json.dumps({"rate_per_s": rate, **run}), flush=True)
    finally:
        if floor is not None:
            floor.close()
    return {f"{rate:g}/s": {"median": median_of(made), "runs": made} for rate, made in runs.items()}


def main() -> None:
    """Measure and write the result file."""
    asked, settings = arguments(), load_settings()
    out = asked.out or Path(__file__).parent / "results" / f"{settings.stream_trigger}.json"
    result = {
        "environment": environment(),
        "trigger": settings.stream_trigger,
        "batch_s": settings.stream_batch_s,
        "duration_s": asked.duration,
        "rates": measure(settings, asked),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(result, indent=1) + "\n")
    print(out)


if __name__ == "__main__":
    main()
