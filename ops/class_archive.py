"""Archive the classes of a batch job, once at set-up, so that later jobs start in half the time.

The job is run over a day of two made-up clients on stores of its own; when its JVM ends, it writes the classes that it
had loaded from the jars, parsed and verified, to one file, which later JVMs map into memory (JEP 350).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console

from batch.landing.layout import place_of
from clients.postgres import migrate
from clients.s3 import Store
from clients.spark_options import class_archive
from core.settings import Settings, as_environment, load_settings
from ops.demo.portfolios.accounts import load_accounts
from ops.demo.portfolios.days import generate
from ops.drill.product import free_ports
from ops.home import MIGRATIONS, ROOT
from ops.preflight import port_fields
from ops.secrets import ensure_secrets
from ops.stack.embedded import embedded_services
from ops.stack.group import ProcessGroup

CLIENTS, SEED, DAY = 2, 1, date(2026, 1, 30)


def ensure_class_archive(jars_dir: Path, console: Console) -> None:
    """Make the archive where it is missing; without it everything works, only slower, so a failure is only said."""
    with tempfile.TemporaryDirectory(prefix="tipline-classes-") as folder:
        ports = dict(zip(port_fields(), free_ports(len(port_fields())), strict=True))
        settings = ensure_secrets(load_settings(data_dir=Path(folder), jars_dir=jars_dir, **ports))
        archive = class_archive(settings, "lake")
        if archive.exists():
            return
        console.print("archiving the classes of a batch job")
        written = Path(folder) / "classes.jsa"
        failure = _run_job(settings, written)
        if failure or not written.exists():
            console.print(f"the classes were not archived, so batch jobs start slowly: {failure[-500:]}")
        else:
            # Another file system, perhaps: a name that others look for must never be half a file.
            partial = archive.with_suffix(".part")
            partial.write_bytes(written.read_bytes())
            partial.rename(archive)


def _run_job(settings: Settings, written: Path) -> str:
    """Run the job with its JVM writing the archive at its end; return what it said if it failed."""
    group = ProcessGroup(embedded_services(settings), settings.data_dir)
    try:
        group.start_all(("postgres", "s3"))
        migrate(settings, MIGRATIONS)
        _land(settings)
        options = f"{settings.batch_java_options} -XX:ArchiveClassesAtExit={written}"
        environment = {**os.environ, **as_environment(settings), "TIPLINE_BATCH_JAVA_OPTIONS": options}
        command = [sys.executable, "-m", "batch.job", "--date", str(DAY)]
        # The JVM outlives the job and holds its output open, so that this returns once the archive is whole.
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr if done.returncode else ""
    finally:
        group.stop_all()


def _land(settings: Settings) -> None:
    store = Store(settings)
    store.ensure_bucket(settings.bronze_bucket, versioned=True)
    (day,) = generate(CLIENTS, 1, SEED, DAY)
    load_accounts(settings, day.accounts.to_pylist())
    for kind in day.tables:
        store.put(settings.bronze_bucket, place_of(kind, DAY, f"{kind}.csv").key, day.csv(kind))


if __name__ == "__main__":
    ensure_class_archive(load_settings().jars_dir, Console(stderr=True))
