"""`python -m benchmarks.batch`: the same days through the product, DuckDB and Polars, in turn, on this machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
from collections import defaultdict
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil

from benchmarks.batch.figures import compare, read_day
from benchmarks.batch.inputs import Landed, land
from benchmarks.batch.measure import Outcome, run
from benchmarks.batch.stack import room_for, running_stack, settle
from benchmarks.batch.year import add_a_day
from benchmarks.latency.report import environment
from core.settings import Settings, load_settings

ENGINES = {
    "product": "benchmarks.batch.product",
    "duckdb": "benchmarks.batch.duckdb_peer",
    "polars": "benchmarks.batch.polars_peer",
}
VERSIONS = ("pyspark", "pyiceberg", "duckdb", "polars", "pyarrow", "psycopg")


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.batch", description=__doc__)
    parser.add_argument("--positions", type=int, nargs="+", default=[100_000, 1_000_000, 5_000_000])
    parser.add_argument("--runs", type=int, default=3, help="days that are timed, after one that is not")
    parser.add_argument("--heap", default=load_settings().batch_heap, help="the product's batch_heap")
    parser.add_argument("--year", type=int, default=260, help="business days before the one that is added; 0: none")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results" / "batch.json")
    return parser.parse_args()


def measure(positions: int, runs: int, heap: str) -> dict[str, Any]:
    """Take each engine through one day untimed and `runs` days timed, another one first each day."""
    with running_stack(heap) as stack:
        accounts, days = land(stack, positions, runs + 1)
        rooms = {engine: room_for(stack, engine, accounts) for engine in ENGINES}
        outcomes: defaultdict[str, list[Outcome]] = defaultdict(list)
        figures = {}
        for number, day in enumerate(days):
            order = list(ENGINES)[number % len(ENGINES) :] + list(ENGINES)[: number % len(ENGINES)]
            for engine in order:
                if not any(each.error for each in outcomes[engine]):
                    outcomes[engine].append(_one_day(engine, rooms[engine], days, number))
                    print(positions, day.as_of, engine, json.dumps(shown(outcomes[engine][-1])), flush=True)
            done = [engine for engine in ENGINES if not any(each.error for each in outcomes[engine])]
            if "product" in done:
                figures[str(day.as_of)] = compare({engine: read_day(rooms[engine], day.as_of) for engine in done})
    measured = {engine: summary(found) for engine, found in outcomes.items()}
    return {
        "positions": statistics.mean(day.positions for day in days[1:]),
        "spoiled_rows": days[-1].spoiled,
        "mib_of_files_a_day": days[-1].size_bytes >> 20,
        "engines": measured,
        "ratios": ratios(measured),
        "figures": figures,
    }


def _one_day(engine: str, settings: Settings, days: list[Landed], number: int) -> Outcome:
    dates = [str(days[number].as_of)]
    if number and engine != "product":
        dates.append(str(days[number - 1].as_of))
    outcome = run(settings, ENGINES[engine], *dates, name=f"{engine}-{number}")
    settle(settings)
    return outcome


def shown(outcome: Outcome) -> dict[str, Any]:
    """Return a run as the result file has it."""
    if outcome.error:
        return {"error": outcome.error, "peak_mib": outcome.peak_mib}
    return {**outcome.said, "work_s": round(outcome.work_s, 2), "cpu_s": outcome.cpu_s, "peak_mib": outcome.peak_mib}


def summary(outcomes: list[Outcome]) -> dict[str, Any]:
    """Return an engine's runs, the first one apart because it is not timed, and the medians of the others."""
    timed = [each for each in outcomes[1:] if not each.error]
    result: dict[str, Any] = {"runs": [shown(each) for each in outcomes]}
    if timed:
        stages = timed[0].said["stages_s"]
        result["median_s"] = {
            **{stage: statistics.median(each.said["stages_s"][stage] for each in timed) for stage in stages},
            "work": round(statistics.median(each.work_s for each in timed), 2),
            "cpu": statistics.median(each.cpu_s for each in timed),
        }
        result["peak_mib"] = max(each.peak_mib for each in timed)
    return result


def ratios(measured: dict[str, Any]) -> dict[str, Any]:
    """Return the product's work and each stage over each peer's; the session's start is left out."""
    own = measured["product"].get("median_s")
    found = {}
    for engine in ENGINES.keys() - {"product"}:
        theirs = measured[engine].get("median_s")
        if own and theirs:
            found[f"product/{engine}"] = {
                stage: round(own[stage] / theirs[stage], 2) for stage in ("silver", "gold", "sync", "work")
            }
    return found


def scaling(sizes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return how much longer each engine works for how many more rows, from one size to the next."""
    steps = []
    for small, large in pairwise(sizes):
        step: dict[str, Any] = {"rows_x": round(large["positions"] / small["positions"], 2)}
        for engine in ENGINES:
            times = [size["engines"][engine].get("median_s") for size in (small, large)]
            if all(times):
                step[f"{engine}_x"] = round(times[1]["work"] / times[0]["work"], 2)
        steps.append(step)
    return steps


def main() -> None:
    """Measure every size, add a day to a year, and write the result file."""
    asked = arguments()
    result: dict[str, Any] = {
        "environment": {
            **environment(),
            "memory_gib": psutil.virtual_memory().total >> 30,
            "batch_heap": asked.heap,
            "batch_java_options": load_settings().batch_java_options,
            "os": platform.system(),
            "versions": {name: version(name) for name in VERSIONS},
        }
    }
    sizes = []
    for positions in asked.positions:
        load_before = round(os.getloadavg()[0], 2)
        sizes.append({"load_average_before": load_before, **measure(positions, asked.runs, asked.heap)})
        result |= {"sizes": sizes, "scaling": scaling(sizes)}
        _write(asked.out, result)
    if asked.year:
        result["a_day_after_a_year"] = add_a_day(asked.year, asked.heap)
    _write(asked.out, result)
    print(asked.out)


def _write(path: Path, result: dict[str, Any]) -> None:
    """Write what there is so far: the larger sizes take their time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
