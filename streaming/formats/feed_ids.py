"""Ids for items of feeds, where an id may be missing or mean something only within its feed."""

from __future__ import annotations

import hashlib
import re

# A scheme and something after it: http, tag, urn, ni, news ...
_GLOBAL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:\S{3,}")


def feed_article_id(given: str, url: object, headline: str, provider: str) -> str:
    """Return an id that is unique among all providers and the same at the next reading.

    A URI stands for itself, any other id is prefixed with the provider; without an id the link, else the headline,
    names the item.
    """
    if _GLOBAL.fullmatch(given):
        return given
    if given:
        return f"{provider}:{given}"
    if isinstance(url, str) and url:
        return url
    return f"{provider}:{hashlib.sha256(headline.encode(errors='replace')).hexdigest()}"
