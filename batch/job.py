"""The nightly job: `python -m batch.job --JOB_NAME nightly --date 2026-01-30`, the same by spark-submit and AWS Glue.

Settings come from the environment, or from arguments such as `--TIPLINE_BRONZE_BUCKET name`, which is how a job of AWS
Glue gets them. Arguments that AWS Glue adds for itself are passed over.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from itertools import pairwise

from batch.inputs import by_day, due_final, due_flash, last_made
from batch.lake import Lake, open_lake
from batch.landing.files import sync_landed
from batch.pipeline import run
from core.errors import BadInput, TiplineError
from core.logs import configure_logs, get_logger
from core.settings import ENV_PREFIX, Settings, load_settings

log = get_logger(__name__)


def main(argv: Sequence[str]) -> int:
    """Run the job and return its exit status: 0, or 1 with the reason as the log's last line."""
    arguments, others = _parser().parse_known_args(argv)
    settings = load_settings("batch", **_overrides(others))
    configure_logs(arguments.JOB_NAME, settings.log_level)
    try:
        _run(settings, arguments)
    except TiplineError as error:
        log.error("job_failed", error=error.message)
        return 1
    except Exception as error:
        # Its message may quote a row; it is in `batch_runs`, which is guarded as the rows are.
        log.exception("job_failed", error=type(error).__name__)
        return 1
    return 0


def days_between(first: date, last: date | None) -> list[date]:
    """Return the days from the first to the last, both included."""
    end = last or first
    if end < first:
        raise BadInput(f"--to-date {end} is before --date {first}")
    return [first + timedelta(days=n) for n in range((end - first).days + 1)]


def _run(settings: Settings, arguments: argparse.Namespace) -> None:
    with open_lake(settings, arguments.JOB_NAME) as lake:
        dates: Collection[date]
        if arguments.date is None:
            dates = due_dates(lake, arguments.finality)
            if not dates:
                log.info("nothing_is_due", finality=arguments.finality)
                return
        else:
            dates = days_between(arguments.date, arguments.to_date)
        run_id = run(
            lake,
            dates,
            kind=arguments.kind,
            finality=arguments.finality,
            force=arguments.force == "true",
            job_run_id=arguments.JOB_RUN_ID,
        )
        log.info("job_done", run_id=run_id)


def due_dates(lake: Lake, finality: str) -> list[date]:
    """Return the days that are due: for flash the incomplete ones, for final those complete with new files."""
    with lake.open_session() as session:
        days = by_day(sync_landed(session, lake.store, lake.settings))
        due = due_flash if finality == "flash" else due_final
        return [day.as_of_date for day in due(days, last_made(session))]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--JOB_NAME", default="nightly")
    parser.add_argument("--JOB_RUN_ID", default=None)
    parser.add_argument("--date", type=date.fromisoformat, help="the day; without one, all that are due")
    parser.add_argument("--to-date", type=date.fromisoformat, help="the last day, when there are several")
    parser.add_argument("--finality", choices=("flash", "final"), default="final")
    parser.add_argument("--kind", choices=("nightly", "backfill", "restatement"), default="nightly")
    # AWS Glue gives every argument a value.
    parser.add_argument("--force", nargs="?", const="true", default="false", choices=("true", "false"))
    return parser


def _overrides(others: Sequence[str]) -> dict[str, str]:
    """Return the settings among the arguments, by their field names."""
    prefix = f"--{ENV_PREFIX}"
    return {name.removeprefix(prefix).lower(): value for name, value in pairwise(others) if name.startswith(prefix)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
