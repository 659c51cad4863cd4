"""A name made ready for comparing: its words in Latin letters, and what was said beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from models.names import INVISIBLE, fold, parse_organisation
from models.names_data import GENERATIONS, LEGAL_FORMS
from models.pairs.vocabulary import (
    ALL_HONORIFICS,
    FEMALE_HONORIFICS,
    LEADING_LEGAL_FORMS,
    LEGAL_SPELLINGS,
    MALE_HONORIFICS,
    NAME_LIKE_HONORIFICS,
    NATIVE_HONORIFICS,
    NATIVE_LEGAL_FORMS,
    ORG_SPELLINGS,
    ORG_STOP_WORDS,
    PLACES,
    POSTNOMINALS,
    RELATIVE,
    SMALL_NAME_PARTS,
    WEAK_LEGAL_FORMS,
)
from models.pairs.words import Kind, Word, word
from models.scripts import latin_words, script_of

MAX_NAME_CHARS, MAX_WORDS, _MAX_RAW_CHARS = 400, 10, 1 << 16
_RELATIVE = re.compile(RELATIVE, re.IGNORECASE)
_ALIAS = re.compile(r"\s(?:alias|aka|a\.k\.a\.|urf|@)\s", re.IGNORECASE)
_ASIDE = re.compile(r"\(([^()]*)\)")
_MESSRS = re.compile(r"\bm/s\b\.?|\b(?:padma|bharat) (?:shri|bhushan|vibhushan|ratna)\b", re.IGNORECASE)
_PRIVATE = re.compile(r"\(\s*p(?:vt)?\.?\s*\)", re.IGNORECASE)
_CLOSED_UP = re.compile("['’ʼ`´]")
_DOTTED_CAPITALS = re.compile(r"\b(?:\w\.){2,}")
_ARABIC_ARTICLE, _ARABIC_WORD_CHARS = "ال", 5


@dataclass(frozen=True, slots=True)
class CompiledName:
    """A parsed name; compile the registry's side once and compare it with many.

    Attributes:
        words: at most ten, in the order written, `Family, Given` turned round.
        gender: `m`, `f` or empty, by honorific; generation: `jr`, `iii`, ... or empty.
        relative: the first name after S/o, D/o, W/o.
        legal: legal form in canonical spelling; acronyms: what the words abbreviate to.
        others: the names after `alias` and `aka`.
    """

    text: str
    kind: Kind
    words: tuple[Word, ...]
    gender: str = ""
    generation: str = ""
    relative: Word | None = None
    legal: frozenset[str] = frozenset()
    acronyms: frozenset[str] = frozenset()
    others: tuple[CompiledName, ...] = ()


def compile_name(name: str, kind: Kind) -> CompiledName:
    """Parse a name of at most 400 characters (the rest is ignored); a name without letters has no words."""
    text = name[:_MAX_RAW_CHARS]
    text = (text if text.isascii() else INVISIBLE.sub("", text))[:MAX_NAME_CHARS]
    if "/" in text or "adma" in text or "harat" in text:  # look before the slow search
        text = _MESSRS.sub(" ", text)
    if "(" in text and kind == "person":
        text = _ASIDE.sub(" ", text)
    first, *others = [part for part in _ALIAS.split(text) if part.strip()] or [""]
    build = _person if kind == "person" else _organisation
    return build(first, tuple(build(other, ()) for other in others[:3]))


def _person(text: str, others: tuple[CompiledName, ...]) -> CompiledName:
    text, _, after = _cut(text)
    if text.count(",") == 1:
        family, given = text.split(",")
        if not set(fold(given).split()) <= GENERATIONS | POSTNOMINALS | ALL_HONORIFICS:
            text = f"{given} {family}"
    words = _words(text)
    honorifics = _take_honorifics(words)
    generation = ""
    while len(words) > 1 and words[-1][0] in POSTNOMINALS | GENERATIONS and (len(words) > 2 or len(words[-1][0]) > 2):
        last = words.pop()[0]
        generation = last if last in GENERATIONS else generation
    kept = [pair for pair in words if pair[0] not in SMALL_NAME_PARTS or len(pair[0]) == 1]
    words = kept if len(kept) > 1 else words
    relative = _words(after)[:1] if after else []
    return CompiledName(
        text=" ".join(spelling for spelling, _ in words),
        kind="person",
        words=tuple(word(spelling, "person", script) for spelling, script in words[:MAX_WORDS]),
        gender=_gender(honorifics),
        generation={"junior": "jr", "senior": "sr"}.get(generation, generation),
        relative=word(relative[0][0], "person", relative[0][1]) if relative else None,
        others=others,
    )


def _cut(text: str) -> tuple[str, str, str]:
    """Part the name from whose son, daughter or wife the person is."""
    match = _RELATIVE.search(text) if "/" in text or " of" in text else None
    return (text[: match.start()], match.group(), text[match.end() :]) if match else (text, "", "")


def _words(text: str) -> list[tuple[str, str]]:
    """Return the words in Latin letters, each with the script it was written in."""
    return [
        (latin, script) for folded in fold(_CLOSED_UP.sub("", text)).split() for latin, script in _romanised(folded)
    ]


@lru_cache(maxsize=1 << 17)
def _romanised(folded: str) -> tuple[tuple[str, str], ...]:
    if folded in NATIVE_HONORIFICS:
        return ((NATIVE_HONORIFICS[folded], "latin"),)
    script = script_of(folded)
    if script == "arabic" and folded.startswith(_ARABIC_ARTICLE) and len(folded) >= _ARABIC_WORD_CHARS:
        folded = folded[len(_ARABIC_ARTICLE) :]
    return tuple((latin, script) for latin in latin_words(folded) if latin)


def _take_honorifics(words: list[tuple[str, str]]) -> list[str]:
    found = []
    # A word of another script is no honorific, whatever its letters come to: Omar is written `mr` in Arabic.
    while len(words) > 1 and words[0][0] in ALL_HONORIFICS and words[0][1] == "latin":
        if words[0][0] in NAME_LIKE_HONORIFICS and len(words) < 3:
            break
        found.append(words.pop(0)[0])
    return found


def _gender(honorifics: list[str]) -> str:
    for honorific in honorifics:
        if honorific in FEMALE_HONORIFICS:
            return "f"
        if honorific in MALE_HONORIFICS:
            return "m"
    return ""


def _organisation(text: str, others: tuple[CompiledName, ...]) -> CompiledName:
    if not text.isascii():
        for form, latin in NATIVE_LEGAL_FORMS:
            text = text.replace(form, latin)
    text = _PRIVATE.sub(" pvt ", text)
    text = _DOTTED_CAPITALS.sub(lambda match: match.group().replace(".", "") + " ", text.replace("&", " and "))
    words = _words(text)
    while len(words) > 1 and words[0][0] in LEADING_LEGAL_FORMS:
        words.append(words.pop(0))
    core, legal = parse_organisation(" ".join(spelling for spelling, _ in words))
    scripts = dict(words)
    telling = [each for each in core if each not in ORG_STOP_WORDS] or list(core)
    spelled = tuple(ORG_SPELLINGS.get(each, each) for each in telling)
    return CompiledName(
        text=" ".join(spelled),
        kind="organisation",
        words=tuple(word(each, "organisation", scripts.get(each, "latin")) for each in spelled[:MAX_WORDS]),
        legal=frozenset(LEGAL_SPELLINGS.get(each, each) for each in legal) - WEAK_LEGAL_FORMS
        | {each for each in legal if each in ("holdings", "group")},
        acronyms=_acronyms(core, legal),
        others=others,
    )


def _acronyms(core: tuple[str, ...], legal: tuple[str, ...]) -> frozenset[str]:
    telling = [each for each in core if each not in ORG_STOP_WORDS]
    placeless = [each for each in telling if each not in PLACES]
    spellings = (telling, placeless, [*telling, *legal[:1]], core, [*core, *legal[:1]])
    found = {"".join(each[0] for each in words) for words in spellings if len(words) > 1}
    return frozenset(each for each in found if len(each) > 1)


def guess_kind(left: str, right: str) -> Kind:
    """Return `organisation` when either name bears a legal form at its end, else `person`."""
    for name in (left, right):
        words = fold(name[:MAX_NAME_CHARS]).split()
        if len(words) > 1 and (words[-1] in LEGAL_FORMS or "and" in words or "&" in name):
            return "organisation"
    return "person"
