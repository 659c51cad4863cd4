"""Bodies of the endpoint: `{"instances": [...]}` JSON, JSON Lines or CSV in, one document a record out."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import orjson

from core.errors import BadInput
from models.embedder import DIMENSIONS
from serve.media import CSV, FLOATS, JSON, LINES, NPY, ContentType


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that cannot be read; it takes its place among the results with this message."""

    message: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """Records in order, the options beside them, and the media type of the reply."""

    records: Sequence[Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    reply_type: str = JSON


@dataclass(frozen=True, slots=True)
class Answer:
    """One document a record, in order and in the reply's form; `notes` is what that form has no place for."""

    documents: list[bytes]
    notes: str = ""


class Frame(NamedTuple):
    """The bytes around and between documents."""

    opening: bytes
    separator: bytes
    closing: bytes


def read_invocation(body: bytes, content_type: ContentType, reply_type: str) -> Invocation:
    """Parse a body; BadInput when the envelope itself cannot be read, a bad record becomes Unreadable in its place."""
    if content_type.name in LINES:
        lines = [line for line in body.split(b"\n") if line.strip()]
        return Invocation([_read_line(line) for line in lines], reply_type=reply_type)
    if content_type.name == CSV:
        return Invocation(list(_read_csv(body, content_type.has_header)), reply_type=reply_type)
    try:
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadInput(f"the body is not JSON: {error}", code="bad_json") from error
    if not isinstance(envelope, dict) or not isinstance(envelope.get("instances"), list):
        raise BadInput('the body must be an object with a list "instances"', code="bad_envelope")
    options = {name: value for name, value in envelope.items() if name != "instances"}
    return Invocation(envelope["instances"], options, reply_type)


def frame_of(reply_type: str, count: int) -> Frame:
    """Return what surrounds `count` documents of a media type."""
    if reply_type in LINES:
        return Frame(b"", b"\n", b"\n" if count else b"")
    if reply_type == FLOATS:
        return Frame(b"", b"", b"")
    if reply_type == NPY:
        file = io.BytesIO()
        layout = {"descr": "<f4", "fortran_order": False, "shape": (count, DIMENSIONS)}
        np.lib.format.write_array_header_1_0(file, layout)
        return Frame(file.getvalue(), b"", b"")
    return Frame(b'{"predictions":[', b",", b"]}")


def write_reply(documents: Sequence[bytes], reply_type: str) -> bytes:
    """Join one document a record into a body."""
    frame = frame_of(reply_type, len(documents))
    return frame.opening + frame.separator.join(documents) + frame.closing


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


def _read_csv(body: bytes, has_header: bool) -> Iterator[Any]:
    """Yield an object a row by the names in the header, empty cells left out; without a header, each row's one cell."""
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise BadInput(f"the body is not UTF-8: {error.reason}", code="bad_csv") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    names = next(rows, []) if has_header else None
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            # The reader goes on with the next line.
            yield Unreadable(f"the row is not CSV: {error}")
            continue
        if row:
            yield _record(row, names)


def _record(row: list[str], names: list[str] | None) -> Any:
    if names is None:
        return row[0] if len(row) == 1 else Unreadable("a row of several cells needs header=present")
    if len(row) != len(names):
        return Unreadable(f"the row has {len(row)} cells, the header {len(names)}")
    return {name: cell for name, cell in zip(names, row, strict=True) if cell}
