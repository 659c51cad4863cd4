"""Builds the models of a replica from the settings."""

from __future__ import annotations

import os
from collections.abc import Sequence

from core.logs import get_logger
from core.settings import Settings
from models.embedder import Embedder
from models.embedder_loading import load_embedder
from models.registry import RegistryEntry, compile_registry
from models.resolver import Resolver
from models.summarizer import ExtractiveSummarizer, Ranking, Summarizer
from serve.book_source import source_of
from serve.live_resolver import LiveResolver
from serve.model_versions import RANKING

log = get_logger(__name__)


def embedder_of(settings: Settings) -> Embedder:
    """Load the embedder and say which engine was chosen, and why."""
    embedder = load_embedder(settings.embedder_engine, threads=min(2, os.cpu_count() or 1))
    log.info("embedder_loaded", engine=embedder.engine_name, why=embedder.why)
    return embedder


def summarizer_of(settings: Settings, embedder: Embedder) -> Summarizer:
    """Return what is at the configured path: a ranking for the extractive summarizer, or a seq2seq model beside it."""
    path = settings.summarizer_model_path
    extractive = ExtractiveSummarizer(embedder)
    if path is None:
        return extractive
    if (path / RANKING).is_file():
        return ExtractiveSummarizer(embedder, f"extractive-{path.name}", Ranking.read(path / RANKING))
    # torch and transformers cost seconds and hundreds of megabytes: only where a model is configured.
    from models.summarizer_seq2seq import Seq2SeqSummarizer

    return Seq2SeqSummarizer(path, extractive)


def live_resolver_of(settings: Settings) -> LiveResolver:
    """Return the resolver of the configured book, following its changes."""
    live = LiveResolver(source_of(settings), _build, poll_s=settings.registry_poll_s)
    live.start()
    return live


def _build(entries: Sequence[RegistryEntry], version: str) -> Resolver:
    return Resolver(compile_registry(entries, version))
