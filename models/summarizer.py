"""Extractive summaries: sentences of the article, picked by closeness to its title and subject, without repetition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import ConfigurationError
from core.events import SummarySentence
from models.embedder import Embeddings
from models.summarizer_sentences import Span, split_sentences

VERSION = "extractive-1"
# Ranked by embedding: the lead, and the best of the rest by cheap word overlap; with so many tokens of each read,
# an article of any length costs about 250 tokens.
LEAD_SENTENCES = 5
OTHER_SENTENCES = 2
SENTENCE_TOKENS = 32
REDUNDANT_FROM = 0.88
SHORTEST_CHARACTERS = 25

Vectors = npt.NDArray[np.float32]


class Ranking(BaseModel):
    """Weights of closeness to title and subject and of early place, and of the penalty for what was already said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: float = Field(default=0.45, ge=0, le=1)
    centroid: float = Field(default=0.35, ge=0, le=1)
    lead: float = Field(default=0.20, ge=0, le=1)
    redundancy: float = Field(default=0.5, ge=0, le=1)

    @classmethod
    def read(cls, file: Path) -> Self:
        """Read the weights from JSON; ConfigurationError names what is wrong."""
        try:
            return cls.model_validate_json(file.read_bytes())
        except (OSError, ValidationError) as error:
            raise ConfigurationError(f"{file} is no ranking of sentences: {error}") from error


# What the product comes with.
RANKING = Ranking()


class TextEncoder(Protocol):
    """What a summarizer needs of the embedder."""

    def encode(self, texts: Sequence[str], *, max_tokens: int = ...) -> Embeddings:
        """Return unit vectors of the texts."""
        ...


class Summarizer(Protocol):
    """Headline and body in, at most `sentences` sourced sentences out."""

    @property
    def version(self) -> str:
        """Which summarizer this is."""
        ...

    def summarize(
        self, article_id: str, headline: str, body: str, *, sentences: int = ...
    ) -> tuple[SummarySentence, ...]:
        """Return the summary in the order of the article; empty only when the article has no words."""
        ...


@dataclass(frozen=True, slots=True)
class ExtractiveSummarizer:
    """Ranks a bounded set of candidate sentences with one embedding call and picks them greedily."""

    encoder: TextEncoder
    version: str = VERSION
    ranking: Ranking = RANKING

    def summarize(
        self, article_id: str, headline: str, body: str, *, sentences: int = 3
    ) -> tuple[SummarySentence, ...]:
        """Return up to `sentences` sentences of the body in order, with their spans in headline + newline + body."""
        text = f"{headline}\n{body}"
        found = split_sentences(text, start=len(headline) + 1)
        candidates = choose_candidates(headline, found)
        if not candidates:
            candidates = split_sentences(text)[:1]
        if len(candidates) > 1:
            vectors = self.encoder.encode(
                [headline, *(span.text for span in candidates)], max_tokens=SENTENCE_TOKENS
            ).vectors
            picked = pick_sentences(vectors[0], vectors[1:], sentences, self.ranking)
            candidates = [candidates[index] for index in sorted(picked)]
        return tuple(
            SummarySentence(text=span.text, source_ids=(article_id,), start=span.start, end=span.end)
            for span in candidates[:sentences]
        )


def choose_candidates(headline: str, spans: Sequence[Span]) -> list[Span]:
    """Return the first sentences and those of the rest that share most words with the headline, in text order."""
    worth = [span for span in spans if len(span.text) >= SHORTEST_CHARACTERS] or list(spans)
    lead, rest = worth[:LEAD_SENTENCES], worth[LEAD_SENTENCES:]
    title_words = _content_words(headline)
    scored = sorted(range(len(rest)), key=lambda index: (-_overlap(title_words, rest[index].text), index))
    chosen = [rest[index] for index in sorted(scored[:OTHER_SENTENCES])]
    return [*lead, *chosen]


def pick_sentences(title: Vectors, vectors: Vectors, limit: int, ranking: Ranking) -> list[int]:
    """Return indices of up to `limit` rows by maximal marginal relevance; near-repeats of a picked row are left out."""
    centroid = vectors.mean(axis=0)
    centroid = centroid / max(float(np.linalg.norm(centroid)), 1e-9)
    position = 1.0 / (1.0 + np.arange(len(vectors)))
    score = ranking.title * (vectors @ title) + ranking.centroid * (vectors @ centroid) + ranking.lead * position
    likeness = vectors @ vectors.T
    picked: list[int] = []
    while len(picked) < min(limit, len(vectors)):
        closest = likeness[:, picked].max(axis=1) if picked else np.zeros(len(vectors), dtype=np.float32)
        gain = score - ranking.redundancy * closest
        gain[closest >= REDUNDANT_FROM] = -np.inf
        gain[picked] = -np.inf
        best = int(gain.argmax())
        if not np.isfinite(gain[best]):
            break
        picked.append(best)
    return picked


def _content_words(text: str) -> frozenset[str]:
    return frozenset(word for word in text.lower().split() if len(word) > 3)


def _overlap(title_words: frozenset[str], text: str) -> float:
    words = _content_words(text)
    return len(words & title_words) / (len(words) ** 0.5) if words else 0.0
