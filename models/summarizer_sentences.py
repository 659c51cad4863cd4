"""Sentence splitting that keeps exact offsets: abbreviations, initials, decimals, quotes, danda and CJK stops."""

from __future__ import annotations

import re
from dataclasses import dataclass

# A full stop after one of these does not end a sentence.
_ABBREVIATED = """
    mr mrs ms dr prof sr jr st smt shri capt col gen lt maj sgt rev hon gov sen rep pres adv messrs
    inc ltd pvt co corp llc plc bros dept univ vs etc no nos vol fig al approx est rs cr lakh
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
"""
ABBREVIATIONS = frozenset(_ABBREVIATED.split())
# A run without any stop is not a sentence: the summary shows at most this much of it.
MAX_SENTENCE_CHARACTERS = 1000

_CLOSERS = "\"'”’»)]"
_STOP = re.compile(rf"[.!?…]+[{re.escape(_CLOSERS)}]*(?=\s|$)|[।॥。！？]+[{re.escape(_CLOSERS)}」』]*")
_LAST_WORD = re.compile(r"([^\s.\"“”‘’(\[]+(?:\.[^\s.\"“”‘’(\[]+)*)\.$")
# No name begins with these: after an abbreviation ("Acme Ltd. The group ...") they do open a sentence.
_OPENER = re.compile(
    r"\s+[\"“'‘]?(?:The|They|He|She|It|His|Her|Its|Their|This|That|These|Those|We|But|However|After|When|While|In|On)\b"
)
_BLOCK = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"\w", re.UNICODE)


@dataclass(frozen=True, slots=True)
class Span:
    """One sentence: its text and its place in the text that was split, in characters."""

    text: str
    start: int
    end: int


def split_sentences(text: str, *, start: int = 0) -> list[Span]:
    """Return the sentences of `text[start:]` in order; `text[span.start:span.end] == span.text` for each."""
    spans: list[Span] = []
    for block in _BLOCK.finditer(text, start):
        spans.extend(_split_block(text, block.start(), block.end()))
    return spans


def _split_block(text: str, start: int, end: int) -> list[Span]:
    spans: list[Span] = []
    opened = start
    for stop in _STOP.finditer(text, start, end):
        if _ends_sentence(text, opened, stop.start(), stop.end(), end):
            spans.extend(_trim(text, opened, stop.end()))
            opened = stop.end()
    spans.extend(_trim(text, opened, end))
    return spans


def _ends_sentence(text: str, opened: int, stop: int, after: int, end: int) -> bool:
    following = text[after : min(end, after + 40)].lstrip()[:1]
    if following.islower() or (following and following in ",;:"):
        return False
    if text[stop] != "." or after >= end:
        return True
    last = _LAST_WORD.search(text, max(opened, stop - 40), stop + 1)
    if last is None:
        return True
    word = last.group(1)
    is_initial = len(word) == 1 and word.isalpha() and word.isupper()
    is_dotted = "." in word and all(len(part) == 1 for part in word.split("."))
    is_short = is_initial or is_dotted or word.lower() in ABBREVIATIONS
    return not is_short or bool(_OPENER.match(text, after, min(end, after + 40)))


def _trim(text: str, start: int, end: int) -> list[Span]:
    """Cut white space off both ends; over-long runs without a stop are cut, runs without a word character dropped."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    end = min(end, start + MAX_SENTENCE_CHARACTERS)
    piece = text[start:end]
    return [Span(piece, start, end)] if _WORD.search(piece) else []
