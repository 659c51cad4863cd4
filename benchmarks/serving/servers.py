"""The two servers that are measured over HTTP: the product's endpoint on Ray Serve, and the peer."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from clients.aws import session
from core.settings import Settings, as_environment, load_settings
from ops.drill.product import free_ports
from ops.home import ROOT
from ops.preflight import port_fields
from ops.processes import services
from ops.secrets import ensure_secrets
from ops.stack.group import ProcessGroup
from ops.stack.service import Service, tcp_probe

Signer = Callable[[bytes, dict[str, str]], dict[str, str]]
CLIENT = {"client_id": "C-1", "kind": "person", "names": [{"name": "Asha Venkatraman", "type": "legal"}]}


@contextmanager
def endpoint() -> Iterator[tuple[ProcessGroup, Settings]]:
    """Run the endpoint, with a book of one client, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder:
        ports = dict(zip(port_fields(), free_ports(len(port_fields())), strict=True))
        registry = Path(folder) / "book.jsonl"
        registry.write_text(json.dumps(CLIENT) + "\n")
        settings = ensure_secrets(load_settings(data_dir=Path(folder) / "data", registry_file=registry, **ports))
        group = ProcessGroup([one for one in services(settings) if one.name in ("ray", "serve")], settings.data_dir)
        try:
            group.start_all()
            yield group, settings
        finally:
            group.stop_all()


@contextmanager
def peer() -> Iterator[tuple[ProcessGroup, int]]:
    """Run the plain service."""
    (port,) = free_ports(1)
    with tempfile.TemporaryDirectory(prefix="tipline-bench-") as folder:
        service = Service(
            name="peer",
            argv=(sys.executable, "-m", "benchmarks.serving.peer_server", "--port", str(port)),
            env=as_environment(load_settings(data_dir=Path(folder))),
            ready=tcp_probe("127.0.0.1", port),
            port=port,
            cwd=ROOT,
        )
        group = ProcessGroup([service], Path(folder))
        try:
            group.start_all()
            yield group, port
        finally:
            group.stop_all()


def signer(settings: Settings) -> Signer:
    """Return what signs a request as boto3 does; a signature is good for five minutes."""
    credentials = session(settings).get_credentials()
    auth = SigV4Auth(credentials, "sagemaker", settings.aws_region)
    url = f"http://127.0.0.1:{settings.endpoint_port}/endpoints/embedder/invocations"

    def sign(body: bytes, headers: dict[str, str]) -> dict[str, str]:
        request = AWSRequest("POST", url, headers=headers, data=body)
        auth.add_auth(request)
        return dict(request.headers.items())

    return sign
