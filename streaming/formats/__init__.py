"""News formats: from bytes and a content type to drafts of articles.

Own JSON `news.article.v1`, IPTC ninjs 1 to 3, JSON Feed, RSS 2.0 and 1.0, Atom, NewsML-G2. Content is untrusted:
whatever the bytes are, the outcome is a list of items or a BadInput.
"""

from __future__ import annotations

import json
from typing import Any

from core.errors import BadInput, UnsupportedFormat
from streaming.formats.draft import Draft, Ignored, Item, Rejected, each
from streaming.formats.json_text import parse_json
from streaming.formats.jsonfeed import is_jsonfeed, read_jsonfeed
from streaming.formats.newsml import ROOTS, read_newsml
from streaming.formats.ninjs import is_ninjs, read_ninjs
from streaming.formats.own import is_own, read_own
from streaming.formats.syndication import FEEDS, ITEMS, read_syndication
from streaming.formats.xml_text import local, parse_xml

__all__ = ["Draft", "Ignored", "Item", "Rejected", "parse"]

MAX_ITEMS = 2_000
_SNIFFED = ("", "text/plain", "application/octet-stream")


def parse(body: bytes, content_type: str | None, *, provider: str) -> list[Item]:
    """Understand a document.

    Args:
        body: the bytes as received.
        content_type: of the HTTP message; the document itself decides where this says nothing.
        provider: who sends it, which makes ids of feeds unique.

    Returns:
        Its items in order, each read on its own; at least one.

    Raises:
        UnsupportedFormat: it is of no format that we read.
        BadInput: it is, and cannot be understood as a whole.
    """
    if not body.strip():
        raise BadInput("the body is empty", code="empty_body")
    items = _parse_json(body, provider) if _is_json(body, content_type) else _parse_xml(body, provider)
    if not items:
        raise BadInput("the document holds no item", code="no_items")
    if len(items) > MAX_ITEMS:
        raise BadInput(f"the document holds more than {MAX_ITEMS} items", code="too_many_items")
    if len(items) == 1 and isinstance(items[0], Rejected):
        raise items[0].error
    return items


def _is_json(body: bytes, content_type: str | None) -> bool:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type.endswith(("/json", "+json")):
        return True
    if media_type.endswith(("/xml", "+xml")) and media_type != "application/xhtml+xml":
        return False
    if media_type not in _SNIFFED:
        raise UnsupportedFormat(f"content type {media_type[:80]!r} is not one we read: send JSON or XML")
    start = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start in (b"{", b"["):
        return True
    if start == b"<" or body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    raise UnsupportedFormat("the body is neither JSON nor XML")


def _parse_json(body: bytes, provider: str) -> list[Item]:
    document = parse_json(body)
    if isinstance(document, dict):
        if is_jsonfeed(document):
            return read_jsonfeed(document, provider)
        return [_read_object(document)]
    if isinstance(document, list):
        return each(document, "items", _read_object, _json_bytes)
    raise UnsupportedFormat("the JSON is neither an object nor a list of objects")


def _read_object(document: Any) -> Draft | Ignored:
    if isinstance(document, dict):
        if is_own(document):
            return read_own(document)
        if is_ninjs(document):
            return read_ninjs(document)
    raise UnsupportedFormat("the JSON is neither news.article.v1, ninjs nor JSON Feed")


def _json_bytes(document: Any) -> bytes:
    return json.dumps(document).encode()


def _parse_xml(body: bytes, provider: str) -> list[Item]:
    root = parse_xml(body)
    if local(root) in (*FEEDS, *ITEMS):
        return read_syndication(root, provider)
    if local(root) in ROOTS:
        return read_newsml(root)
    raise UnsupportedFormat(f"XML of root {local(root)[:80]!r} is neither RSS, Atom nor NewsML-G2")
