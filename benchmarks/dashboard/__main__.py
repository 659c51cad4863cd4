"""`python -m benchmarks.dashboard`: portfolio health and book at 200 requests a second, beside a bare floor."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.dashboard import bank
from benchmarks.latency.report import environment, quantiles_ms
from benchmarks.stores import running_stores
from core.settings import Settings, as_environment
from ops.drill.product import free_ports
from ops.home import ROOT
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, tcp_probe

RESULT = Path(__file__).parent / "results" / "dashboard.json"
MODULES = {"floor": "benchmarks.dashboard.floor_server", "gateway": "api"}
UNLIMITED = 10**9


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="benchmarks.dashboard", description=__doc__)
    parser.add_argument("--clients", type=int, default=10_000, help="clients with figures")
    parser.add_argument("--rms", type=int, default=100, help="RMs, each with an equal share of the clients")
    parser.add_argument("--days", type=int, default=260, help="business days of figures")
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--duration", type=float, default=60, help="seconds at that rate")
    parser.add_argument("--warm-up", type=float, default=10, help="seconds before that, not counted")
    parser.add_argument("--out", type=Path, default=RESULT)
    return parser.parse_args()


def main() -> None:
    """Measure floor and gateway one after the other and write the result file."""
    given, here = arguments(), environment()
    # Nobody is refused for asking often.
    with running_stores(api_requests_per_minute=UNLIMITED) as (settings, group):
        began_s = time.monotonic()
        bank.fill(settings, given.clients, given.rms, given.days)
        print(f"filled in {time.monotonic() - began_s:.0f} s", flush=True)
        cookies = bank.cookies(settings, given.rms)
        found = {name: _measure(name, settings, group, given, cookies) for name in MODULES}
    result = {"environment": here, "asked": {**vars(given), "out": None}, **found, "ratios_to_floor": _ratios(found)}
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({name: found[name] for name in found} | {"ratios": result["ratios_to_floor"]}, indent=1))


def _measure(
    name: str, settings: Settings, group: ProcessGroup, given: argparse.Namespace, cookies: list[str]
) -> dict[str, Any]:
    """Start a candidate, load it, stop it."""
    (port,) = free_ports(1)
    group.services[name] = Service(
        name=name,
        argv=(sys.executable, "-m", MODULES[name], "--port", str(port)),
        env=as_environment(settings),
        ready=tcp_probe("127.0.0.1", port),
        port=port,
        cwd=ROOT,
    )
    group.start_all((name,))
    pid = group.pid(name)
    assert pid is not None  # noqa: S101
    process = psutil.Process(pid)
    orders = {
        "port": port, "per_s": given.rate, "duration_s": given.duration, "warm_up_s": given.warm_up,
        "requests": _requests(name, given, cookies),
    }  # fmt: skip
    cpu_before_s, began_s = sum(process.cpu_times()[:2]), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dashboard.load"],
        input=json.dumps(orders).encode(), capture_output=True, check=True, cwd=ROOT,
    )  # fmt: skip
    cpu_s, elapsed_s = sum(process.cpu_times()[:2]) - cpu_before_s, time.monotonic() - began_s
    group.stop(name)
    heard = json.loads(done.stdout)
    routes = {
        route: {
            "ms": quantiles_ms(of["seconds"]),
            "refused": of["refused"],
            "bytes_each": of["bytes"] // max(len(of["seconds"]), 1),
        }
        for route, of in sorted(heard.items())
    }
    whole = quantiles_ms([second for of in heard.values() for second in of["seconds"]])
    return {"all_ms": whole, "routes": routes, "cpu_percent": round(100 * cpu_s / elapsed_s, 1)}


def _requests(name: str, given: argparse.Namespace, cookies: list[str]) -> list[dict[str, str]]:
    """Return what to draw from: half health, each of another client, half books."""
    asked = []
    for cookie, clients in zip(cookies, bank.targets(given.clients, given.rms), strict=True):
        for client in clients:
            path = f"/{client}" if name == "floor" else f"/api/v1/clients/{client}/health"
            asked.append({"route": "floor" if name == "floor" else "health", "path": path, "cookie": cookie})
        if name != "floor":
            asked += [{"route": "book", "path": "/api/v1/book", "cookie": cookie}] * len(clients)
    return asked


def _ratios(found: dict[str, Any]) -> dict[str, float]:
    floor, ours = found["floor"]["all_ms"], found["gateway"]["all_ms"]
    return {quantile: round(ours[quantile] / floor[quantile], 2) for quantile in ("p50", "p95", "p99")}


if __name__ == "__main__":
    main()
