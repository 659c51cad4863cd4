"""JSON Feed 1.0 and 1.1."""

from __future__ import annotations

import json
from typing import Any

from core.errors import BadInput
from streaming.formats.dates import epoch_ms, lenient_date
from streaming.formats.draft import Draft, Item, each, line, optional_line, plain, references, web_url
from streaming.formats.feed_ids import feed_article_id

_VERSION = "https://jsonfeed.org/version/"


def is_jsonfeed(document: dict[str, Any]) -> bool:
    """Whether a JSON object is a feed of this format, which its `version` says."""
    return str(document.get("version", "")).startswith(_VERSION)


def read_jsonfeed(document: dict[str, Any], provider: str) -> list[Item]:
    """Read every item of a feed; an item without a date has none."""
    items = document.get("items")
    if not isinstance(items, list):
        raise BadInput("the feed has no list of items", code="bad_field")
    head = {name: value for name, value in document.items() if name != "items"}
    return each(
        items,
        "items",
        lambda item: _read_item(item, head, provider),
        lambda item: json.dumps({**head, "items": [item]}).encode(),
    )


def _read_item(item: Any, head: dict[str, Any], provider: str) -> Draft:
    if not isinstance(item, dict):
        raise BadInput("the item is not a JSON object", code="bad_field")
    published, updated = _date(item, "date_published"), _date(item, "date_modified")
    headline = line(item.get("title"), "title")
    body = plain(item.get("content_text"), "content_text") or plain(item.get("content_html"), "content_html", html=True)
    given_id = item.get("id")
    return Draft(
        article_id=feed_article_id(
            str(given_id) if isinstance(given_id, int) else line(given_id, "id"), item.get("url"), headline, provider
        ),
        headline=headline,
        body=body or plain(item.get("summary"), "summary"),
        revision=epoch_ms(updated),
        published_at=published or updated,
        language=optional_line(item.get("language") or head.get("language"), "language"),
        url=web_url(item.get("url")),
        publisher=optional_line(head.get("title"), "title"),
        topics=references(item.get("tags"), "tags"),
    )


def _date(item: dict[str, Any], name: str) -> Any:
    value = item.get(name)
    return lenient_date(value) if isinstance(value, str) else None
