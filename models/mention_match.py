"""Whether a form of a name stands at a place in a text, and how well it fits there."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from models.name_forms import NameForm, NameWord
from models.names import Token, lookup_keys, romanised, vowels
from models.names_data import COMMON_GIVEN, GENERATIONS, HONORIFICS, LEGAL_FORMS, PARTICLES
from models.text import Text

# What may stand between two words of one name.
_JOINT = re.compile(r"\.?[ \t\n\u00a0]{0,2}[-'’ʼ`·&./]?[ \t\u00a0]?")
_COMMA_JOINT = re.compile(r",?[ \t\u00a0]{1,2}")
_SPACE = re.compile(r"[ \t\u00a0]{1,2}")
_MAY_BE_SMALL = PARTICLES | {"and", "of", "s", "the"}
_SPELLING_VARIANT, _OTHER_SCRIPT, _LOWER_CASE = -0.5, -0.3, -0.8
_OTHER_SCRIPT_SHORT = -0.6
# A skeleton begins with a tilde.
_SHORT_SKELETON, _LONG_SKELETON, _LEAST_CONSONANTS, _VOWELS = 2, 3, 4, frozenset("aeiouy")
_LONGER_NAME, _UNKNOWN_MIDDLE, _INITIAL_MIDDLE = -1.5, -0.9, -0.2


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found: its form, its span in `Text.clean`, its log-odds before context, and how it was written."""

    form: NameForm
    start: int
    end: int
    score: float
    how: str


def match_form(text: Text, form: NameForm, position: int) -> Mention | None:
    """Match a form whose anchor word was hit by the token at `position`; None when it does not stand there."""
    aligned = _align(text, form, position)
    if aligned is None:
        return None
    found, middle, note = aligned
    fits = [_word_fit(word, token) for word, token in zip(form.words, found, strict=True)]
    case = _case_fit(text, form, found)
    around = _surroundings_fit(text, form, found)
    if None in fits or case is None or around is None:
        return None
    if not all(token.folded.isascii() for token in found) and not _says_enough(form, found):
        return None
    variants = sum(fit for fit in fits if fit is not None)
    notes = [form.kind, note, "spelling variant" if variants else "", "longer name" if around else ""]
    how = ", ".join(filter(None, notes))
    return Mention(form, found[0].start, found[-1].end, form.score + variants + middle + case + around, how)


def _align(text: Text, form: NameForm, position: int) -> tuple[list[Token], float, str] | None:
    """Return the tokens for the words of a form, with what a middle name between them costs and is called."""
    tokens, count = text.tokens, len(form.words)
    first = position - form.anchor
    found = tokens[first : first + count] if first >= 0 else []
    if len(found) == count and _fits(form, found) and _joined(text, form, found):
        return found, 0.0, ""
    if not form.open_middle:
        return None
    first = position - form.anchor - 1 if form.anchor == count - 1 else first
    found = tokens[first : first + count + 1] if first >= 0 else []
    if len(found) != count + 1 or not _joined(text, form, found):
        return None
    *head, middle, last = found
    if not _fits(form, [*head, last]) or not text.is_capital(middle):
        return None
    if len(middle.folded) == 1:
        return [*head, last], _INITIAL_MIDDLE, "middle initial"
    return [*head, last], _UNKNOWN_MIDDLE, "further middle name"


def _fits(form: NameForm, tokens: list[Token]) -> bool:
    return all(_word_fit(word, token) is not None for word, token in zip(form.words, tokens, strict=True))


def _joined(text: Text, form: NameForm, tokens: list[Token]) -> bool:
    """Whether tokens follow each other as words of one name do: no sentence end, a comma only in `Family, Given`."""
    comma_allowed = form.kind.startswith("family name") or bool({token.folded for token in tokens} & LEGAL_FORMS)
    for left, right in pairwise(tokens):
        if left.end <= text.headline_end < right.start:
            return False
        between = text.clean[left.end : right.start]
        stop_is_fine = len(left.folded) <= 2 or left.folded in GENERATIONS | HONORIFICS or "." not in between
        if not (_JOINT.fullmatch(between) and stop_is_fine) and not (comma_allowed and _COMMA_JOINT.fullmatch(between)):
            return False
    return True


