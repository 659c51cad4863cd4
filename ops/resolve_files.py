"""The files of `tipline resolve`: articles in, mentions out, each as JSON Lines or CSV by the ending of its name."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from core.clock import utc_now
from core.errors import BadInput
from core.events import Article
from models.linking import LinkedMention
from models.text import MAX_CHARS

_NEEDED = ("id", "title", "text")
_OPTIONAL = ("language", "url", "publisher", "published_at")
_CELLS = (
    "start", "end", "text", "decision", "client_id", "identity", "aboutness", "relevance", "candidates", "why",
    "evidence",
)  # fmt: skip
CSV_HEADER = ("id", *_CELLS, "line", "error")


@dataclass(frozen=True, slots=True)
class Line:
    """An input record: the line it ends on, what it holds, and how far into the file it reaches, in bytes."""

    number: int
    content: bytes | dict[str, Any]
    size_bytes: int


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the records of a file, blank lines left out; BadInput when a CSV file lacks a column."""
    if path.suffix.lower() != ".csv":
        with path.open("rb") as lines:
            yield from (Line(n, line, len(line)) for n, line in enumerate(lines, start=1) if line.strip())
        return
    csv.field_size_limit(16 * MAX_CHARS)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines)
        if missing := [name for name in _NEEDED if name not in (rows.fieldnames or ())]:
            raise BadInput(f"{path.name} line 1: no column {', '.join(missing)}", code="bad_articles")
        for row in rows:
            yield Line(rows.line_num, row, sum(len(value.encode()) for value in row.values() if isinstance(value, str)))


def read_article(line: Line) -> Article:
    """Return the article of a record; BadInput says what is wrong with it."""
    try:
        record = orjson.loads(line.content) if isinstance(line.content, bytes) else line.content
    except orjson.JSONDecodeError as error:
        raise BadInput(f"not JSON: {error}", code="bad_json") from error
    if not isinstance(record, dict):
        raise BadInput("not an object", code="bad_record")
    if isinstance(record.get("id"), int):
        record["id"] = str(record["id"])
    for name in _NEEDED:
        if not isinstance(record.get(name), str):
            raise BadInput(f"{name!r} must be a string", code="bad_record")
    known = {name: record[name] for name in _OPTIONAL if record.get(name)}
    try:
        return Article(
            article_id=record["id"], provider="batch", revision=0, received_at=utc_now(), headline=record["title"],
            body=record["text"], trace_id=record["id"], **known,
        )  # fmt: skip
    except ValueError as error:
        raise BadInput(f"{'id' if not record['id'] else 'a field'} cannot be used", code="bad_record") from error


def as_json(article_id: str, mentions: list[LinkedMention]) -> bytes:
    """Return the line of an article."""
    listed = [mention.model_dump(mode="json") for mention in mentions]
    return orjson.dumps({"id": article_id, "mentions": listed}, option=orjson.OPT_APPEND_NEWLINE)


def as_csv(article_id: str, mentions: list[LinkedMention]) -> bytes:
    """Return a row a mention; an article without any has one row with its id only."""
    rows = [_row(article_id, mention.model_dump(mode="json")) for mention in mentions]
    return _csv(rows or [[article_id]])


def json_failure(number: int, message: str) -> bytes:
    """Return the line that stands for a record that could not be read."""
    return orjson.dumps({"id": None, "line": number, "error": message}, option=orjson.OPT_APPEND_NEWLINE)


def csv_failure(number: int, message: str) -> bytes:
    """Return the row that stands for a record that could not be read."""
    return _csv([["", *("" for _ in _CELLS), number, message]])


def writers(out: Path) -> tuple[bytes, Callable[[str, list[LinkedMention]], bytes], Callable[[int, str], bytes]]:
    """Return what an output file begins with, how it holds an article, and how a failure."""
    if out.suffix.lower() == ".csv":
        return _csv([list(CSV_HEADER)]), as_csv, csv_failure
    return b"", as_json, json_failure


def _row(article_id: str, mention: dict[str, Any]) -> list[Any]:
    cells = (mention[name] for name in _CELLS)
    return [article_id, *(orjson.dumps(cell).decode() if isinstance(cell, list) else cell for cell in cells)]


def _csv(rows: list[list[Any]]) -> bytes:
    # Every row has every column, so that readers that insist on it are content.
    text = io.StringIO()
    csv.writer(text).writerows([*row, *[""] * (len(CSV_HEADER) - len(row))] for row in rows)
    return text.getvalue().encode()
