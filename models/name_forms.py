"""The forms a client's name takes in text, each with the log-odds that whoever bears it is the client.

A name alone never proves identity: two common tokens start below even odds, rare ones above. Context does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from models.book import RegistryEntry, RegistryName
from models.names import UNSEGMENTED, PersonName, parse_organisation, parse_person, skeleton, spelling_key, words_of
from models.names_data import COMMON_FAMILY, COMMON_GIVEN, GENERIC_ORG_WORDS, NICKNAMES

# Log-odds of a bare first and family name, by how many of the two are common.
_BARE_NAME = (1.9, 0.5, -0.3)
_PER_FURTHER_GIVEN_NAME = 0.9
_MONONYM = -0.5
# Family and given name written together, as in Chinese, Japanese and Korean.
_UNSEGMENTED_NAME, _WHOLE_NAME_CHARS = 0.5, 3
_APOSTROPHE = re.compile("['’ʼ`]")


class NameWord(NamedTuple):
    """A word of a name with the keys it is looked up by."""

    folded: str
    key: str
    skeleton: str


@lru_cache(maxsize=1 << 17)
def name_word(folded: str) -> NameWord:
    """Return the word with its keys."""
    return NameWord(folded, spelling_key(folded), skeleton(folded))


class NameForm(NamedTuple):
    """One way to write an entity's name.

    Attributes:
        entity: position in the registry's entities.
        score: log-odds of identity for an exact match without any context.
        anchor: position of the word the form is indexed by, the rarest.
        open_middle: a middle name or initial may stand before the last word.
        exact_case: must be written as in the registry (acronyms, single words).
    """

    entity: int
    words: tuple[NameWord, ...]
    kind: str
    score: float
    surface: str
    anchor: int
    open_middle: bool = False
    exact_case: bool = False


def name_forms(entity: int, entry: RegistryEntry) -> list[NameForm]:
    """Return every form of an entry's names; where two give the same words the stronger one stays."""
    build = _person_forms if entry.kind == "person" else _organisation_forms
    best: dict[tuple[NameWord, ...], NameForm] = {}
    for name in entry.names:
        for form in build(entity, name):
            known = best.get(form.words)
            if known is None or known.score < form.score:
                best[form.words] = form
    return list(best.values())


def _spellings(name: str) -> set[str]:
    """Return the name as given and with apostrophes or hyphens closed up: O'Rourke, ORourke."""
    return {name, _APOSTROPHE.sub("", name), name.replace("-", "")}


def _person_forms(entity: int, name: RegistryName) -> Iterator[NameForm]:
    for spelling in _spellings(name.name):
        parsed = parse_person(spelling)
        if not parsed.family:
            continue
        if UNSEGMENTED.search(spelling) and len("".join(parsed.family)) >= _WHOLE_NAME_CHARS:
            yield _form(entity, (*parsed.given, *parsed.family), "full name", _UNSEGMENTED_NAME, spelling)
        elif not parsed.given:
            yield _form(entity, parsed.family, "single name", _MONONYM, spelling, exact_case=True)
        for words, kind, bonus, open_middle in _person_orders(parsed) if parsed.given else ():
            yield _form(entity, words, kind, bare_score(parsed) + bonus, spelling, open_middle=open_middle)


def bare_score(name: PersonName) -> float:
    """Return the log-odds of a bare first and family name: the more common its parts, the lower."""
    return _BARE_NAME[common_parts(name)]


def common_parts(name: PersonName) -> int:
    """Return how many of first and family name are common: 0, 1 or 2."""
    return (name.given[0] in COMMON_GIVEN) + (name.family[-1] in COMMON_FAMILY)


