"""The Ray Serve application: `enrich` with the HTTP face and the hot path in process, and the direct targets.

Imported by the Serve controller as `serve.app:build_app`; settings come from the head's environment.
"""

from __future__ import annotations

from typing import Any

from ray import serve
from ray.serve import Application, Deployment
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError, RayServeException
from ray.serve.handle import DeploymentHandle

from clients.aws_auth import KeyRing, Verifier
from clients.iam import Policies
from clients.s3 import Store
from core.errors import DependencyUnavailable, ModelFailure, Overloaded, TiplineError
from core.logs import configure_logs
from core.settings import Settings, load_settings
from models.enrich import Enricher
from serve.async_queue import AsyncQueue
from serve.async_worker import AsyncWorker
from serve.coalescing import CoalescingEncoder
from serve.ingress import Asynchronous, Container, Limits, RuntimeApi, create_app
from serve.listener import Listener
from serve.loading import embedder_of, live_resolver_of, summarizer_of
from serve.loopback import confine_to_node_address
from serve.protocol import Answer, Invocation
from serve.slots import RUNNING, WAITING, Slots
from serve.targets import (
    EMBEDDER,
    ENRICH,
    ENTITY_RESOLVER,
    SUMMARIZER,
    EmbedderTarget,
    EnrichTarget,
    ResolverTarget,
    SummarizerTarget,
)  # fmt: skip

# Fractions of a core, so that everything fits on two: a promise to the scheduler, not a limit.
CPUS = {ENRICH: 0.4, ENTITY_RESOLVER: 0.4, SUMMARIZER: 0.3, EMBEDDER: 0.4}
# What a restart may cost: how often health is asked, and how long an answer may take, in seconds.
HEALTH: dict[str, Any] = {"health_check_period_s": 2, "health_check_timeout_s": 10, "graceful_shutdown_timeout_s": 25}
# Requests of the embedder that share passes, a thread each.
COALESCED = 32
# The replicas of a new version answer before an old one ends.
SURGE: dict[str, Any] = {"max_surge_percent": 100, "graceful_shutdown_wait_loop_s": 0.5}
# How long a front door waits for its book before it takes requests without one.
BOOK_WITHIN_S = 10.0
# The direct targets are off the hot path: none runs until it is asked for, and an idle one ends after ten minutes.
ON_DEMAND = {
    "min_replicas": 0, "initial_replicas": 0, "max_replicas": 2,
    "upscale_delay_s": 0.1, "downscale_delay_s": 600, "look_back_period_s": 2, "metrics_interval_s": 1,
}  # fmt: skip


class EnrichReplica:
    """One front door: HTTP, and resolver, embedder and summarizer in this process."""

    def __init__(self, others: dict[str, DeploymentHandle[Any]], summarizer: str) -> None:
        settings = _settings(ENRICH, summarizer)
        embedder = embedder_of(settings)
        self._live = live_resolver_of(settings)
        enricher = Enricher(self._live, embedder, summarizer_of(settings, embedder))
        self._target = EnrichTarget(enricher, settings)
        self._slots = Slots(running=RUNNING, waiting=WAITING)
        self._others = others
        container = Container(ready=lambda: self._live.ready, invoke=self._invoke, limits=Limits.of(settings))
        runtime = RuntimeApi(
            container,
            endpoint_name=settings.endpoint_name,
            verifier=Verifier(KeyRing.of(settings), settings.aws_region),
            policies=Policies.read(settings.aws_region),
            asynchronous=Asynchronous(AsyncQueue(settings), settings.async_bucket),
        )
        self._worker = AsyncWorker(settings, AsyncQueue(settings), Store(settings), self._invoke)
        self._worker.start()
        app = create_app(container, runtime)
        self._live.wait(BOOK_WITHIN_S)
        self._listener = Listener(app, settings)
        self._listener.start()

    def check_health(self) -> None:
        """Fail when the HTTP server died, so that Serve replaces this replica."""
        if not self._listener.alive:
            raise DependencyUnavailable("the HTTP server of this replica ended")

    async def _invoke(self, target: str, invocation: Invocation) -> Answer:
        if target == ENRICH:
            return await self._slots.run(lambda: self._target.answer(invocation))
        try:
            reply: Answer = await self._others[target].answer.remote(invocation)
        except BackPressureError as error:
            raise Overloaded(f"{target} is at capacity", retry_after_s=1) from error
        except (DeploymentUnavailableError, RayServeException) as error:
            raise DependencyUnavailable(f"{target} is not available") from error
        except Exception as error:
            raise _original(error) from error
        return reply

    def __del__(self) -> None:
        # Serve calls this when it stops a replica: finish what is in flight first.
        if hasattr(self, "_listener"):
            self._listener.stop()
            self._worker.stop()
            self._slots.close()
            self._live.stop()


