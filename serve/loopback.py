"""Keeps a replica's own gRPC server on the node's address: Ray 2.60 binds it to every interface, with no setting."""

from __future__ import annotations

from importlib import import_module
from typing import Any

EVERY_INTERFACE = "[::]:"


def confine_to_node_address() -> None:
    """Make the gRPC server of this process listen on the node's address only; call it from a replica's constructor."""
    # Serve starts that server after the constructor has run, through this name in its module.
    replica: Any = import_module("ray.serve._private.replica")
    add_port = replica.add_port_to_grpc_server
    util: Any = import_module("ray.util")
    node_address: str = util.get_node_ip_address()

    def add_port_on_node(server: Any, address: str) -> Any:
        if address.startswith(EVERY_INTERFACE):
            address = f"{node_address}:{address.removeprefix(EVERY_INTERFACE)}"
        return add_port(server, address)

    replica.add_port_to_grpc_server = add_port_on_node
