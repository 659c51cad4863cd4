"""Cold objects: a partition's rows as gzip-compressed JSON lines in parts, and the manifest that vouches for them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from io import BufferedRandom
from pathlib import Path
from typing import Any

import orjson

from clients.s3 import Store
from core.clock import rfc3339
from core.errors import DependencyUnavailable

FORMAT = "tipline.cold.v1"
# A restore from Glacier brings whole objects: parts keep one within reach, and are large enough to cost little each.
PART_BYTES = 256 * 1024 * 1024
_MANIFEST = re.compile(r"manifest-(\d+)\.json$")


@dataclass(frozen=True, slots=True)
class LocalPart:
    """A finished part on this machine's disk."""

    path: Path
    rows: int
    size_bytes: int
    sha256: str


class PartWriter:
    """Writes lines to parts in a folder; `digest` is the same for the same lines in whatever order they come."""

    def __init__(self, folder: Path, limit_bytes: int = PART_BYTES) -> None:
        self.parts: list[LocalPart] = []
        self.rows = 0
        self._folder, self._limit_bytes = folder, limit_bytes
        self._sum = 0
        self._file: BufferedRandom | None = None
        self._lines = 0

    @property
    def digest(self) -> str:
        """The sum of the rows' SHA-256, as hex."""
        return f"{self._sum:064x}"

    def add(self, row: bytes, line: bytes) -> None:
        """Write a line; `row` is what it says of the row, the same every time, where the line itself is sealed anew."""
        if self._file is None:
            self._file = (self._folder / f"{len(self.parts)}.jsonl.gz").open("w+b")
            self._stream = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0)
            self._lines = 0
        self._stream.write(line + b"\n")
        self._lines += 1
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(row).digest())) % 2**256
        if self._file.tell() >= self._limit_bytes:
            self.finish()

    def finish(self) -> None:
        """End the part that is being written."""
        if self._file is None:
            return
        self._stream.close()
        size_bytes = self._file.tell()
        self._file.seek(0)
        sha256 = hashlib.file_digest(self._file, "sha256").hexdigest()
        self._file.close()
        self.parts.append(LocalPart(Path(self._file.name), self._lines, size_bytes, sha256))
        self._file = None


@dataclass(frozen=True, slots=True)
class ColdPart:
    """One object of a partition in the cold tier."""

    key: str
    version_id: str
    rows: int
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What left the lake for the cold tier at one time: which rows, from which snapshot, in which objects.

    A partition that got rows after it left has a further manifest, with the next number, for those.
    """

    table: str
    date: date
    number: int
    snapshot_id: int
    rows: int
    digest: str
    columns: dict[str, str]
    sealed: list[str]
    parts: list[ColdPart]
    written_at: datetime

    @property
    def key(self) -> str:
        """The manifest's place, beside its parts."""
        return f"{folder(self.table, self.date)}manifest-{self.number}.json"

    def to_json(self) -> bytes:
        """Serialise; readers ignore fields that they do not know."""
        fields = asdict(self) | {"format": FORMAT, "date": self.date.isoformat()}
        return orjson.dumps(fields | {"written_at": rfc3339(self.written_at)}, option=orjson.OPT_INDENT_2)


def folder(table: str, day: date) -> str:
    """Return where a partition's cold objects lie."""
    return f"cold/{table}/date={day.isoformat()}/"


def to_line(row: dict[str, Any]) -> bytes:
    """Write a row as one line of JSON: decimals as text, bytes as base64, times as RFC 3339."""
    return orjson.dumps(row, default=_plain)


def read_manifests(store: Store, bucket: str, table: str, day: date) -> list[dict[str, Any]]:
    """Return the manifests of a partition, oldest first."""
    keys = [each.key for each in store.newest(bucket, folder(table, day)) if _MANIFEST.search(each.key)]
    found = []
    for key in keys:
        with store.open(bucket, key) as body:
            found.append(orjson.loads(body.read()))
    return sorted(found, key=lambda manifest: int(manifest["number"]))


def upload_parts(store: Store, bucket: str, prefix: str, parts: Iterable[LocalPart], first: int) -> Iterator[ColdPart]:
    """Put parts into Glacier and check each there; DependencyUnavailable when the store does not hold what was sent."""
    for number, part in enumerate(parts, start=first):
        key = f"{prefix}part-{number}.jsonl.gz"
        checksum = base64.b64encode(bytes.fromhex(part.sha256)).decode()
        with part.path.open("rb") as body:
            version_id = store.put(bucket, key, body, StorageClass="GLACIER", ChecksumSHA256=checksum)
        if store.sha256(bucket, key, version_id) != (part.size_bytes, checksum):
            raise DependencyUnavailable(f"s3://{bucket}/{key} is not what was sent", code="cold_object_differs")
        yield ColdPart(key, version_id, part.rows, part.size_bytes, part.sha256)


def _plain(value: Any) -> str:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else str(value)
