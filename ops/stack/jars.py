"""The jars of Kafka, of the stream and of the lake, and how they come here: through the Ivy that pyspark ships."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.errors import ConfigurationError
from ops.stack.java import java, trust_options
from ops.stack.wheels import package_folder

AWS_SDK = "2.29.52"
STAMP = ".complete"
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Jar:
    """One Maven artifact; `alone` leaves out what it depends on, because Spark already brings that."""

    organisation: str
    name: str
    version: str
    alone: bool = False


# Spark brings Scala, Jackson, slf4j and Apache's HTTP client; a second copy beside them would be a conflict.
JARS: dict[str, tuple[Jar, ...]] = {
    "kafka": (
        Jar("org.apache.kafka", "kafka_2.13", "4.3.1"),
        Jar("org.apache.logging.log4j", "log4j-slf4j-impl", "2.25.4"),
    ),
    "spark": (
        Jar("org.apache.spark", "spark-sql-kafka-0-10_2.13", "4.1.1", alone=True),
        Jar("org.apache.spark", "spark-token-provider-kafka-0-10_2.13", "4.1.1", alone=True),
        Jar("org.apache.kafka", "kafka-clients", "3.9.1", alone=True),
        Jar("org.apache.commons", "commons-pool2", "2.12.1", alone=True),
        Jar("software.amazon.awssdk", "sagemakerruntime", AWS_SDK),
        Jar("software.amazon.awssdk", "apache-client", AWS_SDK, alone=True),
    ),
    "lake": (
        Jar("org.apache.iceberg", "iceberg-spark-runtime-4.1_2.13", "1.12.0", alone=True),
        Jar("org.apache.iceberg", "iceberg-aws-bundle", "1.12.0", alone=True),
        Jar("org.postgresql", "postgresql", "42.7.14", alone=True),
    ),
}
EXCLUDED: dict[str, tuple[tuple[str, str], ...]] = {
    "kafka": (),
    "spark": (
        ("org.slf4j", "*"),
        ("org.apache.httpcomponents", "*"),
        ("commons-codec", "*"),
        ("commons-logging", "*"),
        ("software.amazon.awssdk", "netty-nio-client"),
    ),
    "lake": (),
}


def jar_folder(jars_dir: Path, name: str) -> Path:
    """Return the folder of a set, `kafka`, `spark` or `lake`; its jars are there once `ensure_jars` returned."""
    return jars_dir / name


def is_complete(jars_dir: Path, name: str) -> bool:
    """Return whether a set is here in the versions listed above."""
    stamp = jar_folder(jars_dir, name) / STAMP
    return stamp.is_file() and stamp.read_text() == _fingerprint(name)


def ensure_jars(jars_dir: Path, name: str, on_progress: Progress = lambda _line, _count: None) -> Path:
    """Retrieve a set unless it is here, and return its folder; the set appears whole or not at all.

    `on_progress` is called with the artifact and the number so far. ConfigurationError when Ivy cannot retrieve it.
    """
    folder = jar_folder(jars_dir, name)
    jars_dir.mkdir(parents=True, exist_ok=True)
    with _locked(jars_dir / ".lock"):
        if not is_complete(jars_dir, name):
            with tempfile.TemporaryDirectory(dir=jars_dir) as scratch:
                fresh = _retrieve(name, Path(scratch), on_progress)
                (fresh / STAMP).write_text(_fingerprint(name))
                shutil.rmtree(folder, ignore_errors=True)
                fresh.rename(folder)
    return folder


def _retrieve(name: str, scratch: Path, on_progress: Progress) -> Path:
    (scratch / "ivy.xml").write_text(_ivy_file(name))
    fresh = scratch / name
    pattern = f"{fresh}/[artifact]-[revision](-[classifier]).[ext]"
    wanted = ["-ivy", str(scratch / "ivy.xml"), "-confs", "default", "-types", "jar", "bundle", "-retrieve", pattern]
    command = [java(), *trust_options(), "-jar", str(_ivy_jar()), *wanted]
    lines, count = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as ivy:
        for line in ivy.stdout or ():
            lines.append(line.rstrip())
            if "downloading " in line:
                count += 1
                on_progress(line.split("/")[-1].split()[0], count)
    if ivy.returncode != 0 or not any(fresh.glob("*.jar")) or any("FAILED DOWNLOADS" in line for line in lines):
        reasons = [
            line for line in lines if "WARN" in line.upper() or "FAIL" in line.upper() or "ERROR" in line.upper()
        ]
        raise ConfigurationError(f"the {name} jars could not be retrieved: " + " | ".join(reasons[-5:] or lines[-5:]))
    return fresh


def _ivy_jar() -> Path:
    return next((package_folder("pyspark") / "jars").glob("ivy-*.jar"))


def _ivy_file(name: str) -> str:
    def dependency(jar: Jar) -> str:
        transitive = "false" if jar.alone else "true"
        return (
            f'<dependency org="{jar.organisation}" name="{jar.name}" rev="{jar.version}" transitive="{transitive}"'
            ' conf="default->default"/>'
        )

    excludes = "".join(f'<exclude org="{org}" module="{module}"/>' for org, module in EXCLUDED[name])
    return (
        f'<ivy-module version="2.0"><info organisation="tipline" module="{name}"/>'
        '<configurations><conf name="default"/></configurations>'
        f"<dependencies>{''.join(map(dependency, JARS[name]))}{excludes}</dependencies></ivy-module>"
    )


def _fingerprint(name: str) -> str:
    return hashlib.sha256(_ivy_file(name).encode()).hexdigest()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
