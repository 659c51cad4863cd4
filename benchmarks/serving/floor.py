"""The floor of a request: two bare Ray deployments in a chain behind the same listener, without signature or envelope.

Deployed beside the product on the same head, so that both have the same Ray.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import orjson
from fastapi import FastAPI, Request
from ray import serve
from ray.serve import Application
from ray.serve.handle import DeploymentHandle
from starlette.responses import Response

from benchmarks.latency.report import quantiles_ms
from benchmarks.serving.load import closed_loop, request_bytes
from core.settings import Settings, load_settings
from serve.listener import Listener
from serve.loopback import confine_to_node_address
from serve.main import APPLICATIONS, deployment_config, head_client
from serve.model_versions import ModelVersions

NAME = "floor"
PATH = "/endpoints/embedder/invocations"
CLIENTS = (1, 16)
READY_S = 60.0


class Echo:
    """The second deployment."""

    def answer(self, body: bytes) -> bytes:
        """Return what came."""
        return body


class Front:
    """The first deployment, which listens."""

    def __init__(self, echo: DeploymentHandle[Any], port: int) -> None:
        confine_to_node_address()
        app = FastAPI()

        @app.post(PATH)
        async def invocations(request: Request) -> Response:
            return Response(await echo.answer.remote(await request.body()))

        self._listener = Listener(app, load_settings("serve", endpoint_port=port))
        self._listener.start()


def build(args: dict[str, str]) -> Application:
    """Return the chain."""
    small = {"num_cpus": 0.1}
    echo = serve.deployment(name="floor-echo", max_ongoing_requests=100, ray_actor_options=small)(Echo)
    front = serve.deployment(name="floor-front", max_ongoing_requests=100, ray_actor_options=small)(Front)
    return front.bind(echo.bind(), int(args["port"]))


def noop(
    settings: Settings, port: int, seconds: float, sign: Callable[[bytes, dict[str, str]], dict[str, str]]
) -> dict[str, Any]:
    """Deploy the floor beside the product and measure a request without records through both."""
    _deploy(settings, port)
    body = orjson.dumps({"instances": []})
    headers = {"content-type": "application/json"}
    asked = {
        "floor": (port, request_bytes(port, PATH, body, headers)),
        "endpoint": (
            settings.endpoint_port,
            request_bytes(settings.endpoint_port, PATH, body, sign(body, headers)),
        ),
    }
    found: dict[str, Any] = {}
    for clients in CLIENTS:
        rates = {}
        for name, (at, request) in asked.items():
            asyncio.run(closed_loop(at, [request], clients, 2))
            heard = asyncio.run(closed_loop(at, [request], clients, seconds))
            rates[name] = round(len(heard.taken_s) / heard.elapsed_s, 1)
            found[f"{name}, {clients} clients"] = {
                "requests_per_s": rates[name],
                "statuses": dict(heard.statuses),
                "latency_ms": quantiles_ms(heard.taken_s),
            }
        found[f"floor / endpoint, {clients} clients"] = round(rates["floor"] / rates["endpoint"], 2)
    return found


def _deploy(settings: Settings, port: int) -> None:
    # The product's own entry stays word for word what it is, or Serve would roll it over.
    config = deployment_config(settings, 1, str(ModelVersions(settings).current or ""))
    config["applications"].append(
        {
            "name": NAME,
            "import_path": "benchmarks.serving.floor:build",
            "route_prefix": None,
            "args": {"port": str(port)},
        }
    )
    with head_client(settings) as http:
        http.put(APPLICATIONS, json=config).raise_for_status()
        asyncio.run(_ready(http))


async def _ready(http: httpx.Client) -> None:
    async with asyncio.timeout(READY_S):
        while http.get(APPLICATIONS).json()["applications"].get(NAME, {}).get("status") != "RUNNING":
            await asyncio.sleep(0.5)
