"""What a reviewed article teaches: the name as it was written, and the words beside it. Pure functions."""

from __future__ import annotations

import re

from core.events import EnrichedArticle

MOST_CONTEXTS = 3

# Two words or more that begin with a capital: companies, places, other people.
_PROPER = re.compile(
    r"[^\W\d_a-zß-ÿ][\w&'’-]+(?:[ ](?:of|and|de|der|von|van|the|&)(?=[ ]))?(?:[ ][^\W\d_a-zß-ÿ][\w&'’-]+)+"
)
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]\s|\n")


def mention_span(enriched: EnrichedArticle) -> tuple[int, int] | None:
    """Return where `Article.text` names the client, in characters; None when only a related company is named."""
    if enriched.relation != "self":
        return None
    spans = ((one.start, one.end) for one in enriched.match.evidence if one.kind == "name" and one.start is not None)
    return next(((start, end) for start, end in spans if start is not None and end is not None), None)


def mention(enriched: EnrichedArticle) -> str | None:
    """Return the client's name as the article writes it, on one line."""
    span = mention_span(enriched)
    return " ".join(enriched.article.text[slice(*span)].split()) or None if span else None


def contexts(enriched: EnrichedArticle) -> list[str]:
    """Return what tells this bearer of the name from others, at most `MOST_CONTEXTS` phrases.

    The provider's tags that the text holds; without any, the proper names in the sentence of the mention.
    """
    span = mention_span(enriched)
    if span is None:
        return []
    article, named = enriched.article, mention(enriched) or ""
    tags = [tag.name.strip() for tag in (*article.organisations, *article.people)]
    found = [name for name in tags if name in article.text] or _proper_names(article.text, *span)
    kept = (name for name in dict.fromkeys(found) if len(name) > 2 and not _same_words(name, named))
    return list(kept)[:MOST_CONTEXTS]


def _proper_names(text: str, start: int, end: int) -> list[str]:
    """Return the proper names of the sentence around a span, the nearest first."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, start)]
    first = ends[-1] if ends else 0
    stop = _SENTENCE_END.search(text, end)
    last = stop.start() if stop else len(text)
    names = [match for part in ((first, start), (end, last)) for match in _PROPER.finditer(text, *part)]
    names.sort(key=lambda match: max(start - match.end(), match.start() - end))
    return [_ARTICLE.sub("", match.group()) for match in names]


def _same_words(one: str, other: str) -> bool:
    mine, theirs = set(one.casefold().split()), set(other.casefold().split())
    return mine <= theirs or theirs <= mine
