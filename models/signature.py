"""The story signature: one unit vector an article, by which the router sees that two outlets tell the same story."""

from __future__ import annotations

import base64

import numpy as np
import numpy.typing as npt

from models.summarizer_sentences import split_sentences

LEAD_SENTENCES = 2
SIGNATURE_TOKENS = 64


def signature_text(headline: str, body: str) -> str:
    """Return what is embedded: the headline and the first sentences, where news says what happened."""
    # The lead is within the first lines: a bounded prefix keeps a megabyte body cheap.
    lead = split_sentences(body[:4000])[:LEAD_SENTENCES]
    return " ".join([headline, *(span.text for span in lead)])


def sign(vector: npt.NDArray[np.float32]) -> str:
    """Encode a vector [d] as base64 of little-endian float16, scaled to unit length."""
    unit = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return base64.b64encode(unit.astype("<f2").tobytes()).decode("ascii")


def likeness(left: str, right: str) -> float:
    """Return the cosine of two signatures."""
    a, b = (np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32) for text in (left, right))
    return float(a @ b)
