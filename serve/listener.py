"""A replica's own HTTP server: several replicas share one loopback port, and the kernel spreads the connections.

Ray's Python proxy costs about 9 ms a request and its HAProxy mode listens on every interface; a replica that listens
itself costs under 1 ms, and when one is killed the others go on accepting.
"""

from __future__ import annotations

import socket
import threading

import uvicorn
from fastapi import FastAPI

from core.settings import Settings
from core.tls import server_files

BACKLOG = 2048
KEEP_ALIVE_S = 90
GRACE_S = 20


class Listener:
    """Serves an ASGI application from a thread of its own."""

    def __init__(self, app: FastAPI, settings: Settings) -> None:
        self._socket = _shared_socket(settings.bind_host, settings.endpoint_port)
        config = uvicorn.Config(
            app,
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=GRACE_S,
            **server_files(settings),
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([self._socket],), name="http", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the server's thread still runs."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin to accept connections."""
        self._thread.start()

    def stop(self) -> None:
        """Stop accepting, finish the requests in flight, end the thread."""
        self._server.should_exit = True
        self._thread.join(timeout=GRACE_S + 5)
        self._socket.close()


def _shared_socket(host: str, port: int) -> socket.socket:
    shared = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    shared.bind((host, port))
    shared.listen(BACKLOG)
    return shared
