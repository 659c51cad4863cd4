"""Pairs of persons' names: the same person written twice, or two persons who are easily taken for one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from rapidfuzz.distance import OSA

from datasets.name_pairs.noise import initial_of, respell
from datasets.name_pairs.people import LabelledPair, Person, initialled, person, to_initials, written
from datasets.name_pairs.sources import Names, Spelled
from models.names import words_of
from models.names_data import COMMON_FAMILY, COMMON_GIVEN

_MALE, _FEMALE = ("Mr", "Shri", "Sir", "Sheikh"), ("Mrs", "Smt.", "Ms", "Kumari")
_SUFFIXES = ("Jr.", "Sr.", "II", "III")


def person_pair(rng: Random, names: Names) -> LabelledPair:
    """Draw a labelled pair, the same or not with even odds."""
    one = person(rng, names)
    same = rng.random() < 0.5
    group = one.family.latin
    if same:
        if rng.random() < 0.05:
            one = replace(one, suffix=rng.choice(_SUFFIXES))
        again = replace(one, suffix="") if rng.random() < 0.5 else one
        left, right = written(rng, one), written(rng, again, plain=0.25)
        if rng.random() < 0.04:
            left, right = initialled(rng, one), initialled(rng, one)
        if rng.random() < 0.03:
            father = rng.choice(names["given", one.culture]).latin
            left, right = f"{left} S/o {father}", f"{right} S/o {respell(rng, father)}"
        return LabelledPair(left, right, "person", True, group)
    how = rng.random()
    if how < 0.05:
        return LabelledPair(*_namesakes(rng, one, names), "person", False, group)
    if how < 0.12:
        return LabelledPair(*_told_apart(rng, one, names), "person", False, group)
    if how < 0.25:
        return LabelledPair(*_same_initials(rng, one, names), "person", False, group)
    while True:
        other = _taken_for(rng, one, names)
        by_middle = (one.given[0], one.family) == (other.given[0], other.family)  # which dropped would leave one name
        left, right = (written(rng, who, plain=1.0 if by_middle else 0.82) for who in (one, other))
        if sorted(words_of(left)) != sorted(words_of(right)):  # namesakes are drawn above, as often as they are met
            return LabelledPair(left, right, "person", False, group)


def _namesakes(rng: Random, one: Person, names: Names) -> tuple[str, str]:
    """Two bearers of one name, nearly always a common one."""
    for _ in range(40):
        common = one.given[0].latin.lower() in COMMON_GIVEN, one.family.latin.lower() in COMMON_FAMILY
        if rng.random() < (0.0, 0.01, 1.0)[sum(common)]:
            break
        one = person(rng, names)
    one = replace(one, given=one.given[:1])
    return written(rng, one, plain=0.6), written(rng, one, plain=0.6)


def _told_apart(rng: Random, one: Person, names: Names) -> tuple[str, str]:
    """Two persons of one name whom a suffix, a title, a middle name or a father's name tells apart."""
    first, second = rng.sample([name.latin for name in names["given", one.culture]], k=2)
    given, family = [name.latin for name in one.given[:1]], one.family.latin
    how = rng.randrange(5)
    if how == 0:
        sides = [f"{given[0]} {family} {suffix}" for suffix in rng.sample(_SUFFIXES, k=2)]
    elif how == 1:
        shown = given[0] if rng.random() < 0.4 else initial_of(rng, given[0])
        sides = [f"{rng.choice(titles)} {shown} {family}" for titles in (_MALE, _FEMALE)]
    elif how == 2:
        sides = [f"{given[0]} {middle[0]}. {family}" for middle in (first, second)]
    elif how == 3:
        sides = [f"{middle[0]}. {given[0][0]}. {family}" for middle in (first, second)]
    else:
        sides = [f"{given[0]} {family} S/o {father}" for father in (first, second)]
    rng.shuffle(sides)
    return sides[0], sides[1]


