"""`python -m benchmarks.resolver [--peers PYTHON]`: name pairs by our matcher and its peers, side by side."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.latency.report import environment
from benchmarks.resolver.name_pairs import read_pairs
from benchmarks.resolver.names import all_scores, figures

RESULT = Path(__file__).parent / "results" / "names.json"


def main() -> None:
    """Measure and write the result file."""
    parser = argparse.ArgumentParser(prog="benchmarks.resolver", description=__doc__)
    parser.add_argument("--peers", type=Path, help="a Python with the dependency group peers")
    parser.add_argument("--out", type=Path, default=RESULT)
    given = parser.parse_args()
    told, rows = {"environment": environment()}, read_pairs()
    told |= figures(rows, all_scores(rows, given.peers))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(told, indent=1) + "\n")
    print(f"written to {given.out}")


if __name__ == "__main__":
    main()
