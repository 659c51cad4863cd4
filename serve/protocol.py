"""Request and reply bodies of the endpoint: `{"instances": [...]}` JSON, or JSON Lines with one record a line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from core.errors import BadInput, UnsupportedFormat

JSON = "application/json"
JSON_LINES = "application/jsonlines"
_JSON_LINES_NAMES = frozenset({JSON_LINES, "application/x-jsonlines", "application/jsonl", "application/x-ndjson"})


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that is not JSON; it takes its place among the results with this message."""

    message: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """Records in order, and the options beside them."""

    records: Sequence[Any]
    media_type: str
    options: Mapping[str, Any] = field(default_factory=dict)


def read_invocation(body: bytes, content_type: str) -> Invocation:
    """Parse a body; BadInput when the envelope itself cannot be read, UnsupportedFormat for another content type."""
    media_type = content_type.partition(";")[0].strip().lower() or JSON
    if media_type in _JSON_LINES_NAMES:
        lines = [line for line in body.split(b"\n") if line.strip()]
        return Invocation([_read_line(line) for line in lines], JSON_LINES)
    if media_type != JSON:
        raise UnsupportedFormat(f"content type {media_type[:100]!r} is not read here; send {JSON} or {JSON_LINES}")
    try:
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is not JSON: {error}", code="bad_json") from error
    if not isinstance(envelope, dict) or not isinstance(envelope.get("instances"), list):
        raise BadInput('the body must be an object with a list "instances"', code="bad_envelope")
    options = {name: value for name, value in envelope.items() if name != "instances"}
    return Invocation(envelope["instances"], JSON, options)


def write_reply(results: Sequence[bytes], media_type: str) -> bytes:
    """Join one JSON document a record into a body of the request's own media type."""
    if media_type == JSON_LINES:
        return b"".join(result + b"\n" for result in results)
    return b'{"predictions":[' + b",".join(results) + b"]}"


def fraction_option(options: Mapping[str, Any], name: str, default: float) -> float:
    """Return an option between 0 and 1, or the default when it is absent; BadInput when it is anything else."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadInput(f"option {name!r} must be a number between 0 and 1", code="bad_option")
    return float(value)


def count_option(options: Mapping[str, Any], name: str, default: int, most: int) -> int:
    """Return an option from 1 to `most`, or the default when it is absent; BadInput when it is anything else."""
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadInput(f"option {name!r} must be a whole number from 1 to {most}", code="bad_option")
    return value


def _read_line(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Unreadable(f"the line is not JSON: {error}")
