"""A word of a name with everything that comparing it needs, computed once a spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from models.names import MAX_TOKEN_CHARS, spelling_key
from models.names_data import COMMON_FAMILY, COMMON_GIVEN
from models.pairs.vocabulary import GENERIC, NICK, NUMBERS, PLACES, VARIANTS

Kind = Literal["person", "organisation"]

# Scripts that leave vowels out, and scripts that write a syllable a sign.
_WITHOUT_VOWELS = frozenset(("arabic", "hebrew"))
_SYLLABIC = frozenset(("han", "hangul"))
_SPELLED_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"(.)\1+", r"\1"), ("tsch|(?:t?ch)+", "C"), ("sch", "S"), ("kh", "K"), ("ph", "F"), ("sh", "S"),
        ("ts|tz|cz", "S"), ("zh", "J"), ("x", "KS"), ("c(?=[eiy])", "S"), ("[ckqg]", "K"), ("[bpv]", "P"), ("f", "F"),
        ("[dt]h?", "T"), ("[sz]", "S"), ("j", "J"), ("l", "L"), ("r", "R"), ("m", "M"), ("n", "N"), ("[aeiouywh]", ""),
    )
)  # fmt: skip
_LETTERS_OF_DIGITS = str.maketrans("0158", "olsb")  # in a person's name a digit is a misread letter
_COMMON = COMMON_GIVEN | COMMON_FAMILY
_COMMON_STEMS = frozenset(spelling_key(name).rstrip("aeiou") for name in _COMMON)


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word in Latin letters.

    Attributes:
        text: lower-case Latin letters.
        key: what spelling variants share.
        sounds: the consonants by how they sound, voiced and unvoiced alike, repeats once.
        rank: `common` or `rare` for persons; `own`, `generic`, `place` or `number` for organisations.
        variants, nicknames: other words for the same name that no rule relates.
        kind: what bears the name.
        script: of the original; `vowelless`, `syllabic`: how that script writes; `initial`: a single letter.
    """

    text: str
    key: str
    sounds: str
    rank: str
    variants: frozenset[str]
    nicknames: frozenset[str]
    kind: Kind
    script: str
    vowelless: bool
    syllabic: bool
    initial: bool


@lru_cache(maxsize=1 << 17)
def word(text: str, kind: Kind, script: str = "latin") -> Word:
    """Return the word for a spelling in Latin letters whose original stood in `script`."""
    text = text[:MAX_TOKEN_CHARS]
    if kind == "person" and not text.isalpha() and not text.isdigit():
        text = text.translate(_LETTERS_OF_DIGITS)
    rank = _rank(text, kind, script)
    return Word(
        text=text,
        key=spelling_key(text),
        sounds=sounds(text),
        rank=rank,
        variants=VARIANTS.get(text, frozenset()),
        nicknames=NICK.get(text, frozenset()),
        kind=kind,
        script=script,
        vowelless=script in _WITHOUT_VOWELS,
        syllabic=script in _SYLLABIC,
        initial=len(text) == 1 and script not in _SYLLABIC and rank != "number",
    )


def sounds(text: str) -> str:
    """Return the consonant classes of a word: Dinakaran and Tinagaran share theirs."""
    for pattern, sound in _SPELLED_SOUNDS:
        text = pattern.sub(sound, text)
    return text


_COMMON_SOUNDS = frozenset(map(sounds, _COMMON))


def _rank(text: str, kind: Kind, script: str) -> str:
    if kind == "person":
        if script in _WITHOUT_VOWELS:
            return "common" if sounds(text) in _COMMON_SOUNDS else "rare"
        stem = text if script == "latin" else spelling_key(text).rstrip("aeiou")
        return "common" if text in _COMMON or (len(stem) > 2 and stem in _COMMON_STEMS) else "rare"
    if text in NUMBERS or text.isdigit():
        return "number"
    if text in PLACES:
        return "place"
    return "generic" if text in GENERIC else "own"
