"""Romanised names in text written in Han characters or hangul, which have a syllable a character.

Han: every run of two to four characters, read out, is looked up. Hangul: a word that begins with a family name, whose
further syllables sound like the given name; romanisations of Korean differ in vowels, so consonants are the key.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from models.mention_match import Mention
from models.name_forms import NameForm
from models.names import MAX_TOKEN_CHARS, romanised, skeleton, spelling_key
from models.pairs.vocabulary import VARIANTS
from models.text import Text

MAX_CHARACTERS = 50_000
_HAN, _HANGUL = re.compile("[\u3400-\u9fff]+"), re.compile("[\uac00-\ud7af]{2,}")
_NAME_CHARACTERS, _GIVEN_SYLLABLES = (4, 3, 2), (2, 1)
_LEAST_LETTERS, _SOUNDS_ALIKE = 5, 0.6
# One reading has many characters, so a name read out says less than one written out.
_SCORE = 0.2
_KOREAN_FAMILIES = (
    "김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구민나진지엄채원천방공현함변염"
    "추도소석선설마길연위표명기반왕금옥육인맹제모"
)
_WHOLE_NAMES = ("full name", "family name first")


@dataclass(frozen=True, slots=True)
class SyllableIndex:
    """Whole names of a book: run together as Han characters are read, and by Korean family name and consonants."""

    han: Mapping[str, tuple[NameForm, ...]]
    hangul: Mapping[tuple[str, str], tuple[NameForm, ...]]


def by_syllables(forms: Iterable[NameForm]) -> SyllableIndex:
    """Return the index of a book's forms, family name first or last: linhaoran."""
    han: defaultdict[str, list[NameForm]] = defaultdict(list)
    hangul: defaultdict[tuple[str, str], list[NameForm]] = defaultdict(list)
    families = {reading for family in _KOREAN_FAMILIES for reading in _as_written(_reading(family))}
    for form in forms:
        if form.kind not in _WHOLE_NAMES or len(form.words) > 3:
            continue
        joined = "".join(word.folded for word in form.words)
        if joined.isascii() and _LEAST_LETTERS <= len(joined) <= MAX_TOKEN_CHARS:
            han[joined].append(form)
            if form.words[0].folded in families:
                hangul[form.words[0].folded, skeleton(_given(form))].append(form)
    return SyllableIndex(
        {joined: tuple(bearers) for joined, bearers in han.items()},
        {key: tuple(bearers) for key, bearers in hangul.items()},
    )


def syllable_mentions(text: Text, index: SyllableIndex) -> Iterator[Mention]:
    """Yield the names that the characters spell; at most the first 50,000 characters of each script are read."""
    yield from _han_mentions(text, index.han)
    yield from _hangul_mentions(text, index.hangul)


def _han_mentions(text: Text, han: Mapping[str, tuple[NameForm, ...]]) -> Iterator[Mention]:
    read = 0
    for run in _HAN.finditer(text.clean):
        spoken = [_reading(character) for character in run.group()[: MAX_CHARACTERS - read]]
        read += len(spoken)
        for first in range(len(spoken)):
            for count in _NAME_CHARACTERS:
                for form in han.get("".join(spoken[first : first + count]), ()):
                    start = run.start() + first
                    end = min(start + count, run.end())
                    yield Mention(form, start, end, _SCORE, f"{form.kind} in Han characters")
        if read >= MAX_CHARACTERS:
            return


def _hangul_mentions(text: Text, hangul: Mapping[tuple[str, str], tuple[NameForm, ...]]) -> Iterator[Mention]:
    if not hangul:
        return
    for run in _HANGUL.finditer(text.clean):
        if run.start() >= MAX_CHARACTERS:
            return
        word = run.group()
        families = _as_written(_reading(word[0])) if word[0] in _KOREAN_FAMILIES else ()
        for count in _GIVEN_SYLLABLES:
            given = "".join(map(_reading, word[1 : 1 + count]))
            for family in families if len(word) > count else ():
                for form in hangul.get((family, skeleton(given)), ()):
                    if _sound_alike(given, _given(form)):
                        end = run.start() + 1 + count
                        yield Mention(form, run.start(), end, _SCORE, f"{form.kind} in hangul")


def _given(form: NameForm) -> str:
    return "".join(word.folded for word in form.words[1:])


def _sound_alike(left: str, right: str) -> bool:
    return Levenshtein.normalized_similarity(spelling_key(left), spelling_key(right)) >= _SOUNDS_ALIKE


@lru_cache(maxsize=1 << 10)
def _as_written(reading: str) -> frozenset[str]:
    """Return how a family name of that reading is written in Latin letters: gim, kim."""
    return VARIANTS.get(reading, frozenset()) | {reading}


@lru_cache(maxsize=1 << 15)
def _reading(character: str) -> str:
    return romanised(character)
