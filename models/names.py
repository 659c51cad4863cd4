"""Names and text in one folded alphabet: lower case, no diacritics, one character in for one character out.

Folding keeps offsets, so a match in folded text is a match in the original. Tokens in other scripts are romanised
one by one, only to look them up.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from anyascii import anyascii

from models.names_data import DOTTED_LEGAL_FORMS, GENERATIONS, HONORIFICS, LEGAL_FORMS, PARTICLES
from models.scripts import latin_words

MAX_TOKEN_CHARS = 64  # no name is longer; a longer run of letters is noise
# Characters that change how text looks but not what it says: zero width, bidi controls, combining Latin accents.
INVISIBLE = re.compile("[\u00ad\u0300-\u036f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# Scripts written without spaces between words, or with particles glued to names.
UNSEGMENTED = re.compile("[\u0e00-\u0eff\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
# A run of Latin letters and digits, or of anything else: 辞去Haoran is two words.
_WORD = re.compile(r"[0-9a-z]+|[^0-9a-z\s]+")


class _Folding(dict[int, str]):
    """Character table for `str.translate` that fills itself: a letter's base form, or a space for punctuation."""

    def __missing__(self, codepoint: int) -> str:
        folded = _fold_character(chr(codepoint))
        self[codepoint] = folded
        return folded


def _fold_character(character: str) -> str:
    if unicodedata.category(character)[0] not in "LMN":
        return " "
    base = unicodedata.normalize("NFKD", character)[0].lower()
    if len(base) == 1 and base.isascii() and base.isalnum():
        return base
    if "\u00c0" <= character <= "\u02af":  # letters that do not decompose: ł, ø, đ, ß
        return (anyascii(character) or character)[0].lower()
    lowered = character.lower()
    return lowered if len(lowered) == 1 else character


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return text of the same length in lower case, without diacritics, every non-letter a space."""
    return text.translate(_FOLDING)


class Token(NamedTuple):
    """A word of a text: folded form, and its span in characters."""

    folded: str
    start: int
    end: int

    @property
    def key(self) -> str:
        """The spelling key."""
        return spelling_key(self.folded)


def split_words(folded: str) -> list[str]:
    """Split folded text into its words; over-long runs are left out."""
    words = folded.split() if folded.isascii() else _WORD.findall(folded)
    return [word for word in words if len(word) <= MAX_TOKEN_CHARS]


def tokenize(folded: str) -> list[Token]:
    """Return what `split_words` does, with offsets."""
    return [
        Token(match.group(), start, end)
        for match in _WORD.finditer(folded)
        if (end := match.end()) - (start := match.start()) <= MAX_TOKEN_CHARS
    ]


_SPELLINGS = [
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        ("c?ks", "x"), ("ph", "f"), ("ck|q", "k"), ("shch|sch|sh", "s"), ("([bdgjkt])h", r"\1"), ("w", "v"),
        ("ou|oo|uu", "u"), ("ee|ei|ey|ie|iy|ye|yi|ii|y", "i"), ("aa", "a"), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


@lru_cache(maxsize=1 << 17)
def spelling_key(folded: str) -> str:
    """Return a key that spelling variants of one name share: Saxena and Saksena, Leonov and Леонов."""
    word = folded if folded.isascii() else romanised(folded)
    if len(word) < 4 or len(word) > MAX_TOKEN_CHARS:
        return word[:MAX_TOKEN_CHARS]
    for pattern, replacement in _SPELLINGS:
        word = pattern.sub(replacement, word)
    return word


def romanised(folded: str) -> str:
    """Return a token in Latin letters, lower case."""
    return "".join(latin_words(folded))


_ONE_SOUND = str.maketrans("jzcgqdbfm", "ssskktppn")


@lru_cache(maxsize=1 << 17)
def skeleton(folded: str) -> str:
    """Return the consonants of a name, for scripts that do not write every vowel; prefixed so that it meets no key.

    Words of one spelling key have one skeleton. Sounds that some script does not tell apart are one: Tamil has no
    voiced stops, Hebrew one letter for p and f, and the Indic dot is n before one consonant and m before the next.
    """
    word = re.sub("c(?![ehiy])", "k", spelling_key(folded).replace("x", "ks"))
    return "~" + re.sub(r"(.)\1+", r"\1", re.sub(r"[aeiouyvwh]", "", word).translate(_ONE_SOUND))


_VOWEL_KINDS = {"u": "u", "o": "u", "w": "u", "i": "i", "e": "i", "y": "i"}


@lru_cache(maxsize=1 << 17)
def vowels(folded: str) -> str:
    """Return the vowels of a word but a, which scripts imply: u for u, o and w, i for i, e and y, repeats once."""
    kinds = "".join(_VOWEL_KINDS.get(letter, " ") for letter in romanised(folded))
    return re.sub(r"(\w)\1+", r"\1", kinds).replace(" ", "")


# Letters that stand for two sounds each: Yaakov, Michael and Chaim, Palani.
_OTHER_SOUND = str.maketrans("בכךחழഴ", "וסססலള")


@lru_cache(maxsize=1 << 17)
def lookup_keys(folded: str) -> tuple[str, ...]:
    """Return the keys under which the index may hold a word of a text: by spelling, other scripts by consonants."""
    if folded.isascii():
        return (spelling_key(folded),)
    other = folded.translate(_OTHER_SOUND)
    return (skeleton(folded),) if other == folded else (skeleton(folded), skeleton(other))


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name in folded tokens: given names in order, and the family name with its particles."""

    given: tuple[str, ...]
    family: tuple[str, ...]


def words_of(name: str) -> list[str]:
    """Return the folded words of a name, invisible characters removed."""
    return fold(name if name.isascii() else INVISIBLE.sub("", name)).split()


def parse_person(name: str) -> PersonName:
    """Split a person's name; `Family, Given` is turned round, honorifics and generational suffixes fall away."""
    if name.count(",") == 1 and not set(words_of(name.split(",")[1])) <= GENERATIONS:
        name = " ".join(reversed(name.split(",")))
    words = words_of(name)
    while len(words) > 1 and words[0] in HONORIFICS:
        words.pop(0)
    while len(words) > 2 and words[-1] in GENERATIONS:
        words.pop()
    first = len(words) - 1
    while first > 1 and words[first - 1] in PARTICLES:
        first -= 1
    return PersonName(tuple(words[:first]), tuple(words[first:]))


def parse_organisation(name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Split an organisation's name into what tells it apart and its legal form, both in folded words."""
    words = words_of(name)
    if words[:1] == ["the"] and len(words) > 1:
        words.pop(0)
    core = list(words)
    while len(core) > 1:
        dotted = next((form for form in DOTTED_LEGAL_FORMS if tuple(core[-len(form) :]) == form), None)
        if dotted and len(core) > len(dotted):
            del core[-len(dotted) :]
        elif core[-1] in LEGAL_FORMS:
            core.pop()
        else:
            break
    return tuple(core), tuple(words[len(core) :])
