"""Persons, and the ways a text may write their names."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from datasets.name_pairs.noise import initial_of, misspell, respell
from datasets.name_pairs.sources import Names, Spelled, cultures
from models.names_data import NICKNAMES

_NEUTRAL = ("Dr", "Prof.", "Capt.", "Justice", "Adv.")
_MOTHERS = ("Navarro", "Ortega", "Vidal", "Prado", "Ibarra")
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
    most = 1 if culture in ("chinese", "korean") else 3
    given = rng.sample(names["given", culture], k=min(most, rng.choices((1, 2, 3), (6, 3, 1))[0]))
    return Person(tuple(given), rng.choice(names["family", culture]), culture)


def written(rng: Random, who: Person, plain: float = 0.6) -> str:
    """Write a person's name the way a text may: with probability `plain` in full, else changed once or twice."""
    known = who.family.native and all(name.native for name in who.given)
    if known and not who.suffix and rng.random() < _NATIVE_SHARE:
        return _native(who, given=len(who.given) if rng.random() < plain else 1)
    given, family = [name.latin for name in who.given], who.family.latin
    title, suffix = who.title, who.suffix
    if rng.random() > plain:
        for change in rng.choices(_CHANGES, _SHARES, k=rng.choices((1, 2), (7, 3))[0]):
            given, family = change(rng, given, family) if given else (given, family)
    if rng.random() < 0.1 and not title:
        title = rng.choice(_NEUTRAL)
    text = " ".join(filter(None, (title, *given, family, suffix)))
    return text if title or suffix or rng.random() > 0.1 else _turned(rng, given, family)


def _native(who: Person, given: int) -> str:
    given_names = [name.native for name in who.given[:given]]
    if who.culture in ("chinese", "korean"):
        return who.family.native + given_names[0]
    parts = [who.family.native, *given_names] if who.culture == "japanese" else [*given_names, who.family.native]
    return " ".join(parts)


def _turned(rng: Random, given: list[str], family: str) -> str:
    return f"{family}{rng.choice((',', ''))} {' '.join(given)}"


def initialled(rng: Random, one: Person) -> str:
    """Write a person's given names as initials, before or after the family name."""
    letters = " ".join(initial_of(rng, name.latin) for name in one.given)
    return rng.choice((f"{letters} {one.family.latin}", f"{one.family.latin} {letters}"))


def to_initials(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    """Return all given names as initials, or all but the first."""
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


def _mothers_name(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    """Add the mother's family name, as in Spain."""
    return given, f"{family} {rng.choice(_MOTHERS)}"


_CHANGES = (to_initials, _respelled, _drop_given, _nickname, _misspelled, _joined, _cut_short, _only_one, _mothers_name)
_SHARES = (2, 4, 2, 1, 6, 1, 1, 1, 1)
