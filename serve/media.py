"""Media types of bodies: what a request is in, and what its reply shall be in (content negotiation of RFC 9110)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message

from core.errors import BadInput, UnsupportedFormat

JSON = "application/json"
JSON_LINES = "application/jsonlines"
CSV = "text/csv"
NPY = "application/x-npy"
FLOATS = "application/octet-stream"

LINES = (JSON_LINES, "application/x-jsonlines", "application/jsonl", "application/x-ndjson")
TEXTS = (JSON, *LINES)
# Vectors as float32, little-endian, one row a record: a NumPy file, or the bare numbers.
BINARY = (NPY, FLOATS)


@dataclass(frozen=True, slots=True)
class ContentType:
    """A media type in lower case, and whether its CSV starts with names of columns."""

    name: str
    has_header: bool = False

    @classmethod
    def of(cls, header: str) -> ContentType:
        """Read a Content-Type, JSON when there is none; UnsupportedFormat when it is not one we read."""
        message = Message()
        message["content-type"] = header or JSON
        name = message.get_content_type()
        if name not in (*TEXTS, CSV):
            raise UnsupportedFormat(
                f"content type {header[:100]!r} is not read here; send {JSON}, {JSON_LINES} or {CSV}"
            )
        if (message.get_content_charset() or "utf-8") not in ("utf-8", "us-ascii"):
            raise UnsupportedFormat("text is read as UTF-8 only")
        return cls(name, message.get_param("header") == "present")


def negotiate(accept: str, request: ContentType, offered: Sequence[str]) -> str:
    """Return what is offered and liked best, in doubt the request's own form; UnsupportedFormat when nothing fits."""
    default = request.name if request.name in LINES else JSON
    ranges = [_read_range(one) for one in (accept or "*/*").split(",") if one.strip()]
    liked = {name: _quality(name, ranges) for name in (default, *offered)}
    best = max(liked, key=lambda name: liked[name])
    if not liked[best]:
        raise UnsupportedFormat(f"nothing that {accept[:100]!r} accepts is written here; ask for {_listed(offered)}")
    return best


def _quality(name: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return how much a type is liked: what its closest range says, 0 when it is in none."""
    for pattern in (name, name.partition("/")[0] + "/*", "*/*"):
        for found, quality in ranges:
            if found == pattern:
                return quality
    return 0.0


def _read_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((one.removeprefix("q=") for one in parameters if one.startswith("q=")), "1")
    try:
        value = float(quality)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadInput(f"Accept: {quality[:20]!r} is no number from 0 to 1", code="bad_header")
    return name, value


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name not in LINES[1:])
