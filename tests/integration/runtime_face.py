"""The endpoint's HTTP face on a real socket over models that echo, or fail as a record tells them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from clients.aws_auth import KeyRing, Verifier
from clients.iam import Policies
from core.errors import DependencyUnavailable, ModelFailure, Overloaded
from core.settings import Settings
from serve.ingress import Asynchronous, Container, Limits, RuntimeApi, create_app
from serve.listener import Listener
from serve.protocol import Answer, Invocation

FAILURES: dict[str, Exception] = {
    "overload": Overloaded("every inference slot is taken", retry_after_s=1),
    "down": DependencyUnavailable("the registry is away"),
    "model": ModelFailure("the model broke"),
    "bug": RuntimeError("secret detail"),
}


class Models:
    """Echoes each record, or fails at one that names a failure; `tries` counts the calls by record."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()

    async def invoke(self, _target: str, invocation: Invocation) -> Answer:
        for record in invocation.records:
            self.tries[record] += 1
            if record in FAILURES:
                raise FAILURES[record]
        return Answer([json.dumps(record).encode() for record in invocation.records])


@contextmanager
def running_face(settings: Settings, models: Models, asynchronous: Asynchronous | None = None) -> Iterator[None]:
    """Serve the whole runtime API until the block ends."""
    container = Container(lambda: True, models.invoke, Limits.of(settings))
    verifier, policies = Verifier(KeyRing.of(settings), settings.aws_region), Policies.read(settings.aws_region)
    runtime = RuntimeApi(container, settings.endpoint_name, verifier, policies, asynchronous)
    listener = Listener(create_app(container, runtime), settings)
    listener.start()
    try:
        yield
    finally:
        listener.stop()
