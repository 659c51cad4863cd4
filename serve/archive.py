"""What an unpacked `model.tar.gz` has files for, loaded: the targets of a container."""

from __future__ import annotations

from pathlib import Path

from core.errors import BadInput, ConfigurationError, DependencyUnavailable
from core.settings import Settings
from models.embedder import Embedder
from models.enrich import Enricher
from serve.live_resolver import LiveResolver
from serve.loading import live_resolver_of, summarizer_of
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
    Target,
)

REGISTRY, SUMMARIZER_MODEL = "registry.jsonl", "summarizer"
# How long the first reading of the registry may take.
BOOK_WITHIN_S = 60.0


def files_of(model: Path) -> dict[str, Path | None]:
    """Return the settings that the files of a model archive stand for."""
    registry, summarizer = model / REGISTRY, model / SUMMARIZER_MODEL
    return {
        "registry_file": registry if registry.is_file() else None,
        "summarizer_model_path": summarizer if summarizer.is_dir() else None,
    }


class ArchiveModels:
    """Every target that the model archive has files for; they load after the server has begun to answer `/ping`."""

    def __init__(self) -> None:
        self._targets: dict[str, Target] = {}
        self._resolver: LiveResolver | None = None
        self._slots = Slots(running=RUNNING, waiting=WAITING)

    @property
    def ready(self) -> bool:
        """Whether everything is loaded, the registry too."""
        return bool(self._targets) and (self._resolver is None or self._resolver.ready)

    def load(self, settings: Settings, embedder: Embedder) -> None:
        """Load what is there; ConfigurationError when the target that `/invocations` serves is not."""
        summarizer = summarizer_of(settings, embedder)
        targets: dict[str, Target] = {
            SUMMARIZER: SummarizerTarget(summarizer),
            EMBEDDER: EmbedderTarget(embedder),
        }
        if settings.registry_file is not None:
            self._resolver = live_resolver_of(settings)
            self._resolver.wait(BOOK_WITHIN_S)
            targets[ENTITY_RESOLVER] = ResolverTarget(self._resolver)
            targets[ENRICH] = EnrichTarget(Enricher(self._resolver, embedder, summarizer), settings)
        if settings.container_target not in targets:
            raise ConfigurationError(f"{settings.container_target} needs {REGISTRY} in the model archive.")
        self._targets = targets

    async def invoke(self, target: str, invocation: Invocation) -> Answer:
        """Answer in a worker thread; DependencyUnavailable before the models are loaded."""
        if not self._targets:
            raise DependencyUnavailable("the models are being loaded", retry_after_s=1)
        if target not in self._targets:
            raise BadInput(f"target model must be one of {', '.join(self._targets)}", code="unknown_target")
        found = self._targets[target]
        return await self._slots.run(lambda: found.answer(invocation))

    def close(self) -> None:
        """Finish what runs."""
        self._slots.close()
        if self._resolver is not None:
            self._resolver.stop()
