"""`python -m ops.drill [--rounds N]`: the full matrix on a platform of its own; writes benchmarks/drill/result.json."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from core.clock import rfc3339, utc_now
from ops.drill.articles import RM
from ops.drill.drill import RATE, Drill, Kill, Verdict, judge
from ops.drill.load import Load
from ops.drill.product import Product
from ops.drill.targets import TARGETS
from ops.drill.watch import Watch
from ops.home import ROOT

RESULT = ROOT / "benchmarks" / "drill" / "result.json"


def main() -> int:
    """Kill every target once a round; 0 when nothing was lost, doubled or out of order."""
    parser = argparse.ArgumentParser(prog="python -m ops.drill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--result", type=Path, default=RESULT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tipline-drill-") as folder, Product(Path(folder), demo_days=0) as product:
        kills, verdict = run(product, options.rounds)
    options.result.parent.mkdir(parents=True, exist_ok=True)
    options.result.write_text(json.dumps(report(kills, verdict, options.rounds), indent=2) + "\n")
    return 0 if verdict.clean else 1


def run(product: Product, rounds: int) -> tuple[list[Kill], Verdict]:
    """Run the rounds under one load; return the kills and the verdict over all of them."""
    prefix = f"drill-{uuid.uuid4().hex[:8]}"
    with Watch(product.settings, RM, product.password(RM)) as watch:
        with Load(product.settings, RATE, prefix=prefix) as load:
            drill = Drill(product, load, watch)
            for number in range(1, rounds + 1):
                for target in TARGETS:
                    kill = drill.kill(target)
                    print(f"round {number}: {kill.target} back in {kill.recovered_s:.1f} s", flush=True)
        drill.settle()
    return drill.kills, judge(load.sent, watch.shown, prefix=prefix)


def report(kills: list[Kill], verdict: Verdict, rounds: int) -> dict[str, Any]:
    """Return the result file: the verdict, and per target how long it took to show articles again."""
    by_target = {target: [kill for kill in kills if kill.target == target] for target in TARGETS}
    return {
        "at": rfc3339(utc_now()),
        "rounds": rounds,
        "rate_per_s": RATE,
        "verdict": verdict.as_json(),
        "recovered_s": {
            target: {
                "median": round(statistics.median(kill.recovered_s for kill in those), 2),
                "max": round(max(kill.recovered_s for kill in those), 2),
                "least_in_flight": min(kill.in_flight for kill in those),
            }
            for target, those in by_target.items()
            if those
        },
    }


if __name__ == "__main__":
    sys.exit(main())
