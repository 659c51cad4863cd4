"""The evidence of a pair of names in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from models.pairs.align import Link

_SAYS = {
    "equal": "{left} agrees",
    "variant": "{left} and {right} are spellings of one name",
    "sound": "{left} sounds as {right}",
    "vowels": "{left} and {right} differ in vowels",
    "nickname": "{left} is short for {right}, or the reverse",
    "slip": "{left} and {right} are one slip apart",
    "ending": "{left} and {right} differ in the ending",
    "initial": "{left} may be an initial of {right}, or the reverse",
    "initials": "{left} may be the initials of {right}, or the reverse",
    "prefix": "{left} and {right} begin alike",
    "near": "{left} resembles {right}",
    "joined": "{left} and {right} are one name, written together or apart",
    "contradicted": "{left} is not {right}",
    "acronym": "{left} and {right}: one abbreviates the other",
    "reordered": "the order differs",
    "single word": "one side is a single word",
    "other gender": "the titles are a man's and a woman's",
    "other generation": "{left} is not {right}",
    "generation missing": "only one side has {left}{right}",
    "same relative": "the same relative, {left}",
    "other relative": "another relative, {left} and {right}",
    "legal form other": "the legal forms {left} and {right} differ",
    "nothing distinctive": "no word tells the organisation apart",
    "empty": "a name has no letters",
}
_ONE_SIDED = "only one side has {words}"


def sentence(links: Iterable[Link], score: float) -> str:
    """Return what speaks for and against one bearer, with the probability."""
    said = []
    for link in links:
        kind, _, rank = link.type.partition(":")
        phrase = _SAYS.get(kind)
        if kind == "missing":
            said.append(_ONE_SIDED.format(words=link.left or link.right))
        elif phrase:
            said.append(
                phrase.format(left=link.left, right=link.right) + (" (a common name)" if rank == "common" else "")
            )
    return f"{round(100 * score)} in 100: " + "; ".join(said) + "."
