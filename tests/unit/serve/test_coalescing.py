"""Requests share passes, each gets its own texts back, and fails alone."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from models.embedder import DIMENSIONS, Embeddings
from serve.coalescing import MOST_TEXTS, CoalescingEncoder


class Engine:
    """Writes a text's length into its vector; the first pass waits until it may go on, `broken` breaks a pass."""

    def __init__(self) -> None:
        self.passes: list[list[str]] = []
        self.entered, self.may_go_on = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str], *, max_tokens: int = 0) -> Embeddings:
        self.passes.append(list(texts))
        self.entered.set()
        self.may_go_on.wait()
        if "broken" in texts:
            raise ValueError("a text that the engine cannot read")
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        vectors[:, 0] = [len(text) for text in texts]
        return Embeddings(vectors, tuple(len(text) > max_tokens for text in texts))


def lengths(found: Embeddings) -> list[int]:
    return [int(number) for number in found.vectors[:, 0]]


def test_what_comes_while_the_engine_is_busy_shares_the_next_pass() -> None:
    engine = Engine()
    encoder = CoalescingEncoder(engine)
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(encoder.encode, ["a"], max_tokens=3)
        engine.entered.wait()
        others = [pool.submit(encoder.encode, ["b" * n, "c" * (n + 1)], max_tokens=3) for n in range(1, 6)]
        shorter = pool.submit(encoder.encode, ["short"], max_tokens=2)
        while len(encoder._waiting) < 6:
            pass
        engine.may_go_on.set()
        assert [lengths(one.result()) for one in others] == [[n, n + 1] for n in range(1, 6)]
        assert others[2].result().truncated == (False, True)
        assert (lengths(first.result()), lengths(shorter.result())) == ([1], [5])
    # Requests for another length of text cannot share a pass; nothing else was computed on its own.
    assert len(engine.passes) <= 4


def test_a_request_that_breaks_the_pass_fails_alone() -> None:
    engine = Engine()
    encoder = CoalescingEncoder(engine)
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(encoder.encode, ["a"])
        engine.entered.wait()
        good, bad = pool.submit(encoder.encode, ["bb"]), pool.submit(encoder.encode, ["broken"])
        while len(encoder._waiting) < 2:
            pass
        engine.may_go_on.set()
        assert (lengths(first.result()), lengths(good.result())) == ([1], [2])
        with pytest.raises(ValueError, match="cannot read"):
            bad.result()


def test_a_large_request_is_a_pass_of_its_own() -> None:
    engine = Engine()
    engine.may_go_on.set()
    encoder = CoalescingEncoder(engine)
    assert len(lengths(encoder.encode(["text"] * MOST_TEXTS))) == MOST_TEXTS
    assert lengths(encoder.encode(["one"])) == [3]
