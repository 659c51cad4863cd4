"""How two words of two names relate: equal, a spelling variant, a nickname, an initial, a slip, or not at all."""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

from models.pairs.vocabulary import HONORIFIC_ENDINGS
from models.pairs.words import Word

# Strongest first; the alignment prefers the earlier.
RELATIONS = (
    "equal", "variant", "sound", "nickname", "vowels", "slip", "ending", "initial", "prefix", "near",
)  # fmt: skip
STRENGTH = {relation: position for position, relation in enumerate(RELATIONS)}
_SLIP_FROM_CHARS, _NEAR_SIMILARITY, _VOWELS_SIMILARITY = 5, 0.72, 0.55
# What scanners and fast typists confuse.
_CONFUSABLE = ((re.compile("rn|nn"), "m"), (re.compile("[l1|]"), "i"), (re.compile("0"), "o"), (re.compile("5"), "s"),
               (re.compile("8"), "b"), (re.compile("vv|w"), "u"), (re.compile("cl"), "d"),
               (re.compile("v"), "u"))  # fmt: skip


@lru_cache(maxsize=1 << 18)
def relation(left: Word, right: Word) -> str | None:
    """Return the strongest relation of two words, one of RELATIONS; None when they contradict each other."""
    if left.text == right.text:
        return "equal"
    if len(left.text) == 1 or len(right.text) == 1:
        return _initial(left, right)
    if (left.key == right.key and len(left.key) > 2) or right.text in left.variants:
        return "variant"
    if right.text in left.nicknames:
        return "nickname"
    return _by_sound(left, right) or _by_letters(left, right)


def _initial(left: Word, right: Word) -> str | None:
    if len(left.text) == len(right.text) == 1:
        return None
    same_letter = left.text[0] == right.text[0]
    same_sound = not (left.latin and right.latin) and left.sounds[:1] == right.sounds[:1] != ""
    return "initial" if same_letter or same_sound else None


def _by_sound(left: Word, right: Word) -> str | None:
    if left.sounds != right.sounds or not left.sounds:
        if left.vowelless or right.vowelless:
            short, long = sorted((left.sounds, right.sounds), key=len)
            return "near" if len(short) > 3 and OSA.distance(short, long) == 1 else None
        return None
    if left.vowelless or right.vowelless:
        return "sound" if len(left.sounds) > 1 else "near"
    alike = OSA.normalized_similarity(left.key, right.key)
    if left.syllabic or right.syllabic:
        return "sound" if alike >= _VOWELS_SIMILARITY or len(left.sounds) > 1 else "near"
    if left.key.rstrip("aeiou") == right.key.rstrip("aeiou"):
        # Rama is Ram, but Sunila is not Sunil.
        return "ending"
    return "sound" if alike >= _NEAR_SIMILARITY else "vowels" if alike >= _VOWELS_SIMILARITY else None


def _by_letters(left: Word, right: Word) -> str | None:
    short, long = sorted((left.text, right.text), key=len)
    rest = long[len(short) :]
    if long.startswith(short) and len(short) > 2:
        return "variant" if rest in HONORIFIC_ENDINGS else "prefix"
    if len(short) >= _SLIP_FROM_CHARS and (_is_slip(left.text, right.text) or OSA.distance(left.key, right.key) == 1):
        return "slip"
    alike = max(OSA.normalized_similarity(left.text, right.text), OSA.normalized_similarity(left.key, right.key))
    return "near" if alike >= _NEAR_SIMILARITY else None


def _is_slip(left: str, right: str) -> bool:
    return OSA.distance(left, right) == 1 or _unconfused(left) == _unconfused(right)


def _unconfused(text: str) -> str:
    for pattern, letter in _CONFUSABLE:
        text = pattern.sub(letter, text)
    return text
