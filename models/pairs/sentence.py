"""The evidence of a pair of names in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from models.pairs.align import Link

_SAYS = {
    "equal": "{left} agrees",
    "same initial": "the initial {left} agrees",
    "variant": "{left} and {right} are spellings of one name",
    "sound": "{left} sounds as {right}",
    "vowels": "{left} and {right} differ in vowels",
    "nickname": "{left} is short for {right}, or the reverse",
    "slip": "{left} and {right} are a slip of the pen apart",
    "rendering": "{left} renders {right} but for a letter, or the reverse",
    "edit": "{left} and {right} are one letter apart",
    "ending": "{left} and {right} differ in the ending",
    "consonant": "{left} and {right} differ in a consonant",
    "final a": "{left} and {right} differ in a final a",
    "initial": "{left} may be an initial of {right}, or the reverse",
    "initials": "{left} may be the initials of {right}, or the reverse",
    "prefix": "{left} and {right} begin alike",
    "near": "{left} resembles {right}",
    "far": "{left} resembles {right} from afar",
    "joined": "{left} and {right} are one name, written together or apart",
    "contradicted": "{left} is not {right}",
    "acronym": "{left} and {right}: one abbreviates the other",
    "reordered": "the order differs",
    "common name": "what agrees is a common name",
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


def sentence(links: Iterable[Link], score: float) -> str:
    """Return what speaks for and against one bearer, with the probability."""
    said = []
    for link in links:
        kind = link.type.partition(":")[0]
        if kind == "missing":
            said.append(f"only one side has {link.left or link.right}")
        elif kind in _SAYS:
            said.append(_SAYS[kind].format(left=link.left, right=link.right))
    return f"{min(round(100 * score), 99)} in 100: " + "; ".join(said) + "."
