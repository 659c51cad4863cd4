"""`python -m benchmarks.fanout`: many RMs on one gateway, beside a bare server and python-socketio, in one run."""

from __future__ import annotations

import argparse
import gc
import json
from pathlib import Path
from typing import Any

import psutil
import uvloop

from benchmarks.fanout import bank
from benchmarks.fanout.candidates import Candidate, Floor, Gateway, Peer
from benchmarks.fanout.measure import Asked, instruments_of, measure
from benchmarks.latency.report import environment
from benchmarks.stores import running_stores
from core.settings import Settings, as_environment
from ops.drill.product import free_ports
from ops.home import ROOT
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, tcp_probe

RESULT = Path(__file__).parent / "results" / "fanout.json"


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.fanout", description=__doc__)
    parser.add_argument("--rms", type=int, default=2000, help="connected RMs, one socket each")
    parser.add_argument("--alerts", type=float, default=50, help="alerts a second in total")
    parser.add_argument("--instruments", type=int, default=100, help="instruments that tick once a second")
    parser.add_argument("--watched", type=int, default=10, help="instruments that each RM watches")
    parser.add_argument("--duration", type=float, default=30, help="seconds at that load")
    parser.add_argument("--burst", type=float, default=10, help="seconds of ticks at 5 Hz")
    parser.add_argument("--only", nargs="+", default=["floor", "gateway", "peer"], help="which candidates")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser.parse_args()


def main() -> None:
    """Measure the candidates one after the other and write the result file."""
    given = arguments()
    asked = Asked(given.rms, given.alerts, given.instruments, given.watched, given.duration, given.burst)
    here = environment()
    with running_stores() as (settings, group):
        alerts = bank.fill(settings, asked.rms, instruments_of(asked))
        group.start_all(("router",))
        bank.await_feeds(settings, asked.rms)
        ports = dict(zip(given.only, free_ports(len(given.only)), strict=True))
        found: dict[str, Any] = {}
        for name, port in ports.items():
            candidate = _candidate(name, settings, port, asked)
            process = _serve(candidate, settings, group, port)
            found[name] = uvloop.run(measure(candidate, process, port, asked, alerts))
            group.stop(name)
            print(json.dumps({name: found[name]}), flush=True)
    result = {"environment": here, "asked": vars(given) | {"out": None}, **found, "ratios": ratios(found)}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1) + "\n")


def ratios(found: dict[str, Any]) -> dict[str, Any]:
    """Return each candidate's figures as shares of the floor's."""
    if "floor" not in found:
        return {}
    floor = found["floor"]

    def share(of: dict[str, Any]) -> dict[str, float]:
        return {
            "throughput": of["burst"]["ticks_per_s"] / floor["burst"]["ticks_per_s"],
            "frames_per_cpu_s": of["burst"]["frames_per_cpu_s"] / floor["burst"]["frames_per_cpu_s"],
            "memory": of["memory"]["full_bytes"] / floor["memory"]["full_bytes"],
            "bytes_per_socket": of["memory"]["bytes_per_socket"] / floor["memory"]["bytes_per_socket"],
            "alert_p99": of["steady"]["alert_ms"]["p99"] / floor["steady"]["alert_ms"]["p99"],
        }

    return {name: {key: round(value, 2) for key, value in share(of).items()} for name, of in found.items()}


def _candidate(name: str, settings: Settings, port: int, asked: Asked) -> Candidate:
    if name == "gateway":
        return Gateway(settings, port, bank.log_in_everybody(settings, asked.rms))
    return Floor(settings, port) if name == "floor" else Peer(settings, port)


def _serve(candidate: Candidate, settings: Settings, group: ProcessGroup, port: int) -> psutil.Process:
    """Start the candidate's server beside the stores."""
    group.services[candidate.name] = Service(
        name=candidate.name,
        argv=tuple(candidate.argv),
        env={**as_environment(settings), "PYTHONUNBUFFERED": "1"},
        ready=tcp_probe("127.0.0.1", port),
        port=port,
        cwd=ROOT,
    )
    group.start_all((candidate.name,))
    gc.collect()
    pid = group.pid(candidate.name)
    assert pid is not None  # noqa: S101
    return psutil.Process(pid)


if __name__ == "__main__":
    main()
