"""The ways names are changed in the evaluation pairs; the generator of training pairs knows none of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from random import Random

_SCANNER = (("m", "rn"), ("d", "cl"), ("w", "vv"), ("o", "0"), ("l", "1"), ("i", "l"), ("u", "v"), ("h", "b"))
_NEXT_KEY = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuioposdfghjklkxcvbnmn", strict=True))
# Spellings seen side by side on documents of one person.
_CLERKS = (
    ("iv$", "eev"), ("eev$", "iv"), ("nath$", "nadh"), ("endra", "inder"), ("aksh", "ax"), ("^Sh", "S"),
    ("ant$", "anth"), ("it$", "eeth"), ("sh$", "ssh"), ("dd?hi?y", "dy"), ("ri$", "ree"), ("ya$", "yaa"),
    ("wal$", "vaal"), ("war$", "vaar"), ("khar", "kar"), ("^V", "B"), ("ey$", "e"), ("ukh$", "uk"), ("ni$", "ney"),
    ("ti$", "thy"), ("ck", "kh"), ("ky$", "kii"), ("berg", "burgh"), ("son$", "sen"), ("ou", "oo"), ("ei", "ie"),
    ("ew", "eu"), ("cz", "tch"), ("sz", "sch"), ("que", "ke"), ("qu", "kv"), ("x", "cks"), ("gh", "g"),
)  # fmt: skip
_PASSPORT = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ø": "oe", "ı": "i", "ł": "l", "Ö": "OE"}
_TITLES = ("M/s.", "Lt. Gen.", "Er.", "Hon'ble", "The Hon.", "Padma Shri")

Form = Callable[[Random, list[str], str, str], str]  # given names, family name, another family name


def scanned(rng: Random, name: str) -> str:
    """Return the name as a scanner misreads one letter."""
    usable = [(old, new) for old, new in _SCANNER if old in name[1:].lower()]
    if not usable:
        return name
    old, new = rng.choice(usable)
    at = name.lower().index(old, 1)
    return name[:at] + new + name[at + 1 :]


def mistyped(rng: Random, name: str) -> str:
    """Return the name with one letter replaced by its neighbour on the keyboard."""
    places = [i for i in range(1, len(name)) if name[i] in _NEXT_KEY]
    if not places:
        return name
    at = rng.choice(places)
    return name[:at] + _NEXT_KEY[name[at]] + name[at + 1 :]


def by_clerk(rng: Random, name: str) -> str:
    """Return the name as another clerk spells it."""
    usable = [pair for pair in _CLERKS if re.search(pair[0], name)]
    if not usable:
        return mistyped(rng, name)
    pattern, to = rng.choice(usable)
    return re.sub(pattern, to, name, count=1)


def plain_letters(name: str) -> str:
    """Return the name without diacritics, German umlauts with their e, as passports print it."""
    spelled = "".join(_PASSPORT.get(character, character) for character in name)
    return "".join(c for c in unicodedata.normalize("NFD", spelled) if not unicodedata.combining(c))


def in_full(rng: Random, given: list[str], family: str, other_family: str) -> str:
    """Write a name one of the ways that forms, gazettes and court lists do."""
    form = rng.choices([form for _, form in _FORMS], [share for share, _ in _FORMS])[0]
    return form(rng, given, family, other_family)


def with_initials(rng: Random, given: list[str], family: str) -> str:
    """Write the given names as initials: glued and dotted before the family name, or behind it."""
    letters = [name[0] for name in given]
    return rng.choice((f"{'.'.join(letters)}.{family}", f"{family} {' '.join(letters)}"))


def _of_a_father(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{' '.join(given)} {family} S/o {other_family} {family}"


def _double_barrelled(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{' '.join(given)} {family}-{other_family}"


def _family_in_capitals(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{family.upper()}, {given[0]} {' '.join(name[0] + '.' for name in given[1:])}".strip()


def _cut_to_the_field(rng: Random, given: list[str], family: str, other_family: str) -> str:
    whole = f"{' '.join(given)} {family}"
    return whole[: max(len(given[0]) + 4, len(whole) - rng.randint(1, 3))]


def _titled(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{rng.choice(_TITLES)} {' '.join(given)} {family}"


def _with_an_alias(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{' '.join(given)} {family} alias {other_family}"


def _hyphenated(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{'-'.join(given)} {family}".lower()


def _respectful(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return f"{given[0]}{rng.choice(('bhai', 'ji'))} {' '.join((*given[1:], family))}"


def _initials(rng: Random, given: list[str], family: str, other_family: str) -> str:
    return with_initials(rng, given, family)


_FORMS: tuple[tuple[int, Form], ...] = (
    (2, _of_a_father), (1, _double_barrelled), (2, _family_in_capitals), (1, _cut_to_the_field), (2, _titled),
    (2, _with_an_alias), (2, _hyphenated), (2, _respectful), (1, _initials),
)  # fmt: skip
