"""Sentence embeddings by all-MiniLM-L6-v2: list of texts in, unit vectors out."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

DIMENSIONS = 384
MAX_TOKENS = 256
# Batches of about this many padded tokens stay in the L2 cache: larger ones measured 20-40 % slower on CPU.
TOKEN_BUDGET = 1024
# The tokenizer sees at most this many characters a token: bounds the work on hostile texts.
CHARACTERS_PER_TOKEN = 24

Vectors = npt.NDArray[np.float32]


class Engine(Protocol):
    """Token ids and mask, both [n, length] int64, to unit vectors [n, 384]."""

    name: str

    def run(self, ids: npt.NDArray[np.int64], mask: npt.NDArray[np.int64]) -> Vectors:
        """Return one unit vector a row."""
        ...


@dataclass(frozen=True, slots=True)
class Embeddings:
    """Unit vectors [n, 384] in the order of the texts, and which texts were longer than the model reads."""

    vectors: Vectors
    truncated: tuple[bool, ...]


class Embedder:
    """Encodes texts by length-sorted batches under a token budget; safe to call from several threads."""

    def __init__(self, engine: Engine, tokenizer: Tokenizer, *, why: str) -> None:
        self.engine_name = engine.name
        self.why = why
        self._engine = engine
        self._tokenizer = tokenizer
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str], *, max_tokens: int = MAX_TOKENS) -> Embeddings:
        """Return the unit vectors of the texts; a text beyond `max_tokens` is cut there and reported."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        if len(places) < len(texts):
            # Agencies' headlines come many times over: the same text is computed once.
            unique, rows = self.encode(list(places), max_tokens=max_tokens), [places[text] for text in texts]
            return Embeddings(unique.vectors[rows], tuple(unique.truncated[row] for row in rows))
        limit_characters = max_tokens * CHARACTERS_PER_TOKEN
        encoded = self._tokenizer.encode_batch([text[:limit_characters] for text in texts])
        tokens = [_clip(encoding.ids, max_tokens) for encoding in encoded]
        truncated = tuple(
            len(encoding.ids) > max_tokens or len(text) > limit_characters
            for encoding, text in zip(encoded, texts, strict=True)
        )
        vectors = np.empty((len(tokens), DIMENSIONS), dtype=np.float32)
        for batch in plan_batches([len(row) for row in tokens]):
            ids, mask = _pad([tokens[index] for index in batch])
            with self._lock:
                vectors[batch] = self._engine.run(ids, mask)
        return Embeddings(vectors, truncated)


def plan_batches(lengths: Sequence[int]) -> list[list[int]]:
    """Group row indices, longest first, so that each padded batch holds at most TOKEN_BUDGET tokens (or one row)."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    batches: list[list[int]] = []
    for index in order:
        if batches and lengths[batches[-1][0]] * (len(batches[-1]) + 1) <= TOKEN_BUDGET:
            batches[-1].append(index)
        else:
            batches.append([index])
    return batches


def _clip(ids: list[int], max_tokens: int) -> list[int]:
    # The last token is [SEP], which the model expects at the end of a cut text too.
    return ids if len(ids) <= max_tokens else [*ids[: max_tokens - 1], ids[-1]]


def _pad(rows: Sequence[list[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    width = max(len(row) for row in rows)
    ids = np.zeros((len(rows), width), dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return ids, mask
