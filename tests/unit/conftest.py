"""Unit tests are quick and alone: Ray, Spark and sockets raise here, whoever reaches for them."""

from __future__ import annotations

import socket
import sys
from typing import Any, NoReturn

import pytest
import structlog

from core.logs import describe_exception


def _forbidden(*_args: Any, **_kwargs: Any) -> NoReturn:
    raise AssertionError("a unit test reached for the network, Ray or Spark; it belongs in tests/integration")


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Block connections and listeners, but leave the socket pair inside asyncio's event loop alone."""
    monkeypatch.setattr(socket.socket, "connect", _forbidden)
    monkeypatch.setattr(socket.socket, "connect_ex", _forbidden)
    monkeypatch.setattr(socket.socket, "bind", _forbidden)
    monkeypatch.setattr(socket, "create_connection", _forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", _forbidden)
    # Importing Ray or Spark only to block them would cost seconds; a module not loaded cannot have started.
    for module, name in (("ray", "init"), ("pyspark.sql", "SparkSession"), ("pyspark", "SparkContext")):
        if module in sys.modules:
            monkeypatch.setattr(sys.modules[module], name, _forbidden)


@pytest.fixture(autouse=True)
def _plain_logs() -> None:
    """Log an exception as our processes do: by default structlog draws every local variable, 20 s for one defect."""
    renderer = structlog.processors.ExceptionRenderer(describe_exception)
    structlog.configure(processors=[renderer, structlog.processors.JSONRenderer()])
