"""An article's text made ready for matching, with every offset leading back to the original characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from models.names import INVISIBLE, Token, fold, split_words, tokenize

_SENTENCE_END = re.compile(r"[.!?][\"'”’)]*\s+(?=[\"'“‘(\[]?[^\Wa-z_])|[।。！？]|\n+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|st|sr|jr|smt|prof|gen|col|capt|lt|sen|rep|gov|rev|inc|ltd|co|corp|no|vs)|\b\w)$",
    re.IGNORECASE,
)
MAX_CHARS = 1 << 20
_LEAD_SENTENCES, _FULL_SENTENCE_WORDS = 2, 5


class Text:
    """Headline and body as one text.

    `clean` is the original less invisible characters, `folded` has its length; positions below count in `clean`, and
    `original_span` turns them into positions of the original.
    """

    def __init__(self, headline: str, body: str) -> None:
        self.original = f"{headline}\n{body}"[:MAX_CHARS]
        self._kept: list[int] | None = None
        self.clean = self.original
        self.headline_end = min(len(headline), len(self.original))
        if not self.original.isascii() and INVISIBLE.search(self.original):
            self._kept = [i for i, character in enumerate(self.original) if not INVISIBLE.match(character)]
            self.clean = "".join(self.original[i] for i in self._kept)
            self.headline_end = len(INVISIBLE.sub("", headline))
        self.folded = fold(self.clean)

    @cached_property
    def sequence(self) -> list[str]:
        """The folded words in order; far cheaper to come by than `tokens`, which know their spans."""
        return split_words(self.folded)

    @cached_property
    def words(self) -> frozenset[str]:
        """The distinct folded words."""
        return frozenset(self.sequence)

    @cached_property
    def tokens(self) -> list[Token]:
        """The words in order, with their spans."""
        return tokenize(self.folded)

    @cached_property
    def cased(self) -> bool:
        """Whether capitals mean anything here: false for text all in lower or all in upper case."""
        sample = self.clean[: 1 << 14]
        capitals = sum(map(str.isupper, sample))
        return 0 < capitals < 0.6 * max(1, sum(map(str.isalpha, sample)))

    @cached_property
    def sentence_starts(self) -> list[int]:
        """Where each sentence starts; the headline is the first."""
        starts = [0]
        for match in _SENTENCE_END.finditer(self.clean):
            before = self.clean[max(0, match.start() - 6) : match.start()]
            if match.group()[0] == "." and _ABBREVIATION.search(before):
                continue
            if match.end() < len(self.clean):
                starts.append(match.end())
        return starts

    @cached_property
    def lead_end(self) -> int:
        """Where the second full sentence of the body ends; date lines and other fragments do not count."""
        starts = [start for start in self.sentence_starts[:12] if start > self.headline_end] or [self.headline_end + 1]
        full = 0
        for start in starts:
            end = self.sentence_span(start)[1]
            full += len(self.folded[start : min(end, start + 400)].split()) >= _FULL_SENTENCE_WORDS
            if full == _LEAD_SENTENCES:
                return end
        return end

    @cached_property
    def _positions(self) -> dict[str, list[int]]:
        positions: dict[str, list[int]] = {}
        for index, token in enumerate(self.tokens):
            positions.setdefault(token.folded, []).append(index)
        return positions

    def sentence_of(self, position: int) -> int:
        """Return the number of the sentence that holds a position; 0 is the headline."""
        return bisect_right(self.sentence_starts, position) - 1

    def sentence_span(self, position: int) -> tuple[int, int]:
        """Return the span of the sentence that holds a position."""
        number = self.sentence_of(position)
        starts = self.sentence_starts
        return starts[number], starts[number + 1] if number + 1 < len(starts) else len(self.clean)

    def find(self, words: tuple[str, ...], limit: int = 50) -> list[tuple[int, int]]:
        """Return the spans of a phrase of folded words, the first `limit` of them."""
        spans = []
        for first in self._positions.get(words[0], ())[: limit * 4]:
            found = self.tokens[first : first + len(words)]
            if len(found) == len(words) and all(token.folded == word for token, word in zip(found, words, strict=True)):
                spans.append((found[0].start, found[-1].end))
                if len(spans) == limit:
                    break
        return spans

    def is_capital(self, token: Token) -> bool:
        """Whether a token is written with a capital first letter."""
        return self.clean[token.start].isupper()

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a span of `clean` into one of the original text."""
        if self._kept is None or end <= start:
            return start, end
        return self._kept[start], self._kept[end - 1] + 1
