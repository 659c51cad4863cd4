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
        ("tch|sch|tsch", "C"), ("ch", "C"), ("kh", "K"), ("ph", "P"), ("sh", "S"), ("ts|tz|cz", "S"), ("zh", "J"),
        ("x", "KS"), ("c(?=[eiy])", "S"), ("[ckqg]", "K"), ("[bfpvw]", "P"), ("[dt]h?", "T"), ("[sz]", "S"), ("j", "J"),
        ("[lr]", "R"), ("m", "M"), ("n", "N"), ("[aeiouyh]", ""),
    )
)  # fmt: skip
_COMMON = COMMON_GIVEN | COMMON_FAMILY
_COMMON_KEYS = frozenset(spelling_key(name) for name in _COMMON)


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """A word in Latin letters.

    Attributes:
        text: lower-case Latin letters.
        key: what spelling variants share.
        sounds: the consonants by how they sound, voiced and unvoiced alike, repeats once.
        rank: `common` or `rare` for persons; `own`, `generic`, `place` or `number` for organisations.
        alike: other spellings of the same name that no rule relates, and nicknames.
        vowelless, syllabic: how the script of the original writes it.
    """

    text: str
    key: str
    sounds: str
    rank: str
    variants: frozenset[str]
    nicknames: frozenset[str]
    vowelless: bool
    syllabic: bool
    latin: bool


@lru_cache(maxsize=1 << 17)
def word(text: str, kind: Kind, script: str = "latin") -> Word:
    """Return the word for a spelling in Latin letters whose original stood in `script`."""
    text = text[:MAX_TOKEN_CHARS]
    return Word(
        text=text,
        key=spelling_key(text),
        sounds=sounds(text),
        rank=_rank(text, kind),
        variants=VARIANTS.get(text, frozenset()),
        nicknames=NICK.get(text, frozenset()),
        vowelless=script in _WITHOUT_VOWELS,
        syllabic=script in _SYLLABIC,
        latin=script == "latin",
    )


def sounds(text: str) -> str:
    """Return the consonant classes of a word: Dinakaran and Tinagaran share theirs."""
    for pattern, sound in _SPELLED_SOUNDS:
        text = pattern.sub(sound, text)
    return re.sub(r"(.)\1+", r"\1", text)


def _rank(text: str, kind: Kind) -> str:
    if kind == "person":
        return "common" if text in _COMMON or spelling_key(text) in _COMMON_KEYS else "rare"
    if text in NUMBERS or text.isdigit():
        return "number"
    if text in PLACES:
        return "place"
    return "generic" if text in GENERIC else "own"
