"""One day's work in the product: `python -m benchmarks.batch.product REPORT DAY [LAST DAY]`, each stage timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from batch import pipeline
from batch.lake import open_lake
from benchmarks.batch.measure import Report
from core.settings import load_settings

# The pipeline's stages under the names that the result file has.
STAGES = {"silver": (pipeline.silver, "load"), "gold": (pipeline.gold, "build"), "sync": (pipeline.rds, "sync")}


def main() -> None:
    """Run the pipeline as `batch.job` does, from the start of the process on."""
    report, settings = Report(Path(sys.argv[1])), load_settings()
    first, last = date.fromisoformat(sys.argv[2]), date.fromisoformat(sys.argv[-1])
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    with open_lake(settings, "benchmark") as lake, ExitStack() as patches:
        report.done("session")
        for stage, (module, name) in STAGES.items():
            patches.enter_context(patch.object(module, name, _timed(report, stage, getattr(module, name))))
        pipeline.run(lake, days)
        # What the run records of itself belongs to it.
        report.done("record")
    report.write()


def _timed(report: Report, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        result = work(*arguments)
        report.done(stage)
        return result

    return timed


if __name__ == "__main__":
    main()
