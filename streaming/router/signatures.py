"""Story signatures: unit vectors on the wire as base64 of little-endian float16, compared by their cosine."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from core.errors import BadInput

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Story:
    """A client's story: known by its first article, found by that article's signature."""

    story_id: UUID
    client_id: str
    first_article_id: str
    headline: str
    signature: bytes
    vector: Vector
    first_seen_at: datetime
    last_seen_at: datetime


def decode(signature: str) -> bytes:
    """Return the float16 bytes of a base64 signature; BadInput when it is no vector with a direction."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise BadInput("signature is not base64", code="bad_signature_vector") from None
    to_vector(raw)
    return raw


def to_vector(raw: bytes) -> Vector:
    """Return float16 bytes as a float32 vector of unit length; BadInput when it has no direction."""
    if not raw or len(raw) % 2:
        raise BadInput("signature is not a float16 vector", code="bad_signature_vector")
    vector = np.frombuffer(raw, dtype="<f2").astype(np.float32)
    length = float(np.linalg.norm(vector))
    if not np.isfinite(length) or length == 0.0:
        raise BadInput("signature has no direction", code="bad_signature_vector")
    unit: Vector = vector / np.float32(length)
    return unit


def most_similar(stories: Iterable[Story], vector: Vector, *, similarity_from: float, since: datetime) -> Story | None:
    """Return the story closest to `vector` among those seen at or after `since`; the older one on a tie.

    Signatures of another length come from another embedder and cannot be compared: they match nothing.
    """
    recent = [story for story in stories if story.last_seen_at >= since and story.vector.size == vector.size]
    if not recent:
        return None
    recent.sort(key=lambda story: (story.first_seen_at, story.story_id))
    similarities = np.stack([story.vector for story in recent]) @ vector
    best = int(np.argmax(similarities))
    return recent[best] if similarities[best] >= similarity_from else None
