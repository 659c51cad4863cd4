"""Files of news as documents for the webhook: whole files, lines of JSON Lines, rows of CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from core.errors import BadInput, NotFound

_CONTENT_TYPES = {
    ".json": "application/json",
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
}
_SUFFIXES = (*_CONTENT_TYPES, ".jsonl", ".csv")


@dataclass(frozen=True, slots=True)
class Document:
    """One body to post; `name` says where it came from."""

    name: str
    body: bytes = field(repr=False)
    content_type: str = "application/json"

    @classmethod
    def of_json(cls, content: Any, name: str = "options") -> Self:
        """Return a document of this JSON."""
        return cls(name, json.dumps(content, ensure_ascii=False).encode())


def documents(path: Path) -> Iterator[Document]:
    """Yield the documents of a file, or of all news files in a folder by name; NotFound when there is none."""
    files = sorted(one for one in path.rglob("*") if one.suffix.lower() in _SUFFIXES) if path.is_dir() else [path]
    if not files or not all(one.is_file() for one in files):
        raise NotFound(f"{path}: no file of {', '.join(_SUFFIXES)}")
    for file in files:
        yield from _of_file(file)


def _of_file(file: Path) -> Iterator[Document]:
    suffix = file.suffix.lower()
    if suffix == ".csv":
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from _of_csv(file.name, lines)
    elif suffix == ".jsonl":
        for number, line in enumerate(file.read_bytes().splitlines(), start=1):
            if line.strip():
                yield Document(f"{file.name}:{number}", line)
    else:
        yield Document(file.name, file.read_bytes(), _CONTENT_TYPES.get(suffix, "application/octet-stream"))


def _of_csv(name: str, lines: Iterable[str]) -> Iterator[Document]:
    """Yield an article for each row of `url,date,title,text`; the date is a day, taken as its beginning in UTC."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    rows = csv.DictReader(lines)
    if missing := {"url", "date", "title", "text"} - set(rows.fieldnames or ()):
        raise BadInput(f"{name} has no column {', '.join(sorted(missing))}")
    for number, row in enumerate(rows, start=2):
        date = row["date"].strip()
        article = {
            "id": row["url"],
            "url": row["url"],
            "headline": row["title"],
            "body": row["text"],
            "published_at": (date if "T" in date else f"{date}T00:00:00Z") if date else None,
        }
        yield Document.of_json(article, f"{name}:{number}")