def _word_fit(word: NameWord, token: Token) -> float | None:
    """Return the cost of reading a token as a word of a name; None when they differ."""
    if word.folded == token.folded:
        return 0.0
    if len(word.folded) == 1 or len(token.folded) == 1:
        return None
    if word.key == token.key and len(word.key) >= 3:
        return _OTHER_SCRIPT if not token.folded.isascii() else _SPELLING_VARIANT
    if token.folded.isascii() or len(word.skeleton) < _SHORT_SKELETON or word.skeleton not in lookup_keys(token.folded):
        return None
    if not _ends_alike(word, token) or not _vowels_alike(word, token):
        return None
    return _OTHER_SCRIPT if len(word.skeleton) > _LONG_SKELETON else _OTHER_SCRIPT_SHORT


def _vowels_alike(word: NameWord, token: Token) -> bool:
    """Whether the vowels that another script does write stand in the name, in order: yawm is not Hanan.

    A v of the name counts too: Hebrew has one letter for v, o and u.
    """
    known = iter(vowels(word.folded.replace("v", "w")))
    return all(vowel in known for vowel in vowels(token.folded))


def _ends_alike(word: NameWord, token: Token) -> bool:
    """Whether a vowel that another script writes at the end is in the name: Amita is not Amit.

    What it leaves out may be there all the same (Srinivasa), and so may the vowel that an Indic consonant implies.
    """
    last = token.folded[-1]
    implied = "\u0900" <= last <= "\u0d7f" and unicodedata.category(last) == "Lo"
    return implied or romanised(token.folded)[-1:] not in _VOWELS or word.folded[-1] in _VOWELS


def _says_enough(form: NameForm, found: list[Token]) -> bool:
    """Whether a name in another script is written out, or its consonants alone tell it from others."""
    written_out = all(word.key == token.key for word, token in zip(form.words, found, strict=True))
    return written_out or form.exact_case or sum(len(word.skeleton) - 1 for word in form.words) >= _LEAST_CONSONANTS


def _case_fit(text: Text, form: NameForm, found: list[Token]) -> float | None:
    """Return what the writing in capitals says; None when a form that needs its capitals is written without."""
    if form.exact_case:
        written = text.clean[found[0].start : found[-1].end]
        if written[0].isalpha() and not written[0].isupper() and written[0].lower() != written[0].upper():
            return None
        letters = [character for character in form.surface if character.isalpha()]
        if form.kind == "acronym" and all(map(str.isupper, letters)) and written.upper() != written:
            return None
        return 0.0
    if not text.cased:
        return 0.0
    small = [t for t in found if text.clean[t.start].islower() and t.folded not in _MAY_BE_SMALL]
    if any(len(token.folded) == 1 for token in small):
        return None
    return _LOWER_CASE if small else 0.0


def _surroundings_fit(text: Text, form: NameForm, found: list[Token]) -> float | None:
    """Return what the words next to a name say: part of a longer name, or of a person's where a company was meant."""
    tokens = text.tokens
    first, last = _index(tokens, found[0]), _index(tokens, found[-1])
    before = tokens[first - 1] if first else None
    after = tokens[last + 1] if last + 1 < len(tokens) else None
    if before and before.folded in COMMON_GIVEN and text.is_capital(before) and _touching(text, before, found[0]):
        if len(form.words) == 1:
            return None
        return _LONGER_NAME
    if before and len(found[0].folded) == 1 and _is_given_name(text, before, found[0]):
        return _LONGER_NAME
    in_headline = found[-1].end <= text.headline_end
    if after is None or in_headline or not text.cased or after.folded in LEGAL_FORMS | GENERATIONS:
        return 0.0
    follows = text.is_capital(after) and _touching(text, found[-1], after)
    return _LONGER_NAME if follows and len(after.folded) > 1 else 0.0


def _is_given_name(text: Text, before: Token, initial: Token) -> bool:
    """Whether the word before an initial is a name too: K. Orlovsky is not Irina K. Orlovsky."""
    return text.is_capital(before) and before.folded not in HONORIFICS and _touching(text, before, initial)


def _touching(text: Text, left: Token, right: Token) -> bool:
    return bool(_SPACE.fullmatch(text.clean[left.end : right.start]))


def _index(tokens: list[Token], token: Token) -> int:
    return bisect_left(tokens, token.start, key=lambda other: other.start)
