"""The faithfulness gate: a written summary may hold no name, number, date or quotation that its source does not."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_QUOTE = re.compile(r"[\"“]([^\"“”]{2,})[\"”]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CALENDAR = """
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
"""
_MONTHS_AND_DAYS = frozenset(_CALENDAR.split())


def unfaithful_parts(summary: str, source: str) -> list[str]:
    """Return the names, numbers, dates and quotations of the summary that the source lacks; empty means faithful."""
    known_words = {word.casefold() for word in _WORD.findall(source)}
    known_numbers = set(_NUMBER.findall(source))
    flat_source = " ".join(source.split()).casefold()
    bad = [number for number in _NUMBER.findall(summary) if number not in known_numbers]
    bad += [quote for quote in _QUOTE.findall(summary) if " ".join(quote.split()).casefold() not in flat_source]
    for match in _WORD.finditer(summary):
        word = match.group()
        lowered = word.casefold()
        if lowered in known_words:
            continue
        # Any unknown capitalised word may be a name, the first of a sentence included. Scripts without case have no
        # such mark: there every unknown word counts.
        if not word.islower() or lowered in _MONTHS_AND_DAYS:
            bad.append(word)
    return bad
