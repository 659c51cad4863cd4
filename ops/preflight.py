"""What must hold before a start: each check answers with one sentence, and with the fix where it fails."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from core.errors import ConfigurationError
from core.settings import Settings
from ops.stack.java import java, java_version

DISK_BYTES = 2 * 1024**3
MEMORY_BYTES = 3 * 1024**3
GIB = 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of one check; `fix` says what to do where it is not ok."""

    check: str
    ok: bool
    detail: str
    fix: str = ""

    def sentence(self) -> str:
        """Return the finding as one sentence."""
        return f"{self.detail}; {self.fix}." if self.fix and not self.ok else f"{self.detail}."


def preflight(settings: Settings) -> Iterator[Finding]:
    """Yield what `tipline up` needs of the machine: Python, Java, disk, memory, free ports."""
    yield python()
    yield java_runtime()
    yield disk(settings)
    yield memory()
    yield from (port(settings, name) for name in port_fields())


def port_fields() -> list[str]:
    """Return the settings that are ports of servers we start."""
    return [name for name in Settings.model_fields if name.endswith("_port")]


def python() -> Finding:
    """Python is the one that the wheels were resolved for."""
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info[:2] == (3, 11), f"Python is {version}", "run `make setup` to get 3.11")


def java_runtime() -> Finding:
    """A Java that Spark and Kafka run on is there."""
    try:
        path = java()
    except ConfigurationError as error:
        detail, _, fix = error.message.partition("; ")
        return Finding("java", False, detail, fix.rstrip("."))
    return Finding("java", True, f"Java {java_version(path)} is {path}")


def disk(settings: Settings) -> Finding:
    """The data directory's disk has room for the logs of Kafka and PostgreSQL."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.data_dir).free
    fix = f"free {DISK_BYTES // GIB} GiB there or set TIPLINE_DATA_DIR to another disk"
    return Finding("disk", free >= DISK_BYTES, f"{free / GIB:.1f} GiB are free for {settings.data_dir}", fix)


def memory() -> Finding:
    """The machine has memory for two JVMs, Ray and the models."""
    free = psutil.virtual_memory().available
    fix = f"end other programs until {MEMORY_BYTES // GIB} GiB are available"
    return Finding("memory", free >= MEMORY_BYTES, f"{free / GIB:.1f} GiB of memory are available", fix)


def port(settings: Settings, field: str) -> Finding:
    """Nobody else listens on a port of ours."""
    number = getattr(settings, field)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.bind_host, number))
        except OSError:
            fix = f"stop that program or set TIPLINE_{field.upper()} to a free port"
            return Finding(f"port {number}", False, f"port {number} is taken by {_listener(number)}", fix)
    return Finding(f"port {number}", True, f"port {number} is free")


def _listener(number: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == number and connection.status == psutil.CONN_LISTEN:
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except (psutil.Error, OSError):
        pass
    return "another program"