class ResolverReplica:
    """The target `entity-resolver`."""

    def __init__(self) -> None:
        self._live = live_resolver_of(_settings(ENTITY_RESOLVER))
        self._target = ResolverTarget(self._live)

    def answer(self, invocation: Invocation) -> Answer:
        """Return one document a record."""
        return self._target.answer(invocation)


class SummarizerReplica:
    """The target `summarizer`."""

    def __init__(self, summarizer: str) -> None:
        settings = _settings(SUMMARIZER, summarizer)
        self._target = SummarizerTarget(summarizer_of(settings, embedder_of(settings)))

    def answer(self, invocation: Invocation) -> Answer:
        """Return one document a record."""
        return self._target.answer(invocation)


class EmbedderReplica:
    """The target `embedder`; Serve calls it in threads, whose texts share the engine's passes."""

    def __init__(self) -> None:
        self._target = EmbedderTarget(CoalescingEncoder(embedder_of(_settings(EMBEDDER))))

    def answer(self, invocation: Invocation) -> Answer:
        """Return one document a record."""
        return self._target.answer(invocation)


def build_app(args: dict[str, str]) -> Application:
    """Return the application graph; `args` name the summarizer, the settings how many front doors there are."""
    settings = load_settings("serve")
    others = {
        ENTITY_RESOLVER: _on_demand(ENTITY_RESOLVER, ResolverReplica).bind(),
        SUMMARIZER: _on_demand(SUMMARIZER, SummarizerReplica).bind(args["summarizer"]),
        EMBEDDER: _on_demand(EMBEDDER, EmbedderReplica, ongoing=COALESCED).bind(),
    }
    front = serve.deployment(
        name=ENRICH,
        num_replicas=settings.endpoint_replicas,
        max_ongoing_requests=RUNNING,
        ray_actor_options={"num_cpus": CPUS[ENRICH]},
        **HEALTH,
        **SURGE,
    )(EnrichReplica)
    return front.bind(others, args["summarizer"])


def _on_demand(name: str, replica: type[Any], *, ongoing: int = RUNNING * 2) -> Deployment:
    decorate = serve.deployment(
        name=name,
        autoscaling_config={**ON_DEMAND, "target_ongoing_requests": ongoing},
        max_ongoing_requests=ongoing,
        max_queued_requests=WAITING,
        ray_actor_options={"num_cpus": CPUS[name]},
        **HEALTH,
        **SURGE,
    )
    return decorate(replica)


def _settings(process: str, summarizer: str = "") -> Settings:
    """Prepare a replica's process: settings, with the deployed summarizer if it has one, logs, and where it listens."""
    settings = load_settings("serve", summarizer_model_path=summarizer or None)
    configure_logs(process, settings.log_level)
    confine_to_node_address()
    return settings


def _original(error: Exception) -> Exception:
    """Return the project's error that a remote replica raised, or a ModelFailure in its place."""
    cause = getattr(error, "cause", None)
    return cause if isinstance(cause, TiplineError) else ModelFailure("the model's replica failed")
