"""How one name comes to be spelled two ways: romanisation habits and slips of the hand."""

from __future__ import annotations

import re
from random import Random

_HABITS = (
    ("ee", "i"), ("i(?=[^aeiou])", "ee"), ("oo", "u"), ("u(?=[^aeiou])", "oo"), ("sh", "s"), ("s(?=[aeiou])", "sh"),
    ("v", "w"), ("w", "v"), ("ks", "x"), ("x", "ks"), ("th", "t"), ("t(?=[aeiou])", "th"), ("dh", "d"), ("ph", "f"),
    ("f", "ph"), ("y$", "i"), ("i$", "y"), ("ou", "u"), ("kh", "k"), ("a(?=[^aeiou])", "aa"),
    ("e(?=[^aeiou])", "a"), ("([a-z])\\1", "\\1"), ("([lnt])(?=[ai])", "\\1\\1"), ("ai", "ei"), ("j", "z"),
    ("k", "c"), ("ck", "k"), ("er$", "re"), ("o(?=[^aeiou])", "u"), ("([bdgk])h", "\\1"),
)  # fmt: skip


def respell(rng: Random, name: str) -> str:
    """Return the name by another habit of romanising, or as it is where none applies."""
    usable = [habit for habit in _HABITS if re.search(habit[0], name[1:])]
    if not usable:
        return name
    pattern, to = rng.choice(usable)
    return name[0] + re.sub(pattern, to, name[1:], count=1)


def misspell(rng: Random, name: str) -> str:
    """Return the name with two letters swapped, or one lost, changed or put in."""
    if len(name) < 4:
        return name
    at = rng.randrange(1, len(name) - 1)
    how = rng.choices(("swapped", "lost", "changed", "put in"), (9, 1, 1, 1))[0]
    if how == "swapped":
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    if how == "lost":
        return name[:at] + name[at + 1 :]
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz")
    return name[:at] + letter + name[at + 1 if how == "changed" else at :]


def initial_of(rng: Random, name: str) -> str:
    """Return a name's initial, with or without its stop."""
    return name[0] + rng.choice((".", ""))