def _same_initials(rng: Random, one: Person, names: Names) -> tuple[str, str]:
    """Two persons of one family name whose first names only begin alike, one of them written with initials."""
    given = names["given", one.culture]
    alike = [name for name in given if name.latin[0] == one.given[0].latin[0] and name != one.given[0]]
    if not alike:
        return written(rng, one), written(rng, replace(one, given=(_another(rng, given, one.given[0]),)))
    # The others' initials agree by chance alone.
    other = replace(one, given=(rng.choice(alike), *(rng.choice(given) for _ in one.given[1:])))
    if rng.random() < 0.3:
        return one.family.latin if rng.random() < 0.6 else one.given[0].latin, written(rng, other, plain=0.8)
    initials, family = to_initials(rng, [name.latin for name in one.given], one.family.latin)
    sides = [" ".join((*initials, family)), written(rng, other, plain=0.8)]
    rng.shuffle(sides)
    return sides[0], sides[1]


def _taken_for(rng: Random, one: Person, names: Names) -> Person:
    """Return another person whose name is close: a sibling, a near spelling, another middle name or suffix."""
    given, family = names["given", one.culture], names["family", one.culture]
    how = rng.choices(
        ("sibling", "family", "near given", "near family", "initial", "middle", "suffix", "gender", "stranger"),
        (28, 24, 10, 9, 8, 7, 3, 3, 8),
    )[0]
    if how == "family":
        return replace(one, family=_another(rng, family, one.family))
    if how == "near given":
        return replace(one, given=(_nearest(rng, given, one.given[0]), *one.given[1:]))
    if how == "near family":
        return replace(one, family=_nearest(rng, family, one.family))
    if how == "initial":
        alike = [name for name in given if name.latin[0] == one.given[0].latin[0] and name != one.given[0]]
        return replace(one, given=(rng.choice(alike or list(given)), *one.given[1:]))
    if how == "middle" and len(one.given) > 1:
        return replace(one, given=(one.given[0], _another(rng, given, one.given[1])))
    if how == "suffix":
        return replace(one, suffix=rng.choice(_SUFFIXES))
    if how == "gender":
        title = rng.choice(_FEMALE if rng.random() < 0.5 else _MALE)
        return replace(one, given=(_another(rng, given, one.given[0]),), title=title)
    if how == "stranger":
        return person(rng, names)
    return replace(one, given=(_another(rng, given, one.given[0]), *one.given[1:]))


def _another(rng: Random, names: tuple[Spelled, ...], but: Spelled) -> Spelled:
    return rng.choice([name for name in names if name != but])


def _nearest(rng: Random, names: tuple[Spelled, ...], to: Spelled) -> Spelled:
    """Return one of the names spelled most alike, or a name that one letter makes of it."""
    if rng.random() < 0.12:
        return Spelled(_renamed(rng, to.latin))
    others = sorted((n for n in names if n != to), key=lambda n: OSA.normalized_distance(n.latin, to.latin))
    return rng.choice(others[:2])


def _renamed(rng: Random, name: str) -> str:
    """Return another real-looking name: a consonant replaced at its head, or a feminine ending."""
    how = rng.random()
    vowels = [i for i in range(1, len(name)) if name[i] in "aeiou"]
    if how < 0.25 and vowels:
        at = rng.choice(vowels)
        return name[:at] + rng.choice([v for v in "aeiou" if v != name[at]]) + name[at + 1 :]
    if how < 0.4:
        return name + "a" if name[-1] not in "aeiou" else name[:-1]
    if how < 0.6:
        return name + rng.choice(("esh", "endra", "ita", "son", "ino")) if len(name) < 6 else name[: len(name) // 2 + 1]
    head = rng.choice([c for c in "BDGHJKMNPRSTV" if c != name[0]])
    return head + name[1:].lower() if name[0] not in "AEIOU" else head + name.lower()
