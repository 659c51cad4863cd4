"""IPTC ninjs 1.x, 2.x and 3.x.

1.x has `headline`, `body_text`, `person`; 2.x lists (`headlines`, `bodies`, `people`) in lower case; 3.x the same in
camelCase. Reading names without regard to case makes the last two one.
"""

from __future__ import annotations

from typing import Any

from core.errors import BadInput
from core.events import Action
from streaming.formats.dates import epoch_ms, strict_date
from streaming.formats.draft import Draft, Ignored, line, optional_line, plain, references, web_url, whole_number

_ACTIONS: dict[str, Action] = {"usable": "created", "withheld": "withheld", "canceled": "removed"}
_ARTICLES = ("text", "composite")


def is_ninjs(document: dict[str, Any]) -> bool:
    """Whether a JSON object is of this format: `uri` is all that it requires."""
    return isinstance(document.get("uri"), str)


def read_ninjs(document: Any) -> Draft | Ignored:
    """Read one news object; pictures and other media are ignored, BadInput names a field that is wrong."""
    if not isinstance(document, dict):
        raise BadInput("the news object is not a JSON object", code="bad_field")
    item = {name.lower(): value for name, value in document.items()}
    if item.get("type", "text") not in _ARTICLES:
        return Ignored("$", "not of type text or composite")
    versioned = strict_date(item.get("versioncreated"), "versionCreated")
    first = strict_date(item.get("firstcreated"), "firstCreated")
    revision = item.get("version")
    numbered = isinstance(revision, str) and revision.isdigit()
    return Draft(
        article_id=line(item.get("uri"), "uri"),
        headline=_headline(item),
        body=_body(item),
        action=_action(item.get("pubstatus", "usable")),
        revision=whole_number(revision, "version") if numbered else epoch_ms(versioned),
        published_at=versioned or first,
        language=optional_line(item.get("language"), "language"),
        url=web_url(item.get("uri")),
        publisher=_publisher(item),
        people=references(item.get("people", item.get("person")), "people"),
        organisations=references(item.get("organisations", item.get("organisation")), "organisations"),
        instruments=_instruments(item),
        topics=references(item.get("subjects", item.get("subject")), "subjects"),
        embargo_until=strict_date(item.get("embargoeduntil", item.get("embargoed")), "embargoedUntil"),
    )


def _action(status: object) -> Action:
    try:
        return _ACTIONS[status]  # type: ignore[index]
    except (KeyError, TypeError):
        raise BadInput("pubStatus is none of usable, withheld, canceled", code="bad_action") from None


def _headline(item: dict[str, Any]) -> str:
    main = [one for one in _objects(item, "headlines") if one.get("role") in (None, "main")]
    first = (main or _objects(item, "headlines") or [{}])[0].get("value")
    return line(item.get("headline") or first or item.get("title"), "headline")


def _body(item: dict[str, Any]) -> str:
    """Plain text where the provider gives it, else the text of its XHTML, else the description."""
    for values in (_objects(item, "bodies"), _objects(item, "descriptions")):
        texts = [(str(one.get("contenttype") or ""), one.get("value")) for one in values]
        texts.sort(key=lambda typed: typed[0] != "text/plain")
        for content_type, value in texts:
            if body := plain(value, "body", html="html" in content_type or None):
                return body
    names = ["body_text", *(name for name in item if name.startswith("body_")), "description_text"]
    for name in names:
        if body := plain(item.get(name), name, html="html" in name or None):
            return body
    return ""


def _publisher(item: dict[str, Any]) -> str | None:
    named = [one.get("name") for one in (*_objects(item, "infosources"), *_objects(item, "infosource"))]
    return optional_line(next((name for name in named if name), item.get("copyrightholder")), "publisher")


def _instruments(item: dict[str, Any]) -> tuple[Any, ...]:
    """The ticker symbols that ninjs hangs on organisations."""
    symbols = []
    for organisation in (*_objects(item, "organisations"), *_objects(item, "organisation")):
        for symbol in _objects(organisation, "symbols"):
            symbols.append({"name": symbol.get("ticker"), "uri": symbol.get("exchange")})
    return references(symbols, "symbols")


def _objects(item: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = item.get(name) or []
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise BadInput(f"{name} is not a list of objects", code="bad_field")
    return [{key.lower(): value for key, value in one.items()} for one in listed]
