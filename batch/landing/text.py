"""What a text file is made of, found in one quick pass: encoding, quotes, padding and line ends."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import IO, Any

from batch.landing.errors import BadFile
from batch.landing.spool import CHUNK_BYTES

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Two bytes that are one letter in UTF-8, beside others that are not: a line glued together from two sources.
_UTF8_PAIR = re.compile(rb"[\xc3-\xdf][\x80-\xbf]")
# Latin-1 has only control characters here; other code pages have letters, and nobody says which.
_C1 = re.compile(rb"[\x80-\x9f]")


@dataclass(frozen=True, slots=True)
class Text:
    """The facts of one file: Python's name of its encoding, and whether quotes, and blanks or tabs, occur at all."""

    encoding: str
    quotes: bool
    padded: bool
    lone_cr: bool
    ends_with_newline: bool


def inspect(file: IO[bytes]) -> Text:
    """Look through a file and leave it at its start; BadFile where it is empty, binary or in mixed encodings."""
    ascii_only, quotes, padded, lone_cr, nul = True, False, False, False, False
    last = b""
    bom = _check_beginning(file)
    while chunk := file.read(CHUNK_BYTES):
        ascii_only = ascii_only and chunk.isascii()
        quotes = quotes or b'"' in chunk
        padded = padded or b" " in chunk or b"\t" in chunk
        nul = nul or b"\0" in chunk
        # A return at a chunk's end may have its newline in the next.
        whole = last[-1:] + chunk if last.endswith(b"\r") else chunk
        held = whole[:-1] if whole.endswith(b"\r") else whole
        lone_cr = lone_cr or held.count(b"\r") != held.count(b"\r\n")
        last = chunk
    encoding = "utf-8" if ascii_only and not nul else _encoding(file, bom=bom)
    file.seek(0)
    return Text(
        encoding="utf-8-sig" if bom else encoding,
        quotes=quotes,
        padded=padded,
        lone_cr=lone_cr or last.endswith(b"\r"),
        ends_with_newline=last.endswith((b"\n", b"\r")),
    )


def as_text(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    """Return the rest of a file as text with its line ends, which may be closed without closing the file."""
    return io.TextIOWrapper(io.BufferedReader(Unclosed(file)), encoding=encoding, newline="")


class Unclosed(io.RawIOBase):
    """A file that others may close while it stays open for us."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into a buffer."""
        return self._file.readinto(buffer)  # type: ignore[attr-defined, no-any-return]


def _check_beginning(file: IO[bytes]) -> bool:
    file.seek(0)
    head = file.read(3)
    if not head:
        raise BadFile("the file is empty")
    if head.startswith(_UTF16):
        raise BadFile("the file is UTF-16; send UTF-8", 1)
    bom = head == _BOM
    file.seek(3 if bom else 0)
    return bom


def _encoding(file: IO[bytes], *, bom: bool) -> str:
    """Return UTF-8 or Latin-1 by the lines that are not ASCII, which have to agree."""
    file.seek(len(_BOM) if bom else 0)
    found = "utf-8" if bom else None
    for number, line in enumerate(file, 1):
        if b"\0" in line:
            raise BadFile("a NUL byte: the file is binary or damaged", number)
        if line.isascii():
            continue
        encoding = _encoding_of(line, number)
        if found is not None and encoding != found:
            raise BadFile(f"mixed encodings: this line is {encoding}, the ones before are {found}", number)
        found = encoding
    return found or "utf-8"


def _encoding_of(line: bytes, number: int) -> str:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        if _UTF8_PAIR.search(line):
            raise BadFile("mixed encodings: UTF-8 and other bytes in one line", number) from None
        if _C1.search(line):
            raise BadFile("neither UTF-8 nor Latin-1", number) from None
        return "latin-1"
    return "utf-8"
