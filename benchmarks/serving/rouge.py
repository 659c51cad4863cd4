"""ROUGE-1, -2 and -L (Lin 2004) as F1, on lower-cased words without stemming."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence


def rouge(summary: str, reference: str) -> dict[str, float]:
    """Return the three scores of a summary, from 0 to 1."""
    found, wanted = _words(summary), _words(reference)
    return {
        "rouge1": _overlap(_grams(found, 1), _grams(wanted, 1)),
        "rouge2": _overlap(_grams(found, 2), _grams(wanted, 2)),
        "rougeL": _f1(_longest_common(found, wanted), len(found), len(wanted)),
    }


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _grams(words: Sequence[str], size: int) -> Counter[tuple[str, ...]]:
    return Counter(tuple(words[start : start + size]) for start in range(len(words) - size + 1))


def _overlap(found: Counter[tuple[str, ...]], wanted: Counter[tuple[str, ...]]) -> float:
    return _f1((found & wanted).total(), found.total(), wanted.total())


def _f1(common: int, found: int, wanted: int) -> float:
    return 2 * common / (found + wanted) if common else 0.0


def _longest_common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, row by row."""
    before = [0] * (len(right) + 1)
    for word in left:
        row = [0]
        for place, other in enumerate(right):
            row.append(before[place] + 1 if word == other else max(before[place + 1], row[place]))
        before = row
    return before[-1]
