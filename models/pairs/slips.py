"""Slips of a scanner or a typist, told from other differences by the shapes of letters and their places on the keys."""

from __future__ import annotations

from itertools import pairwise

# What scanners take one for the other: two letters that look like one, and letters that look alike.
_LIGATURES = (("rn", "m"), ("nn", "m"), ("vv", "w"), ("cl", "d"))
_LOOKALIKES = ("il1|", "o0", "s5", "b8h", "uvw", "ec", "gq9")
_LOOKS = {letter: number for number, group in enumerate(_LOOKALIKES) for letter in group}
_KEY_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(a + b for row in _KEY_ROWS for one, two in pairwise(row) for a, b in ((one, two), (two, one)))
_LOOK_COST, KEY_COST, _SLIP_SHARE = 0.5, 1.0, 0.34  # the share of a word's letters that may be slips
_SHORTEST_CHARS, _MOST_LIGATURES = 4, 2


def slipped(left: str, right: str, *, many: bool = True) -> bool:
    """Return whether slips are all that tells two words of four letters or more apart: one, or `many`, in a third."""
    shortest = min(len(left), len(right))
    if abs(len(left) - len(right)) > _MOST_LIGATURES:
        return False
    return shortest >= _SHORTEST_CHARS and slips(left, right) <= max(KEY_COST, _SLIP_SHARE * shortest if many else 0)


def slips(left: str, right: str) -> float:
    """Return what slips of a scanner or a typist would make one word of the other; the word's length if more is off.

    Typists seldom miss the first letter: E. J. Yannakoudakis, D. Fawthrop, The rules of spelling errors, 1983.
    """
    if len(left) != len(right):
        for two, one in _LIGATURES:
            left, right = left.replace(two, one), right.replace(two, one)
        if len(left) != len(right):
            return len(left)
    cost = 0.0
    for at, (mine, yours) in enumerate(zip(left, right, strict=True)):
        if mine == yours:
            continue
        if _LOOKS.get(mine, -1) == _LOOKS.get(yours, -2):
            cost += _LOOK_COST
        elif at and mine + yours in _NEIGHBOURS:
            cost += KEY_COST
        else:
            return len(left)
    return cost
