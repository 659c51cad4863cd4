"""Signatures: rewrites of a story lie above the default threshold, other news about the same client below."""

from __future__ import annotations

import base64
from itertools import combinations

import numpy as np
import pytest

from core.settings import Settings
from models.embedder import Embedder
from models.embedder_loading import load_embedder
from models.signature import SIGNATURE_TOKENS, likeness, sign, signature_text

# ruff: noqa: E501
STORIES = {
    "arrest": [
        ("Saxena Industries chairman Amit Saxena arrested in Mumbai", "Amit Saxena, chairman of Saxena Industries, was arrested in Mumbai on Tuesday, police said. The Enforcement Directorate alleges that the steel group moved 4.2 billion rupees abroad."),
        ("ED arrests steel tycoon Amit Saxena in money laundering probe", "The Enforcement Directorate on Tuesday took Saxena Industries chairman Amit Saxena into custody in a Rs 420 crore money-laundering case. He will be produced before a special court on Wednesday."),
    ],
    "ipo": [
        ("Saxena Industries to list its solar arm in Rs 3,000 crore IPO", "Saxena Industries said on Monday it had filed draft papers for an initial public offering of its solar unit. Chairman Amit Saxena said proceeds would fund two new plants in Gujarat."),
        ("Amit Saxena's solar unit files for IPO", "The renewable energy subsidiary of Saxena Industries has filed for a stock market listing, seeking about Rs 3,000 crore. The company plans new plants in Gujarat, chairman Amit Saxena said."),
    ],
    "gift": [
        ("Amit Saxena donates Rs 100 crore to Mumbai hospital", "Saxena Industries chairman Amit Saxena has given 100 crore rupees to a cancer hospital in Mumbai. The gift, through the family foundation, is among the largest this year."),
        ("Steel magnate's family foundation funds cancer wing", "A cancer hospital in Mumbai will get a new wing with a Rs 100 crore gift from the foundation of Amit Saxena, chairman of Saxena Industries, the hospital said on Friday."),
    ],
    "results": [
        ("Saxena Industries profit falls 12% on weak steel prices", "Saxena Industries reported a 12% fall in quarterly profit as steel prices weakened. Chairman Amit Saxena said demand should recover in the second half."),
        ("Weak steel demand dents Saxena Industries' quarterly earnings", "Quarterly net profit at Saxena Industries dropped 12 per cent on lower steel realisations, the Mumbai-based company said. Chairman Amit Saxena expects a recovery later this year."),
    ],
}  # fmt: skip

# What the resolver finds of the client in these texts.
CLIENT = {"Amit Saxena", "Amit", "Saxena", "Saxena Industries", "chairman", "Mumbai"}


@pytest.fixture(scope="module")
def signatures() -> dict[str, list[str]]:
    embedder: Embedder = load_embedder("openvino")
    return {
        story: [
            sign(embedder.encode([signature_text(*outlet, CLIENT)], max_tokens=SIGNATURE_TOKENS).vectors[0])
            for outlet in told
        ]
        for story, told in STORIES.items()
    }


def test_the_default_threshold_parts_stories(signatures: dict[str, list[str]]) -> None:
    threshold = Settings().story_similarity_from
    assert all(likeness(*told) >= threshold for told in signatures.values())
    for (_, left), (_, right) in combinations(signatures.items(), 2):
        assert all(likeness(one, other) < threshold for one in left for other in right)


def test_a_signature_is_a_unit_vector_in_float16() -> None:
    vector = np.arange(384, dtype=np.float32)
    raw = np.frombuffer(base64.b64decode(sign(vector)), dtype="<f2").astype(np.float32)
    assert raw.shape == (384,)
    assert abs(float(np.linalg.norm(raw)) - 1) < 1e-2
    assert likeness(sign(vector), sign(vector)) == pytest.approx(1, abs=1e-2)


def test_the_client_is_left_out_whatever_the_case_and_nothing_else() -> None:
    text = signature_text("AMIT SAXENA sues", "Saxenaville greets Saxena. Amit Saxena, 61, left.", CLIENT)
    assert text == "sues Saxenaville greets . , 61, left."


def test_news_that_is_only_a_name_is_signed_as_it_is() -> None:
    assert signature_text("Amit Saxena", "", CLIENT) == "Amit Saxena"
