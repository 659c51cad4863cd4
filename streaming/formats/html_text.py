"""HTML to text: block elements become lines, scripts and styles vanish, entities become characters."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from lxml import etree

from core.errors import BadInput

_BLOCKS = frozenset((
    "p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote", "pre",
    "table", "ul", "ol", "dl", "dt", "dd", "figure", "figcaption", "header", "footer", "hr", "hl1", "hl2", "block",
))  # fmt: skip
_INVISIBLE = frozenset(("script", "style", "template", "head", "noscript", "iframe", "object", "svg"))
_TAG = re.compile(
    r"</?(?:p|div|br|li|ul|ol|h[1-6]|b|i|a|em|strong|span|table|tr|td|img|blockquote|section|article|body|html"
    r"|script|style|pre|hr|u|sup|sub|small)(?:\s[^<>]*|/)?>",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def looks_like_html(text: str) -> bool:
    """Whether plain text holds tags of HTML, as bodies of many providers do."""
    return _TAG.search(text) is not None


def text_of(value: str) -> str:
    """Return plain text as it is, and text with tags of HTML without them."""
    return html_to_text(value) if looks_like_html(value) else tidy(value)


def html_to_text(markup: str) -> str:
    """Return the text a reader would see, a line a block; BadInput when it is nested beyond what can be read."""
    if "<" not in markup:
        return tidy(html.unescape(markup)) if _ENTITY.search(markup) else tidy(markup)
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(f"<div>{markup}</div>", parser)
    except (etree.LxmlError, ValueError):
        raise BadInput("the HTML cannot be read", code="bad_html") from None
    # Past its depth limit libxml2 drops the rest in silence, and half an article is worse than none.
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise BadInput("HTML nested too deeply", code="too_deep")
    if root is None:
        return ""
    return tidy("".join(_visible(root)))


def _visible(root: etree._Element) -> Iterator[str]:
    """Yield the text in reading order, with a line break before and after each block."""
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "end":
            yield ("\n" if element.tag in _BLOCKS else "") + (element.tail or "")
        elif element.tag in _INVISIBLE:
            walk.skip_subtree()
        else:
            yield ("\n" if element.tag in _BLOCKS else "") + (element.text or "")


def tidy(text: str) -> str:
    """Collapse spaces within lines and empty lines between them."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)
