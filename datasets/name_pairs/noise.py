"""How one name comes to be spelled two ways: romanisation habits and slips of the hand."""

from __future__ import annotations

import re
from random import Random

_HABITS = (
    ("ee", "i"), ("i(?=[^aeiou])", "ee"), ("oo", "u"), ("u(?=[^aeiou])", "oo"), ("sh", "s"), ("s(?=[aeiou])", "sh"),
    ("v", "w"), ("w", "v"), ("ks", "x"), ("x", "ks"), ("th", "t"), ("t(?=[aeiou])", "th"), ("dh", "d"), ("ph", "f"),
    ("f", "ph"), ("y$", "i"), ("i$", "y"), ("ou", "u"), ("kh", "k"), ("a(?=[^aeiou])", "aa"),
    ("e(?=[^aeiou])", "a"), ("([a-z])\\1", "\\1"), ("([lnt])(?=[ai])", "\\1\\1"), ("ai", "ei"), ("j", "z"),
    ("k", "c"), ("ck", "k"), ("a$", ""), ("er$", "re"), ("o(?=[^aeiou])", "u"), ("([bdgk])h", "\\1"),
)  # fmt: skip


def respell(rng: Random, name: str) -> str:
    """Return the name by another habit of romanising, or as it is where none applies."""
    usable = [habit for habit in _HABITS if re.search(habit[0], name[1:])]
    if not usable:
        return name
    pattern, to = rng.choice(usable)
    return name[0] + re.sub(pattern, to, name[1:], count=1)


def misspell(rng: Random, name: str) -> str:
    """Return the name with one letter lost, doubled, changed or changed places with its neighbour."""
    if len(name) < 4:
        return name
    at = rng.randrange(1, len(name) - 1)
    how = rng.randrange(4)
    if how == 0:
        return name[:at] + name[at + 1 :]
    if how == 1:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return name[:at] + letter + name[at if how == 2 else at + 1 :]


def initial_of(rng: Random, name: str) -> str:
    """Return a name's initial, with or without its stop."""
    return name[0] + rng.choice((".", ""))
