"""NewsML-G2: newsItem alone, in an itemSet or in a newsMessage, with XHTML, NITF or plain content; by local names."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import BadInput
from core.events import Action, Reference
from streaming.formats.dates import epoch_ms, strict_date
from streaming.formats.draft import MAX_REFERENCES, Draft, Ignored, Item, each, line, plain, web_url, whole_number
from streaming.formats.html_text import html_to_text
from streaming.formats.xml_text import Element, attribute, child, children, local, markup, serialise, text

ROOTS = ("newsMessage", "itemSet", "newsItem", "packageItem", "conceptItem", "knowledgeItem", "planningItem")
_STATUS: dict[str, Action] = {"usable": "created", "withheld": "withheld", "canceled": "removed"}
_ARTICLES = ("text", "composite")


def read_newsml(root: Element) -> list[Item]:
    """Read every item of a message; whatever is not a text is ignored."""
    items = list(_items(root))
    if not items:
        raise BadInput("the message holds no item", code="bad_field")
    return each(items, "items", _read_item, serialise)


def _items(root: Element) -> Iterator[Element]:
    if local(root) == "newsMessage":
        for item_set in children(root, "itemSet"):
            yield from children(item_set)
    elif local(root) == "itemSet":
        yield from children(root)
    else:
        yield root


def _read_item(item: Element) -> Draft | Ignored:
    if local(item) != "newsItem":
        return Ignored("$", f"{local(item)} is no article")
    meta, content = child(item, "itemMeta"), child(item, "contentMeta")
    item_class = _code(child(meta, "itemClass")) or "text"
    if item_class not in _ARTICLES:
        return Ignored("$", "not of class text or composite")
    versioned = strict_date(text(meta, "versionCreated"), "versionCreated")
    first = strict_date(text(meta, "firstCreated"), "firstCreated")
    version = attribute(item, "version")
    numbered = version is not None and version.isdigit()
    return Draft(
        article_id=attribute(item, "guid") or "",
        headline=line(text(content, "headline") or text(meta, "title"), "headline"),
        body=_body(item),
        action=_action(_code(child(meta, "pubStatus")) or "usable"),
        revision=whole_number(version, "version") if numbered else epoch_ms(versioned),
        published_at=versioned or first,
        language=attribute(child(content, "language"), "tag") or attribute(item, "lang"),
        url=web_url(attribute(item, "guid")),
        publisher=_publisher(meta, content),
        people=_tags(content, "person"),
        organisations=_tags(content, "organisation", "organization"),
        topics=_tags(content, "abstract", None),
        embargo_until=strict_date(text(meta, "embargoed"), "embargoed"),
    )


def _code(element: Element | None) -> str:
    """The part of a QCode after its scheme: `stat:usable` and `ninat:text` mean the same under any alias."""
    return (attribute(element, "qcode") or "").rpartition(":")[2].lower()


def _action(status: str) -> Action:
    if status not in _STATUS:
        raise BadInput("pubStatus is none of usable, withheld, canceled", code="bad_action")
    return _STATUS[status]


def _body(item: Element) -> str:
    """The first content that is text; NITF and XHTML keep theirs in a body, whose head is not part of it."""
    for data in children(child(item, "contentSet"), "inlineXML", "inlineData"):
        if local(data) == "inlineData":
            is_html = "html" in (attribute(data, "contenttype") or "")
            body = plain(text(data), "inlineData", html=True if is_html else None)
        else:
            body = html_to_text(markup(_content_body(data)))
        if body:
            return body
    return plain(text(child(item, "contentMeta"), "description"), "description")


def _content_body(data: Element) -> Element:
    for name in ("body.content", "body"):
        for element in data.iter():
            if local(element) == name:
                return element
    return data


def _publisher(meta: Element | None, content: Element | None) -> str | None:
    named = child(content, "infoSource")
    provider = child(meta, "provider")
    candidates = (text(named, "name"), attribute(named, "literal"), text(provider, "name"),
                  attribute(provider, "literal"), text(content, "creditline"))  # fmt: skip
    return next((line(name, "publisher") for name in candidates if name), None)


def _tags(content: Element | None, *kinds: str | None) -> tuple[Reference, ...]:
    """Subjects of the given concept types (`cpnat:person`); None stands for those without a type."""
    found = []
    for subject in children(content, "subject"):
        kind = (attribute(subject, "type") or "").rpartition(":")[2].lower() or None
        name = line(text(subject, "name"), "subject")
        if kind in kinds and name:
            found.append(Reference(name=name, uri=attribute(subject, "uri") or attribute(subject, "qcode")))
    return tuple(found[:MAX_REFERENCES])
