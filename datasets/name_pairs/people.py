"""Pairs of persons' names: the same person written twice, or two persons who are easily taken for one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from rapidfuzz.distance import OSA

from datasets.name_pairs.noise import initial_of, misspell, respell
from datasets.name_pairs.sources import Names, Spelled, cultures
from models.names_data import COMMON_FAMILY, COMMON_GIVEN, NICKNAMES

_MALE, _FEMALE = ("Mr", "Shri", "Sir", "Sheikh"), ("Mrs", "Smt.", "Ms", "Kumari")
_NEUTRAL = ("Dr", "Prof.", "Capt.", "Justice", "Adv.")
_NATIVE_SHARE = 0.45  # of renderings, where the name is known in its script


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with one to three given names and a family name."""

    given: tuple[Spelled, ...]
    family: Spelled
    culture: str
    suffix: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two names, whether one bearer has both, and the group (a family name, a core word) that keeps folds apart."""

    left: str
    right: str
    kind: str
    same: bool
    group: str


def person(rng: Random, names: Names) -> Person:
    """Draw a person; half of them Indian, as the clients are."""
    culture = "indian" if rng.random() < 0.4 else rng.choice(cultures(names))
    given = rng.sample(names["given", culture], k=rng.choices((1, 2, 3), (6, 3, 1))[0])
    return Person(tuple(given), rng.choice(names["family", culture]), culture)


def person_pair(rng: Random, names: Names) -> LabelledPair:
    """Draw a labelled pair, the same or not with even odds."""
    one = person(rng, names)
    same = rng.random() < 0.5
    group = one.family.latin
    if same:
        if rng.random() < 0.04:
            one = replace(one, suffix=rng.choice(("Jr.", "III", "Sr.")))
        return LabelledPair(written(rng, one), written(rng, one, plain=0.35), "person", True, group)
    how = rng.random()
    if how < 0.12:
        return LabelledPair(*_namesakes(rng, one, names), "person", False, group)
    if how < 0.27:
        return LabelledPair(*_same_initials(rng, one, names), "person", False, group)
    other = _taken_for(rng, one, names)
    return LabelledPair(written(rng, one), written(rng, other, plain=0.5), "person", False, group)


def _namesakes(rng: Random, one: Person, names: Names) -> tuple[str, str]:
    """Two bearers of one name, nearly always a common one."""
    for _ in range(40):
        common = one.given[0].latin.lower() in COMMON_GIVEN, one.family.latin.lower() in COMMON_FAMILY
        if rng.random() < (0.01, 0.12, 1.0)[sum(common)]:
            break
        one = person(rng, names)
    one = replace(one, given=one.given[:1])
    return written(rng, one, plain=0.75), written(rng, one, plain=0.75)


def _same_initials(rng: Random, one: Person, names: Names) -> tuple[str, str]:
    """Two persons of one family name whose given names only begin alike, one of them written with initials."""
    given = names["given", one.culture]
    others = [[n for n in given if n.latin[0] == mine.latin[0] and n != mine] or [mine] for mine in one.given]
    other = replace(one, given=tuple(rng.choice(alike) for alike in others))
    initials, family = _to_initials(rng, [name.latin for name in one.given], one.family.latin)
    sides = [" ".join((*initials, family)), written(rng, other, plain=0.8)]
    rng.shuffle(sides)
    return sides[0], sides[1]


def _taken_for(rng: Random, one: Person, names: Names) -> Person:
    """Return another person whose name is close: a sibling, a near spelling, another middle name or suffix."""
    given, family = names["given", one.culture], names["family", one.culture]
    how = rng.choices(
        ("sibling", "family", "near given", "near family", "initial", "middle", "suffix", "gender", "stranger"),
        (24, 18, 16, 12, 8, 8, 3, 3, 8),
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
    if how == "middle":
        first = one.given[0]
        return replace(one, given=(first, _another(rng, given, first)))
    if how == "suffix":
        return replace(one, suffix=rng.choice(("Jr.", "III", "Sr.", "II")))
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
    if rng.random() < 0.3:
        return Spelled(_renamed(rng, to.latin))
    others = sorted((n for n in names if n != to), key=lambda n: OSA.normalized_distance(n.latin, to.latin))
    return rng.choice(others[:2])


def _renamed(rng: Random, name: str) -> str:
    """Return another real-looking name: a consonant replaced at its head, or a feminine ending."""
    how = rng.random()
    if how < 0.3:
        return name + "a" if name[-1] not in "aeiou" else name[:-1]
    if how < 0.6:
        return name + rng.choice(("esh", "endra", "ita", "son", "ino")) if len(name) < 6 else name[: len(name) // 2 + 1]
    head = rng.choice([c for c in "BDGHJKMNPRSTV" if c != name[0]])
    return head + name[1:].lower() if name[0] not in "AEIOU" else head + name.lower()


def written(rng: Random, who: Person, plain: float = 0.6) -> str:
    """Write a person's name the way a text may: with probability `plain` in full, else changed once or twice."""
    native = who.family.native and all(name.native for name in who.given) and rng.random() < _NATIVE_SHARE
    if native:
        return _native(rng, who)
    given, family = [name.latin for name in who.given], who.family.latin
    title, suffix = who.title, who.suffix if rng.random() < 0.8 else ""
    if rng.random() > plain:
        for change in rng.sample((*_CHANGES, *_CHANGES[:3]), k=rng.choices((1, 2), (7, 3))[0]):
            given, family = change(rng, given, family) if given else (given, family)
    if rng.random() < 0.1 and not title:
        title = rng.choice(_NEUTRAL)
    text = " ".join(filter(None, (title, *given, family, suffix)))
    return text if title or suffix or rng.random() > 0.1 else _turned(rng, given, family)


def _native(rng: Random, who: Person) -> str:
    given = [name.native for name in who.given[: rng.choice((1, 3))]]
    if who.culture in ("chinese", "korean"):
        return who.family.native + given[0]
    parts = [who.family.native, *given] if who.culture == "japanese" else [*given, who.family.native]
    return " ".join(parts)


def _turned(rng: Random, given: list[str], family: str) -> str:
    return f"{family}{rng.choice((',', ''))} {' '.join(given)}"


def _to_initials(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    first = 1 if len(given) > 1 and rng.random() < 0.5 else 0
    return [*given[:first], *(initial_of(rng, name) for name in given[first:])], family


def _drop_given(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    return ([given[0]] if rng.random() < 0.8 else given[-1:]), family


def _nickname(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    known = sorted(NICKNAMES.get(given[0].lower(), frozenset()) - {given[0].lower()})
    return ([rng.choice(known).title(), *given[1:]] if known else given), family


def _misspelled(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    if rng.random() < 0.5:
        return given, misspell(rng, family)
    return [misspell(rng, given[0]), *given[1:]], family


def _respelled(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    return [respell(rng, name) for name in given], respell(rng, family)


def _joined(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    if len(given) > 1:
        return ["".join((given[0], *(name.lower() for name in given[1:])))], family
    if len(given[0]) > 6:
        cut = rng.randrange(3, len(given[0]) - 2)
        return [given[0][:cut], given[0][cut:].title()], family
    return given, family


def _cut_short(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    return ([given[0][:4], *given[1:]] if len(given[0]) > 6 else given), family


def _only_one(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    return ([], family) if rng.random() < 0.15 else (given, family)


_CHANGES = (_to_initials, _respelled, _drop_given, _nickname, _misspelled, _joined, _cut_short, _only_one)
