"""XML from strangers: no DTD, no entity but the five, nothing fetched; names without namespaces.

libxml2 itself refuses nesting beyond 256 and entity amplification (its `huge` mode stays off).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from core.errors import BadInput

Element = etree._Element


def parse_xml(body: bytes) -> Element:
    """Parse one XML document; BadInput when it is malformed, nested too deeply or brings a DTD."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise BadInput(f"not well-formed XML: {error}", code="bad_xml") from None
    if root is None:
        raise BadInput("the XML has no element", code="bad_xml")
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadInput("XML with a document type is not accepted", code="dtd_forbidden")
    return root


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the direct children of these local names, all of them when none is given."""
    for child in element if element is not None else ():
        if isinstance(child.tag, str) and (not names or local(child) in names):
            yield child


def child(element: Element | None, *path: str) -> Element | None:
    """Follow local names downwards, the first child of each; None where one is missing."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text(element: Element | None, *path: str) -> str:
    """Return all text below the element at a path, stripped; empty when it is missing."""
    found = child(element, *path)
    return "".join(str(part) for part in found.itertext()).strip() if found is not None else ""


def attribute(element: Element | None, name: str) -> str | None:
    """Return an attribute by local name, stripped; None when missing or empty."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if str(key).rpartition("}")[2] == name:
            return str(value).strip() or None
    return None


def markup(element: Element) -> str:
    """Return what is inside an element, tags included, as one HTML-like string."""
    inner = [element.text or ""]
    inner += [etree.tostring(part, encoding="unicode") for part in element]
    return "".join(inner)


def serialise(element: Element) -> bytes:
    """Return one element as a document of its own."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)
