"""RSS 2.0, RSS 1.0 and Atom (with its tombstones, RFC 6721), by local names."""

from __future__ import annotations

from core.errors import BadInput
from core.events import Reference
from streaming.formats.dates import epoch_ms, lenient_date
from streaming.formats.draft import MAX_REFERENCES, Draft, Item, each, line, plain, web_url
from streaming.formats.feed_ids import feed_article_id
from streaming.formats.xml_text import Element, attribute, child, children, local, markup, serialise, text

FEEDS = ("rss", "RDF", "feed")
# One item alone is what a dead letter holds.
ITEMS = ("item", "entry", "deleted-entry")


def read_syndication(root: Element, provider: str) -> list[Item]:
    """Read every item of a feed; an item without a date of its own has none, whatever the feed says of itself."""
    if local(root) in ITEMS:
        return [_read_item(root, None, provider)]
    head = root if local(root) == "feed" else child(root, "channel")
    if head is None:
        raise BadInput("the feed has no channel", code="bad_field")
    # RSS 1.0 keeps items beside the channel, the others inside.
    items = [*children(head, *ITEMS), *(children(root, "item") if head is not root else ())]
    return each(items, "items", lambda item: _read_item(item, head, provider), serialise)


def _read_item(item: Element, head: Element | None, provider: str) -> Draft:
    if local(item) == "deleted-entry":
        return _read_tombstone(item, provider)
    return _read_entry(item, head, provider) if local(item) == "entry" else _read_rss(item, head, provider)


def _read_tombstone(item: Element, provider: str) -> Draft:
    return Draft(
        article_id=feed_article_id(attribute(item, "ref") or "", None, "", provider),
        headline="",
        body="",
        action="removed",
        revision=epoch_ms(lenient_date(attribute(item, "when"))),
    )


def _read_rss(item: Element, head: Element | None, provider: str) -> Draft:
    headline, link = _title(item), text(item, "link")
    published = lenient_date(text(item, "pubDate")) or lenient_date(text(item, "date"))
    given = text(item, "guid") or attribute(item, "about") or ""
    # content:encoded is the whole text, description often only its beginning.
    body = plain(text(item, "encoded") or text(item, "description"), "description", html=True)
    return Draft(
        article_id=feed_article_id(given, link, headline, provider),
        headline=headline,
        body=body,
        published_at=published,
        language=text(item, "language") or text(head, "language") or None,
        url=web_url(link) or web_url(given),
        publisher=line(text(item, "source") or text(head, "title"), "publisher") or None,
        topics=_topics(text(category) for category in children(item, "category", "subject")),
    )


def _read_entry(entry: Element, head: Element | None, provider: str) -> Draft:
    headline, link = _title(entry), _link(entry)
    published, updated = lenient_date(text(entry, "published")), lenient_date(text(entry, "updated"))
    return Draft(
        article_id=feed_article_id(text(entry, "id"), link, headline, provider),
        headline=headline,
        body=_atom_text(child(entry, "content")) or _atom_text(child(entry, "summary")),
        revision=epoch_ms(updated),
        published_at=published or updated,
        language=attribute(entry, "lang") or attribute(head, "lang"),
        url=web_url(link),
        publisher=line(text(entry, "source", "title") or text(head, "title"), "publisher") or None,
        topics=_topics(attribute(one, "label") or attribute(one, "term") or "" for one in children(entry, "category")),
    )


def _title(item: Element) -> str:
    title = child(item, "title")
    if attribute(title, "type") == "text":
        return " ".join(text(title).split())
    return " ".join(plain(text(title), "title", html=True).split())


def _link(entry: Element) -> str | None:
    links = {attribute(link, "rel") or "alternate": attribute(link, "href") for link in children(entry, "link")}
    return links.get("alternate")


def _atom_text(element: Element | None) -> str:
    if element is None:
        return ""
    kind = attribute(element, "type") or "text"
    if kind == "xhtml":
        return plain(markup(element), "content", html=True)
    return plain(text(element), "content", html=True if "html" in kind else None)


def _topics(names: object) -> tuple[Reference, ...]:
    found = [Reference(name=name) for name in names if name]  # type: ignore[attr-defined]
    return tuple(found[:MAX_REFERENCES])
