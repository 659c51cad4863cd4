"""What a run needs to become a process: its own copy of the script, Spark's options in a file, the environment."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import batch
from batch.glue.requests import JobDefinition
from batch.glue.runs import Run
from clients.s3 import Store
from clients.spark_options import spark_home, submission_options
from core.errors import BadInput
from core.settings import Settings, as_environment

# In the environment of all that a run starts, so that a later facade finds what an earlier one left.
MARK = "TIPLINE_GLUE_RUN"


@dataclass(frozen=True, slots=True)
class Submission:
    """A command line without secrets, its environment, and the folder that is the run's alone."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path


def prepare(settings: Settings, store: Store, run: Run, definition: JobDefinition) -> Submission:
    """Fill the run's folder and return how to start it; BadInput when the script cannot be had."""
    folder = run_folder(settings, run.run_id)
    shutil.rmtree(folder, ignore_errors=True)
    scratch = folder / "scratch"
    scratch.mkdir(parents=True)
    folder.chmod(0o700)
    script = folder / "script.py"
    _fetch(definition.Command.ScriptLocation, script, store)
    environment = {
        **os.environ,
        **as_environment(settings),
        "PYTHONPATH": str(Path(batch.__file__).parents[1]),
        "PYTHONUNBUFFERED": "1",
        MARK: mark(settings, run.run_id),
    }
    if definition.Command.Name == "pythonshell":
        return Submission((sys.executable, str(script), *_arguments(run)), environment, folder)
    properties = folder / "spark.properties"
    _write_properties(properties, {**submission_options(settings, folder), "spark.app.name": run.job_name})
    home = spark_home()
    return Submission(
        (str(home / "bin" / "spark-submit"), "--properties-file", str(properties), str(script), *_arguments(run)),
        environment
        | {
            "SPARK_HOME": str(home),
            "SPARK_LOCAL_IP": settings.bind_host,
            "SPARK_LOCAL_DIRS": str(scratch),
            "PYSPARK_PYTHON": sys.executable,
        },
        folder,
    )


def run_folder(settings: Settings, run_id: str) -> Path:
    """Return the folder that a run has while it lasts."""
    return settings.data_dir / "glue" / run_id


def log_path(settings: Settings, run_id: str) -> Path:
    """Return where a run's output is kept."""
    return settings.data_dir / "logs" / "glue" / f"{run_id}.log"


def mark(settings: Settings, run_id: str) -> str:
    """Return the mark of a run of this data directory; with an empty id, what all its marks begin with."""
    return f"{settings.data_dir.resolve()}:{run_id}"


def _arguments(run: Run) -> list[str]:
    """Return what AWS Glue gives a script: its own arguments first, then each of the run's as `--name value`."""
    named = {"--JOB_NAME": run.job_name, "--JOB_RUN_ID": run.run_id, **run.arguments}
    return [part for name, value in named.items() for part in ((name, value) if value else (name,))]


def _fetch(location: str, target: Path, store: Store) -> None:
    address = urlsplit(location)
    if address.scheme == "s3":
        with store.open(address.netloc, address.path.lstrip("/")) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file)
    elif address.scheme:
        raise BadInput(f"ScriptLocation {location} is neither a path nor s3://bucket/key")
    else:
        try:
            shutil.copyfile(location, target)
        except OSError as error:
            raise BadInput(f"script {location} cannot be read: {error.strerror}") from error


def _write_properties(path: Path, options: Mapping[str, str]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        for name, value in options.items():
            # The form of java.util.Properties, in which a backslash escapes.
            file.write(f"{name}={value.replace(chr(92), chr(92) * 2)}\n")
