"""How two words of two names relate: equal, a spelling variant, a nickname, an initial, a slip, or not at all."""

from __future__ import annotations

from functools import lru_cache

from rapidfuzz.distance import OSA

from models.pairs.slips import KEY_COST, slipped, slips
from models.pairs.vocabulary import HONORIFIC_ENDINGS
from models.pairs.words import Word, word

# Strongest first; the alignment prefers the earlier.
RELATIONS = (
    "equal", "variant", "sound", "nickname", "vowels", "slip", "rendering", "edit", "consonant", "ending", "final a",
    "initial", "prefix", "near", "far",
)  # fmt: skip
STRENGTH = {relation: position for position, relation in enumerate(RELATIONS)}
_EDIT_FROM_CHARS, _NEAR_SIMILARITY, _FAR_SIMILARITY, _SLIP_SIMILARITY = 5, 0.72, 0.57, 0.75
_CONSONANT_SIMILARITY = 0.66  # one of three
# Of words with one spelling key: Laxmi is Lakshmi, but Sethi is not Shetty, and Bos not Bosch.
_KEY_SIMILARITY = {"person": 0.55, "organisation": 0.72}
_TELLING = frozenset(RELATIONS[: RELATIONS.index("near")])
_SHORTEST_NAME = 3
_BARELY = 0.5  # of words known by their consonants alone
# How alike the vowels of words with the same consonants must be; a script between them blurs vowels.
_SOUND_SIMILARITY, _VOWELS_SIMILARITY, _BLURRED = 0.72, 0.55, 0.25
_SYLLABLE_CHARS, _SYLLABLE_SIMILARITY, _SYLLABLES_SIMILARITY = 5, 0.76, 0.55
# Letters that a script does not tell apart, as classes of `Word.sounds`.
_BLURS = {
    "kana": (("L", "R"), ("F", "P")),
    "hebrew": (("F", "P"), ("C", "K")),
    "arabic": (("C", "S"),),
    "hangul": (("C", "J"), ("L", "R")),
    "indic": (("C", "S"),),  # Tamil writes both with one letter
}
_DEVOICED = str.maketrans("gdb", "ktp")
_ALPHABETS = frozenset(("latin", "greek", "cyrillic"))  # written letter for letter, so that slips still show


@lru_cache(maxsize=1 << 18)
def relation(left: Word, right: Word) -> str | None:
    """Return the strongest relation of two words, one of RELATIONS; None when they contradict each other."""
    if left.text == right.text:
        return "equal"
    if "number" in (left.rank, right.rank):
        return None
    if left.initial or right.initial:
        return _initial(left, right)
    if right.text in left.variants:
        return "variant"
    if left.key == right.key and len(left.key) > 2:
        alike = OSA.normalized_similarity(left.text, right.text)
        return "variant" if alike >= _KEY_SIMILARITY[left.kind] or left.script != right.script else "near"
    if right.text in left.nicknames:
        return "nickname"
    if left.vowelless or right.vowelless:
        return _by_consonants(left, right)
    if left.text.endswith(HONORIFIC_ENDINGS) != right.text.endswith(HONORIFIC_ENDINGS):
        found = _without_honorific(left, right)
        if found is not None:
            return found
    if left.script == right.script and slipped(left.text, right.text, many=left.script in _ALPHABETS):
        return "slip"
    found = _by_vowels(left, right) if _same_sounds(left, right) else None
    return found if found in _TELLING else _by_letters(left, right) or found


def _without_honorific(left: Word, right: Word) -> str | None:
    """Compare without the honorific at the end of one: Rameshbhai is Ramesh; None when that relates them no better."""
    mine, yours = (left, right) if left.text.endswith(HONORIFIC_ENDINGS) else (right, left)
    ending = next(ending for ending in HONORIFIC_ENDINGS if mine.text.endswith(ending))
    if len(mine.text) - len(ending) < _SHORTEST_NAME:
        return None
    found = relation(word(mine.text[: -len(ending)], mine.kind, mine.script), yours)
    return "variant" if found == "equal" else found if found in _TELLING else None


