"""What can be killed: each target's process at this moment."""

from __future__ import annotations

from collections.abc import Iterable

import psutil

from core.errors import NotFound
from ops.drill.product import Product

SUPERVISED = ("kafka", "redis", "postgres", "router", "api")
TARGETS = (*SUPERVISED, "stream", "serve-replica", "serve-proxy")
REPLICA_TITLE = "ray::ServeReplica"


def victim(product: Product, target: str) -> psutil.Process:
    """Return the process to kill; NotFound while there is none.

    `stream` is the Spark driver's JVM. `serve-proxy` is the Ray process that listens for requests; `serve-replica` is
    another one, that only works.
    """
    if target in SUPERVISED:
        return psutil.Process(_pid(product, target))
    if target == "stream":
        return _first(child for child in _descendants(product, "stream") if child.name() == "java")
    listener = _listener(product)
    if target == "serve-proxy":
        return listener
    return _first(child for child in _replicas(product) if child != listener)


def _listener(product: Product) -> psutil.Process:
    port = product.settings.endpoint_port
    return _first(child for child in _descendants(product, "ray") if _listens(child, port))


def _replicas(product: Product) -> list[psutil.Process]:
    return [child for child in _descendants(product, "ray") if _title(child).startswith(REPLICA_TITLE)]


def _pid(product: Product, name: str) -> int:
    pid = product.process(name).pid
    if pid is None:
        raise NotFound(f"{name} does not run")
    return pid


def _descendants(product: Product, name: str) -> list[psutil.Process]:
    try:
        return psutil.Process(_pid(product, name)).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        sockets = process.net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def _first(processes: Iterable[psutil.Process]) -> psutil.Process:
    found = next(iter(processes), None)
    if found is None:
        raise NotFound("no such process now")
    return found
