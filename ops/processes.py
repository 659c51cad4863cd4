"""Every process of the platform on one machine, in one table: the embedded stack, and our own on top of it."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from clients.health import forget_heartbeat
from core.settings import Settings, as_environment
from ops.home import ROOT
from ops.secrets import aws_profile
from ops.stack.embedded import embedded_services
from ops.stack.service import Probe, Service, heartbeat_probe, http_probe, tcp_probe

STORES = ("postgres", "redis", "kafka", "s3")


@dataclass(frozen=True, slots=True)
class _Process:
    """A process of ours: `python -m module`, after which others, how long its start and end may take, its AWS key."""

    name: str
    module: str
    after: tuple[str, ...]
    start_timeout_s: float = 120
    stop_timeout_s: float = 20
    aws_role: str = "platform"


# A process waits by itself for what is down; `after` orders the start, and the end in reverse: the stores come last.
PROCESSES = (
    _Process("ray", "serve.head", after=(), stop_timeout_s=30),
    _Process("serve", "serve.main", after=("ray", "postgres"), start_timeout_s=300, stop_timeout_s=30),
    _Process("api", "api", after=("postgres", "redis")),
    _Process("router", "streaming.router", after=("postgres", "redis", "kafka")),
    _Process("stream", "streaming.job", after=("kafka",), start_timeout_s=300, stop_timeout_s=40, aws_role="stream"),
    _Process("retry-mover", "streaming.retry_mover", after=("kafka",)),
    _Process("intake", "streaming.intake", after=("postgres", "kafka")),
    _Process("poller", "streaming.poller", after=("postgres", "kafka")),
    _Process("glue", "ops.facade", after=("postgres", "s3")),
    # Ready once it has caught up, which at the first start is a year of demo days.
    _Process("night", "batch.night", after=("postgres", "s3", "glue"), start_timeout_s=900),
    _Process("warm", "batch.warm", after=("postgres", "kafka", "s3")),
    _Process("ticks", "streaming.ticks", after=("postgres", "kafka")),
)


def services(settings: Settings) -> list[Service]:
    """Return the stores and our processes for these settings, none started."""
    return [*embedded_services(settings), *(_service(process, settings) for process in PROCESSES)]


def _service(process: _Process, settings: Settings) -> Service:
    ready, port = _readiness(process.name, settings)
    own = settings.model_copy(update={"aws_profile": aws_profile(settings, process.aws_role)})
    return Service(
        name=process.name,
        argv=(sys.executable, "-m", process.module),
        env={**as_environment(own), "PYTHONUNBUFFERED": "1"},
        ready=ready,
        port=port,
        after=process.after,
        prepare=lambda: forget_heartbeat(settings, process.name),
        cwd=ROOT,
        start_timeout_s=process.start_timeout_s,
        stop_timeout_s=process.stop_timeout_s,
    )


def _readiness(name: str, settings: Settings) -> tuple[Probe, int | None]:
    host = settings.bind_host
    ports = {
        "serve": settings.endpoint_port,
        "intake": settings.intake_port,
        "api": settings.api_port,
        "glue": settings.facade_port,
    }
    if name == "ray":
        # The dashboard starts last, and `serve` deploys through it.
        return tcp_probe(host, settings.ray_dashboard_port), settings.ray_port
    if name in ports:
        scheme = "https" if settings.tls_cert else "http"
        return http_probe(f"{scheme}://{host}:{ports[name]}/readyz", certificate=settings.tls_cert), ports[name]
    return heartbeat_probe(settings, name), None


def process_names() -> list[str]:
    """Return the names of all processes, stores first."""
    return [*STORES, *(process.name for process in PROCESSES)]


def start_order() -> dict[str, tuple[str, ...]]:
    """Return what each of our processes comes after at the start."""
    return {process.name: process.after for process in PROCESSES}