def _initial(left: Word, right: Word) -> str | None:
    if left.initial and right.initial:
        return None
    same_letter = left.text[0] == right.text[0]
    same_sound = left.script != right.script and left.sounds[:1] == right.sounds[:1] != ""
    return "initial" if same_letter or same_sound else None


def _same_sounds(left: Word, right: Word) -> bool:
    mine, yours = left.sounds, right.sounds
    if mine == yours:
        return bool(mine)
    if left.script == right.script:
        return False
    for blurred in (left.script, right.script):
        for sound, other in _BLURS.get(blurred, ()):
            mine, yours = mine.replace(sound, other), yours.replace(sound, other)
    # Het is written ch or h.
    either = "hebrew" in (left.script, right.script) and mine.replace("K", "") == yours.replace("K", "")
    return mine == yours or (either and "C" in left.sounds + right.sounds)


def _by_consonants(left: Word, right: Word) -> str | None:
    """Compare with a word that was written without its vowels."""
    if _same_sounds(left, right):
        return "sound" if min(len(left.sounds), len(right.sounds)) > 1 else "vowels"
    alike = OSA.normalized_similarity(left.sounds, right.sounds)
    if alike >= _SLIP_SIMILARITY:
        return "slip"
    if alike >= _CONSONANT_SIMILARITY:
        return "consonant"
    return "near" if alike >= _FAR_SIMILARITY else "far" if alike >= _BARELY else None


def _by_vowels(left: Word, right: Word) -> str | None:
    """Compare words of the same consonants."""
    if "hangul" in (left.script, right.script):  # of which g and k, d and t, b and p are one letter each
        alike = OSA.normalized_similarity(left.key.translate(_DEVOICED), right.key.translate(_DEVOICED))
    else:
        alike = OSA.normalized_similarity(left.key, right.key)
    if left.syllabic or right.syllabic:
        one = min(len(left.text), len(right.text)) <= _SYLLABLE_CHARS
        enough = _SYLLABLE_SIMILARITY if one else _SYLLABLES_SIMILARITY
        return "sound" if alike >= enough else "far" if one else "near"
    if left.key.rstrip("aeiou") == right.key.rstrip("aeiou"):
        # Dubey is Dube, Rama may be Ram, but Sunila is not Sunil.
        final_a = left.key + "a" == right.key or right.key + "a" == left.key
        return "final a" if final_a and left.script == right.script else "ending"
    if alike >= _SOUND_SIMILARITY:
        return "sound"
    if left.script == right.script:
        return "near" if alike >= _VOWELS_SIMILARITY else None
    return "vowels" if alike >= _BLURRED else None


def _by_letters(left: Word, right: Word) -> str | None:
    short, long = sorted((left.text, right.text), key=len)
    if long.startswith(short):
        return "prefix"
    if left.script != right.script and slipped(short, long, many={left.script, right.script} <= _ALPHABETS):
        return "slip"
    if len(short) >= _EDIT_FROM_CHARS and short[0] == long[0]:
        apart = OSA.distance(short, long)
        if apart == 1 and sorted(short) == sorted(long):
            return "slip"
        if apart == 1 or OSA.distance(left.key, right.key) == 1:
            return "edit" if left.script == right.script else "rendering"
    if (left.syllabic or right.syllabic) and len(short) <= _SYLLABLE_CHARS:
        # Another syllable is another name, unless a key was missed.
        return "far" if len(short) > 1 and slips(short, long) <= KEY_COST else None
    alike = max(OSA.normalized_similarity(short, long), OSA.normalized_similarity(left.key, right.key))
    return "near" if alike >= _NEAR_SIMILARITY else "far" if alike >= _FAR_SIMILARITY else None
