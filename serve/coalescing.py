"""Requests that arrive while the engine is busy share its next pass: what makes single texts cheap under load."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from models.embedder import MAX_TOKENS, Embeddings
from models.summarizer import TextEncoder

# Texts of one pass: enough to fill batches of equal length, few enough that nobody waits long for others' texts.
MOST_TEXTS = 128


@dataclass(slots=True)
class _Waiting:
    texts: Sequence[str]
    max_tokens: int
    done: Future[Embeddings] = field(default_factory=Future)


class CoalescingEncoder:
    """An encoder for many threads: whoever gets the engine encodes for all who wait, in the order they came."""

    def __init__(self, encoder: TextEncoder) -> None:
        self._encoder = encoder
        self._waiting: deque[_Waiting] = deque()
        self._engine = threading.Lock()

    def encode(self, texts: Sequence[str], *, max_tokens: int = MAX_TOKENS) -> Embeddings:
        """Return the unit vectors of the texts; blocks until a pass with them in it is done."""
        if len(texts) >= MOST_TEXTS:
            # A pass of its own anyway, and the embedder lets others in between its batches.
            return self._encoder.encode(texts, max_tokens=max_tokens)
        own = _Waiting(texts, max_tokens)
        self._waiting.append(own)
        with self._engine:
            while not own.done.done():
                self._run(self._next_pass())
        return own.done.result()

    def _next_pass(self) -> list[_Waiting]:
        """Take as many requests from the front as fit together."""
        taken = [self._waiting.popleft()]
        size = len(taken[0].texts)
        while self._waiting and self._waiting[0].max_tokens == taken[0].max_tokens:
            size += len(self._waiting[0].texts)
            if size > MOST_TEXTS:
                break
            taken.append(self._waiting.popleft())
        return taken

    def _run(self, taken: Sequence[_Waiting]) -> None:
        try:
            found = self._encoder.encode([text for one in taken for text in one.texts], max_tokens=taken[0].max_tokens)
        except Exception as error:
            if len(taken) == 1:
                taken[0].done.set_exception(error)
            for one in taken if len(taken) > 1 else ():
                # Only the request that is at fault fails.
                self._run([one])
            return
        start = 0
        for one in taken:
            end = start + len(one.texts)
            one.done.set_result(Embeddings(found.vectors[start:end], found.truncated[start:end]))
            start = end
