"""What can be killed: the processes of each target at this moment."""

from __future__ import annotations

import psutil

from ops.drill.product import Product

SUPERVISED = ("kafka", "redis", "postgres", "router", "api")
TARGETS = (*SUPERVISED, "stream", "serve-replica", "serve-proxy")


def candidates(product: Product, target: str) -> list[psutil.Process]:
    """Return the processes that do the target's work now.

    `stream` is the Spark driver's JVM. The replicas of the endpoint listen for HTTP themselves, on one port: they are
    the `serve-replica`s, and all of them together what a proxy is elsewhere.
    """
    if target in SUPERVISED:
        pid = product.process(target).pid
        return [psutil.Process(pid)] if pid is not None else []
    if target == "stream":
        return [child for child in _descendants(product, "stream") if child.name() == "java"]
    port = product.settings.endpoint_port
    return [child for child in _descendants(product, "ray") if _listens(child, port)]


def victims(product: Product, target: str) -> list[psutil.Process]:
    """Return those of the candidates that one kill takes: one replica, otherwise all."""
    found = candidates(product, target)
    return found[:1] if target == "serve-replica" else found


def _descendants(product: Product, name: str) -> list[psutil.Process]:
    pid = product.process(name).pid
    return psutil.Process(pid).children(recursive=True) if pid is not None else []


def _listens(process: psutil.Process, port: int) -> bool:
    try:
        sockets = process.net_connections("tcp")
    except psutil.Error:
        return False
    return any(one.status == psutil.CONN_LISTEN and one.laddr.port == port for one in sockets)