def _person_orders(name: PersonName) -> Iterator[tuple[tuple[str, ...], str, float, bool]]:
    given, family = name.given, name.family
    first, initials = given[0], tuple(word[0] for word in given)
    further = _PER_FURTHER_GIVEN_NAME * (len(given) - 1)
    yield given + family, "full name", further, len(given) == 1
    yield family + given, "family name first", further - 0.1, False
    if len(given) > 1:
        yield (first, *family), "first and family name", 0.0, True
        yield (*family, first), "family name first", -0.1, False
        yield (first, *initials[1:], *family), "middle names as initials", 0.5, False
        yield (*initials, *family), "initials and family name", -0.4, False
        yield (*family, *initials), "family name and initials", -0.6, False
        for other in given[1:]:
            if len(other) > 1:
                yield (other, *family), "middle and family name", -0.6, False
    if len(first) > 1:
        yield (first[0], *family), "initial and family name", -1.4, False
        yield (*family, first[0]), "family name and initial", -1.4, False
    for nickname in sorted(NICKNAMES.get(first, frozenset()) - {first}):
        yield (nickname, *family), "nickname and family name", -0.3, True


def _organisation_forms(entity: int, name: RegistryName) -> Iterator[NameForm]:
    for spelling in _spellings(name.name):
        core, legal = parse_organisation(spelling)
        if not core:
            continue
        if name.type == "acronym" or (len(core) == 1 and len(core[0]) <= 4):
            score = 0.8 if len("".join(core)) >= 3 else 0.2
            yield _form(entity, core, "acronym", score, spelling, exact_case=True)
            continue
        score = _organisation_score(core, spelling)
        for words in _with_and_without_and(core, "&" in spelling):
            yield _form(entity, words, "company name", score, spelling, exact_case=len(words) == 1)
            if legal:
                yield _form(entity, words + legal, "company name with legal form", max(score, 1.0) + 0.8, spelling)


def _organisation_score(core: tuple[str, ...], spelling: str) -> float:
    distinctive = [word for word in core if word not in GENERIC_ORG_WORDS]
    if len(core) > 1:
        return 2.2 if distinctive else 0.5
    word = core[0]
    camel_case = bool(re.search("[a-z][A-Z]", spelling))
    is_a_name = word in COMMON_FAMILY or word in COMMON_GIVEN
    return 1.6 if distinctive and not is_a_name and (camel_case or len(word) >= 7) else 0.6


def _with_and_without_and(words: tuple[str, ...], ampersand: bool) -> set[tuple[str, ...]]:
    variants = {words, tuple(word for word in words if word != "and")}
    if ampersand and len(words) > 1:
        variants |= {(*words[:cut], "and", *words[cut:]) for cut in range(1, len(words))}
    return variants


def _form(
    entity: int, words: tuple[str, ...], kind: str, score: float, surface: str,
    *, open_middle: bool = False, exact_case: bool = False,
) -> NameForm:  # fmt: skip
    ranks = [_distinctiveness(word) for word in words]
    anchor = ranks.index(max(ranks))
    return NameForm(entity, tuple(map(name_word, words)), kind, score, surface, anchor, open_middle, exact_case)


@lru_cache(maxsize=1 << 17)
def _distinctiveness(word: str) -> tuple[bool, bool, int]:
    common = word in COMMON_FAMILY or word in COMMON_GIVEN or word in GENERIC_ORG_WORDS
    return len(word) > 1, not common, len(word)


def family_names(entry: RegistryEntry) -> frozenset[tuple[str, ...]]:
    """Return what a text may call the entity after naming it in full: the family name, or a company's own word."""
    found: set[tuple[str, ...]] = set()
    for name, spelling in product(entry.names, range(2)):
        written = name.name if spelling == 0 else _APOSTROPHE.sub("", name.name)
        if entry.kind == "person":
            parsed = parse_person(written)
            if parsed.given and parsed.family:
                found.add(parsed.family)
            continue
        core = parse_organisation(written)[0]
        own = core[:1] if len(core) > 1 and len(core[0]) >= 4 else ()
        if own and not {*own} & (GENERIC_ORG_WORDS | COMMON_FAMILY | COMMON_GIVEN):
            found.add(own)
    return frozenset(found)


@lru_cache(maxsize=1 << 16)
def plain_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a fact or context phrase, a company's legal form left out."""
    return parse_organisation(text)[0] or tuple(words_of(text))
