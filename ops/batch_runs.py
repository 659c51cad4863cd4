"""`tipline batch run` and `backfill`: start the nightly job for some days and follow it to its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from clients.postgres import connect
from core.errors import BadInput, TiplineError
from core.settings import Settings, load_settings

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

JOB = "nightly"
ENDED = frozenset({"SUCCEEDED", "FAILED", "TIMEOUT", "STOPPED", "ERROR"})
ASK_EVERY_S = 1.0
# One job works on many days at once; in steps, so that a backfill that is stopped goes on where it was.
DAYS_PER_JOB = 92

Finality = Literal["flash", "final"]


class JobFailed(TiplineError):
    """A job run ended without success; the message is its own."""

    code = "job_failed"


@dataclass(frozen=True, slots=True)
class Span:
    """The days of one job run, both ends included."""

    start: date
    end: date

    def __str__(self) -> str:
        """Write it as `2026-01-02` or `2026-01-02 to 2026-01-31`."""
        return self.start.isoformat() if self.start == self.end else f"{self.start} to {self.end}"


def run(
    day: Annotated[str, typer.Option("--date", help="The day, YYYY-MM-DD.")],
    finality: Annotated[str, typer.Option(help="`flash` while files are missing, else `final`.")] = "final",
    force: Annotated[bool, typer.Option("--force", help="Also when the same files were used before.")] = False,
) -> None:
    """Make one day's figures from the files in bronze, and wait until the API has them."""
    follow([Span(as_date(day), as_date(day))], finality=_finality(finality), force=force, console=Console(stderr=True))


def backfill(
    start: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    end: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    force: Annotated[bool, typer.Option("--force", help="Also days whose files were used before.")] = False,
) -> None:
    """Make the figures of many days; stopped and started again, it passes over what is done."""
    first, last = as_date(start), as_date(end)
    if last < first:
        raise BadInput("--to is before --from")
    follow(list(spans(first, last)), finality="final", force=force, console=Console(stderr=True))


def spans(first: date, last: date) -> Iterator[Span]:
    """Divide the days into job runs."""
    while first <= last:
        end = min(first + timedelta(days=DAYS_PER_JOB - 1), last)
        yield Span(first, end)
        first = end + timedelta(days=1)


def follow(parts: list[Span], *, finality: Finality, force: bool, console: Console) -> None:
    """Run the job for one span after the other and show how far it is; JobFailed as soon as one fails."""
    from clients.aws import glue

    settings = load_settings()
    client = glue(settings)
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("starting", total=len(parts))
        for part in parts:
            run_id = start_job(client, part, finality=finality, force=force)
            for stage in stages(settings, client, run_id):
                progress.update(task, description=f"{part}: {stage}")
            progress.advance(task)
        progress.update(task, description="done")


def start_job(client: GlueClient, part: Span, *, finality: Finality, force: bool = False) -> str:
    """Start the nightly job for these days and return the job run's id."""
    arguments = {"--date": part.start.isoformat(), "--to-date": part.end.isoformat(), "--finality": finality}
    if force:
        arguments["--force"] = "true"
    from clients.aws import translated

    with translated("glue"):
        return client.start_job_run(JobName=JOB, Arguments=arguments)["JobRunId"]


def stages(settings: Settings, client: GlueClient, job_run_id: str) -> Iterator[str]:
    """Yield what a job run is doing, again and again until it has succeeded; JobFailed when it ends otherwise."""
    from clients.aws import translated

    while True:
        with translated("glue"):
            found = client.get_job_run(JobName=JOB, RunId=job_run_id)["JobRun"]
        state = cast(str, found["JobRunState"])
        if state in ENDED:
            if state != "SUCCEEDED":
                raise JobFailed(f"{job_run_id} {state.lower()}: {found.get('ErrorMessage') or 'no reason was given'}")
            return
        yield _stage(settings, job_run_id) or state.lower()
        time.sleep(ASK_EVERY_S)


def _stage(settings: Settings, job_run_id: str) -> str | None:
    with connect(settings) as session:
        row: Any = session.execute("SELECT stage FROM batch_runs WHERE job_run_id = %s", (job_run_id,)).fetchone()
    return row["stage"] if row else None


def as_date(text: str) -> date:
    """Read a day; BadInput when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"{text!r} is not a day, write YYYY-MM-DD") from error


def _finality(text: str) -> Finality:
    if text not in ("flash", "final"):
        raise BadInput(f"--finality is flash or final, not {text!r}")
    return cast(Finality, text)
