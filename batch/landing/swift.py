"""SWIFT's text blocks: messages of fields and nested sequences (`:16R:` to `:16S:`), each with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from batch.landing.errors import BadFile

_FIELD = re.compile(r":(\d\d[A-Z]?):(.*)", re.DOTALL)
_HEADER = re.compile(r"\{2:[IO](\d{3})")
# A decimal comma is mandatory: `652,` is six hundred and fifty-two. N is SWIFT's minus.
_NUMBER = re.compile(r"(N?)(\d{1,15}),(\d{0,15})", re.ASCII)


@dataclass(slots=True)
class Sequence:
    """One sequence: its fields as `(tag, qualifier, rest)` in order and the sequences inside it."""

    name: str
    line: int
    fields: list[tuple[str, str, str]] = field(default_factory=list)
    inner: list[Sequence] = field(default_factory=list)

    def first(self, tag: str, qualifier: str = "") -> str | None:
        """Return what follows the qualifier in the first such field of this sequence itself."""
        return next(self.all(tag, qualifier), None)

    def all(self, tag: str, qualifier: str = "") -> Iterator[str]:
        """Yield what follows the qualifier in each such field; `tag` without its letter takes any letter."""
        for found, name, rest in self.fields:
            if found.startswith(tag) and name == qualifier:
                yield rest

    def named(self, name: str) -> Iterator[Sequence]:
        """Yield the sequences of this name directly inside."""
        return (one for one in self.inner if one.name == name)


def messages(lines: Iterator[str], kind: str) -> Iterator[Sequence]:
    """Yield each message of one file; BadFile where one is of another type, damaged or cut off."""
    stack = [Sequence("", 1)]
    in_header = False
    for number, tag, value in _fields(lines):
        if tag == "{":
            other = _HEADER.search(value)
            if other and other[1] != kind:
                raise BadFile(f"an MT{other[1]} where MT{kind} is read", number)
            in_header = in_header or "{4:" in value
        elif tag == "-":
            if len(stack) > 1:
                raise BadFile(f"the message ends inside {stack[-1].name}, which began here", stack[-1].line)
            if stack[0].inner:
                yield stack[0]
            stack, in_header = [Sequence("", number)], False
        elif tag == "16R":
            inner = Sequence(value.strip(), number)
            stack[-1].inner.append(inner)
            stack.append(inner)
        elif tag == "16S":
            if len(stack) == 1 or stack[-1].name != value.strip():
                raise BadFile(f"sequence {value.strip()} ends here and did not begin", number)
            stack.pop()
        else:
            stack[-1].fields.append(_split(tag, value))
    if len(stack) > 1 or in_header:
        raise BadFile("the file ends in the middle of a message", stack[-1].line)
    if stack[0].inner:
        yield stack[0]


def _fields(lines: Iterator[str]) -> Iterator[tuple[int, str, str]]:
    """Yield `(line, tag, value)`; `{` is a header, `-` the end of a message, other lines continue a field."""
    pending: tuple[int, str, str] | None = None
    for number, raw in enumerate(lines, 1):
        text = raw.rstrip("\r\n")
        found = _FIELD.match(text)
        if found or text.startswith("{") or text.rstrip() in ("-", "-}") or text.startswith("-}"):
            if pending:
                yield pending
            pending = None
            if found:
                pending = number, found[1], found[2]
            else:
                yield number, text[0], text
        elif pending:
            pending = pending[0], pending[1], f"{pending[2]}\n{text}"
        elif text.strip():
            raise BadFile(f"`{text[:80]}` belongs to no field", number)
    if pending:
        yield pending


def _split(tag: str, value: str) -> tuple[str, str, str]:
    """Split `:QUAL//rest` (or `:QUAL/issuer/rest`, whose issuer we need not) into qualifier and rest."""
    if not value.startswith(":"):
        return tag, "", value
    qualifier, _, rest = value[1:].partition("/")
    _, _, rest = rest.partition("/")
    return tag, qualifier, rest


def number(text: str) -> Decimal:
    """Read a SWIFT number; ValueError when it is none."""
    found = _NUMBER.fullmatch(text.strip())
    if not found:
        raise ValueError(f"`{text[:80]}` is not a SWIFT number")
    return Decimal(f"{'-' if found[1] else ''}{found[2]}.{found[3]}")


def money(text: str) -> tuple[str, Decimal]:
    """Read a currency and its amount, N before the currency being minus; ValueError when it is none."""
    sign, rest = ("N", text[1:]) if re.match(r"N[A-Z]{3}\d", text) else ("", text)
    return rest[:3], number(sign + rest[3:])


def day(text: str) -> str:
    """Read the day of `YYYYMMDD` with or without a time, as ISO 8601; ValueError when there is no such day."""
    if not re.match(r"\d{8}", text, re.ASCII):
        raise ValueError(f"`{text[:80]}` is not a SWIFT date")
    return date(int(text[:4]), int(text[4:6]), int(text[6:8])).isoformat()
