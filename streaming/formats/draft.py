"""What every format becomes: drafts of articles, items that are no article, and items that cannot be understood."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

from core.errors import BadInput, TiplineError
from core.events import Action, Reference
from streaming.formats.html_text import html_to_text, text_of
from streaming.formats.json_text import check_text

MAX_ID_CHARACTERS = 512
MAX_HEADLINE_CHARACTERS = 2_000
MAX_REFERENCES = 500
WITHDRAWN: tuple[Action, ...] = ("removed", "withheld")


@dataclass(frozen=True, slots=True)
class Draft:
    """One revision of one article as its provider sent it.

    `revision` is the provider's own number or its updated-at in Unix ms; None when it gave neither.
    """

    article_id: str
    headline: str
    body: str
    action: Action = "created"
    revision: int | None = None
    published_at: datetime | None = None
    language: str | None = None
    url: str | None = None
    publisher: str | None = None
    people: tuple[Reference, ...] = ()
    organisations: tuple[Reference, ...] = ()
    instruments: tuple[Reference, ...] = ()
    topics: tuple[Reference, ...] = ()
    embargo_until: datetime | None = None

    def __post_init__(self) -> None:
        if not self.article_id or len(self.article_id) > MAX_ID_CHARACTERS:
            raise BadInput(f"the article's id is missing or longer than {MAX_ID_CHARACTERS}", code="bad_id")
        if self.action not in WITHDRAWN and not (self.headline or self.body):
            raise BadInput("the article has neither headline nor body", code="empty_article")
        if len(self.headline) > MAX_HEADLINE_CHARACTERS:
            raise BadInput(f"the headline is longer than {MAX_HEADLINE_CHARACTERS}", code="headline_too_long")
        if self.revision is not None and not 0 <= self.revision < 2**63:
            raise BadInput("the revision is not in 0 .. 2^63-1", code="bad_revision")
        for text in (self.article_id, self.headline, self.body, self.url or "", self.publisher or ""):
            check_text(text)

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of what the article says; equal for a `created` and an `updated` of the same content."""
        content = [
            self.headline, self.body, self.published_at, self.language, self.url, self.publisher,
            *([(one.name, one.uri) for one in group] for group in self._tags), self.embargo_until,
            self.action if self.action in WITHDRAWN else "usable",
        ]  # fmt: skip
        return hashlib.sha256(orjson.dumps(content)).hexdigest()

    @property
    def _tags(self) -> tuple[tuple[Reference, ...], ...]:
        return self.people, self.organisations, self.instruments, self.topics


@dataclass(frozen=True, slots=True)
class Ignored:
    """An item that is no article (a picture, a package): understood, and nothing to publish."""

    position: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that cannot be understood; `original` is the smallest document that still holds it."""

    position: str
    error: TiplineError
    original: bytes = field(repr=False)


Item = Draft | Ignored | Rejected


def each(
    items: Iterable[Any], where: str, read: Callable[[Any], Draft | Ignored], original: Callable[[Any], bytes]
) -> list[Item]:
    """Read every item on its own, so that one bad item does not take the others with it."""
    outcomes: list[Item] = []
    for number, item in enumerate(items):
        try:
            outcome: Item = read(item)
        except BadInput as error:
            outcome = Rejected(f"{where}[{number}]", error, original(item))
        outcomes.append(outcome)
    return outcomes


def plain(value: object, field_name: str, *, html: bool | None = None) -> str:
    """Return a text field as plain text, empty when absent; `html` None looks for tags, True and False know."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadInput(f"{field_name} is not a text", code="bad_field")
    check_text(value)
    return html_to_text(value) if html else text_of(value)


def line(value: object, field_name: str) -> str:
    """Return a text field on one line, as headlines and names are."""
    return " ".join(plain(value, field_name).split())


def optional_line(value: object, field_name: str) -> str | None:
    """Return a text field on one line, None when it is absent or empty."""
    return line(value, field_name) or None


def web_url(value: object) -> str | None:
    """Return an http(s) address, None for anything else: what we pass on may end up behind a link."""
    if isinstance(value, str) and len(value) <= 2_048 and value.lower().startswith(("http://", "https://")):
        return value if value.isprintable() and " " not in value else None
    return None


def references(value: object, field_name: str) -> tuple[Reference, ...]:
    """Read a provider's tags: texts, or objects with `name` and perhaps `uri` (or `code`, of ninjs 1)."""
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MAX_REFERENCES:
        raise BadInput(f"{field_name} is not a list of at most {MAX_REFERENCES}", code="bad_field")
    found = []
    for one in value:
        tag = one if isinstance(one, dict) else {"name": one}
        name = line(tag.get("name"), f"{field_name}.name")
        uri = optional_line(tag.get("uri") or tag.get("code"), f"{field_name}.uri")
        if name:
            found.append(Reference(name=name, uri=uri))
    return tuple(found)


def whole_number(value: object, field_name: str) -> int | None:
    """Read an integer or its digits, None when absent; BadInput otherwise."""
    if value is None:
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 19:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise BadInput(f"{field_name} is not a whole number", code="bad_revision")
