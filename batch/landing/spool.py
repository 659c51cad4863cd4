"""A file's bytes on local disk: hashed, and decompressed within limits that a zip bomb runs into."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

import pyarrow as pa

from batch.landing.errors import BadFile

CHUNK_BYTES = 1024 * 1024
_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
# Archives of several files are refused by name; a reader of one would have to guess which file is meant.
_ARCHIVES = {b"PK\x03\x04": "zip", b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"7z\xbc\xaf\x27\x1c": "7z", b"Rar!": "rar"}


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a file may be; the ratio counts from `ratio_from_bytes` on, as a small file may be very regular."""

    file_bytes: int = 8 * 1024**3
    ratio: int = 200
    ratio_from_bytes: int = 16 * 1024**2


@dataclass(frozen=True, slots=True)
class Spooled:
    """The plain bytes, at their start, and the SHA-256 of the bytes as they were sent."""

    file: IO[bytes]
    sha256: str


@contextmanager
def spool(body: IO[bytes], limits: Limits) -> Iterator[Spooled]:
    """Copy a stream to a temporary file; BadFile when it is too large, an archive or broken compression."""
    with tempfile.TemporaryFile() as sent, tempfile.TemporaryFile() as plain:
        sha256 = _copy(body, sent, limits)
        name = compression(sent)
        if name is None:
            yield Spooled(sent, sha256)
            return
        _decompress(sent, plain, name, limits)
        if compression(plain) is not None:
            raise BadFile("the file is compressed twice")
        yield Spooled(plain, sha256)


def compression(file: IO[bytes]) -> str | None:
    """Return `gzip`, `zstd` or None by the first bytes, and leave the file at its start; BadFile for an archive."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    for magic, name in _ARCHIVES.items():
        if head.startswith(magic):
            raise BadFile(f"the file is {name}, maybe a spreadsheet; send it plain or as gz or zst")
    return next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)


def _copy(body: IO[bytes], target: IO[bytes], limits: Limits) -> str:
    digest, size = hashlib.sha256(), 0
    while chunk := body.read(CHUNK_BYTES):
        size += len(chunk)
        if size > limits.file_bytes:
            raise BadFile(f"the file is larger than {limits.file_bytes} bytes")
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _decompress(sent: IO[bytes], plain: IO[bytes], name: str, limits: Limits) -> None:
    """Decompress in bounded pieces, so that neither memory nor the disk fills before a limit says stop."""
    compressed = sent.seek(0, 2)
    sent.seek(0)
    size = 0
    for chunk in _pieces(sent, name):
        size += len(chunk)
        if size > limits.file_bytes or size > max(limits.ratio_from_bytes, compressed * limits.ratio):
            raise BadFile(f"{compressed} bytes of {name} grow beyond {size}: this looks like a zip bomb")
        plain.write(chunk)
    plain.seek(0)


def _pieces(sent: IO[bytes], name: str) -> Iterator[bytes]:
    with pa.CompressedInputStream(pa.PythonFile(sent, mode="r"), name) as stream:
        while True:
            try:
                chunk = stream.read(CHUNK_BYTES)
            except OSError as error:
                raise BadFile(f"the {name} data is truncated or damaged: {error}") from None
            if not chunk:
                return
            yield chunk
