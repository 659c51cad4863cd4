"""The ways news writes a person's name, by split: titles and initials are for fitting, the others are held out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from datasets.synthetic_names import PersonalName, Split
from models.names_data import NICKNAMES

_TITLES = {
    "indian": ("Shri", "Smt.", "Dr.", "Capt."), "western": ("Sir", "Mr", "Mrs", "Dr"), "eastern": ("Mr", "Dr"),
    "arabic": ("Sheikh", "Sheikha", "Dr."), "native": ("Mr", "Dr"),
}  # fmt: skip
# What romanisation lets vary without making another name of it.
_VARIANTS = (("ksh", "x"), ("ee", "i"), ("oo", "u"), ("sh", "s"), ("th", "t"), ("dh", "d"), ("w", "v"), ("y", "i"))


def respell(random: Random, name: PersonalName, split: Split) -> str:
    """Return one way to write a name: the plain one half of the time, else a way that the other split has not."""
    return random.choice((_plain, random.choice(_WAYS[split])))(random, name)


def _plain(_random: Random, name: PersonalName) -> str:
    return name.full


def _titled(random: Random, name: PersonalName) -> str:
    titles = _TITLES[name.culture]
    return f"{titles[random.randrange(len(titles))]} {name.full}"


def _nickname(random: Random, name: PersonalName) -> str:
    known = sorted(NICKNAMES.get(name.given.lower(), frozenset()) - {name.given.lower()})
    return f"{random.choice(known).capitalize()} {name.family}" if known else name.full


def _middle_initial(random: Random, name: PersonalName) -> str:
    return f"{name.given} {random.choice('ABDGJKMPRS')}. {name.family}"


def _family_first(_random: Random, name: PersonalName) -> str:
    return f"{name.family}, {name.given}"


def _variant(random: Random, name: PersonalName) -> str:
    known = [(old, new) for old, new in _VARIANTS if old in name.family.lower()[1:]]
    if not known:
        return name.full
    old, new = random.choice(known)
    return f"{name.given} {name.family[0]}{name.family[1:].replace(old, new, 1)}"


def _shouted(_random: Random, name: PersonalName) -> str:
    return f"{name.given} {name.family.upper()}"


def _suffixed(_random: Random, name: PersonalName) -> str:
    return f"{name.full} Jr." if name.gender == "male" else name.full


def _spaced(_random: Random, name: PersonalName) -> str:
    return f"{name.given}\u00a0{name.family}"


_WAYS: Mapping[Split, tuple[Callable[[Random, PersonalName], str], ...]] = {
    "fit": (_titled, _middle_initial, _spaced),
    "held-out": (_nickname, _family_first, _variant, _shouted, _suffixed),
}
