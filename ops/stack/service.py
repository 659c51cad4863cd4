"""What a server is to us: how to prepare it, start it, know that it works, and stop it; and the usual probes."""

from __future__ import annotations

import http.client
import signal
import socket
import ssl
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from clients.health import read_heartbeat
from core.settings import Settings

Probe = Callable[[], bool]
HEARTBEAT_STALE_S = 20.0


@dataclass(frozen=True, slots=True)
class Account:
    """A system user that a server runs as, when we are root and the server refuses to be."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Service:
    """One server process. `prepare` is idempotent and runs before each start; `after` names what is ready first."""

    name: str
    argv: tuple[str, ...]
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    after: tuple[str, ...] = ()
    prepare: Callable[[], None] | None = None
    account: Account | None = None
    cwd: Path | None = None
    stop_signal: int = signal.SIGTERM
    stop_timeout_s: float = 20.0
    start_timeout_s: float = 120.0


def tcp_probe(host: str, port: int) -> Probe:
    """Return a probe: somebody accepts connections there."""

    def accepts() -> bool:
        try:
            with socket.create_connection((host, port), timeout=1):
                return True
        except OSError:
            return False

    return accepts


def http_probe(url: str, *, timeout_s: float = 2.0, certificate: Path | None = None) -> Probe:
    """Return a probe: a GET of this address answers 200, over TLS by whoever has just this certificate."""
    context = _expecting(certificate) if certificate is not None else None

    def answers() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=timeout_s, context=context) as reply:  # noqa: S310 - our own address
                return int(reply.status) == http.client.OK
        except (OSError, http.client.HTTPException):
            return False

    return answers


def _expecting(certificate: Path) -> ssl.SSLContext:
    """Trust one certificate for whatever address: ours is asked by the loopback, which it need not name."""
    context = ssl.create_default_context(cafile=certificate)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context


def heartbeat_probe(settings: Settings, process: str) -> Probe:
    """Return a probe: the process wrote a fresh heartbeat that says it is ready."""

    def beats() -> bool:
        beat = read_heartbeat(settings, process)
        return beat is not None and bool(beat["ready"]) and beat["age_s"] < HEARTBEAT_STALE_S

    return beats
