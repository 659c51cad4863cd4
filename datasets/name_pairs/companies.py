"""Pairs of organisations' names: one company written twice, or its neighbours in the trade register."""

from __future__ import annotations

from random import Random

from datasets.name_pairs.noise import misspell
from datasets.name_pairs.people import LabelledPair
from datasets.name_pairs.sources import Names

_FORMS = (
    ("Ltd", "Limited", "Ltd."), ("Pvt Ltd", "Private Limited", "Pvt. Ltd.", "(P) Ltd"),
    ("Inc", "Inc.", "Incorporated"), ("Corp", "Corporation"), ("GmbH",), ("AG",),
    ("LLC", "L.L.C."), ("PLC", "plc"), ("S.A.", "SA"), ("LLP",),
    ("B.V.", "BV"),
)  # fmt: skip
_NUMBERS = ("II", "III", "2", "4")
Words = list[str]


def company_pair(rng: Random, names: Names) -> LabelledPair:
    """Draw a labelled pair of company names, the same or not with even odds."""
    own, fields, places = ([name.latin for name in names[part, "organisation"]] for part in ("core", "field", "place"))
    core = rng.sample(own, k=rng.choices((1, 2), (7, 3))[0])
    rest = rng.sample(fields, k=rng.choices((0, 1, 2), (1, 6, 3))[0])
    where = [rng.choice(places)] if rng.random() < 0.15 else []
    form = rng.choice(_FORMS)
    if rng.random() < 0.5:
        right = _again(rng, core, rest, where, form)
        return LabelledPair(_written(rng, core, rest, where, form), right, "organisation", True, core[0])
    how = rng.choices(
        ("core", "field", "place", "number", "legal", "near", "person", "acronym"), (26, 22, 12, 8, 14, 8, 12, 6)
    )[0]
    left = _written(rng, core, rest, where, form)
    if how == "core":
        other = [*core[1:], rng.choice([name for name in own if name not in core])]
        right = _written(rng, other, rest, where, form)
    elif how == "field":
        others = rng.sample([field for field in fields if field not in rest], k=max(1, len(rest)))
        right = _written(rng, core, others, where, form)
    elif how == "place":
        left = _written(rng, core, rest, rng.choice(([], [rng.choice(places)])), form)
        right = _written(rng, core, rest, [rng.choice([place for place in places if place not in left])], form)
    elif how == "number":
        number = rng.choice(_NUMBERS)
        left = _written(rng, core, [*rest, "Fund", rng.choice(("I", "V", number))], [], form)
        right = _written(rng, core, [*rest, "Fund", rng.choice(("VI", "7"))], [], form)
    elif how == "legal":
        right = _written(rng, core, rest, where, rng.choice([each for each in _FORMS if each != form]), bare=0.0)
    elif how == "near":
        head = rng.choice([c for c in "BDGKMNPRST" if c != core[0][0]]) + core[0][1:]
        near = rng.choice((head, core[0] + rng.choice(("ex", "on", "ia", "tek", "line"))))
        right = _written(rng, [near, *core[1:]], rest, where, form)
    elif how == "acronym":
        letters = "".join(word[0] for word in [*core, *rest])
        right = letters[:-1] + rng.choice([c for c in "ABCDEFGHIKLMNPRST" if c != letters[-1]])
    else:
        apart = rng.choice(("Foundation", "Holdings", "Stadium", "Trust", "Staff Society", "Cup", rng.choice(own)))
        right = _written(rng, [*core, *rest] if rng.random() < 0.6 else core, [apart], [], form, bare=0.7)
    return LabelledPair(left, right, "organisation", False, core[0])


def _written(rng: Random, core: Words, rest: Words, where: Words, form: tuple[str, ...], bare: float = 0.25) -> str:
    """Write the whole name, its legal form left out with probability `bare`."""
    legal = [] if rng.random() < bare else [rng.choice(form)]
    return " ".join([*core, *rest, *where, *legal])


def _again(rng: Random, core: Words, rest: Words, where: Words, form: tuple[str, ...]) -> str:
    """Write the company in another way that the same company is written."""
    how = rng.choices(
        ("whole", "short", "misspelled", "acronym", "joined", "and", "elsewhere"), (40, 14, 14, 10, 6, 4, 6)
    )[0]
    whole = [*core, *rest]
    if how == "short" and rest:
        return _written(rng, core, rest[:-1], where, form, bare=0.8)
    if how == "misspelled":
        if rest and rng.random() < 0.3:
            return _written(rng, core, [misspell(rng, rest[0]), *rest[1:]], where, form)
        return _written(rng, [misspell(rng, core[0]), *core[1:]], rest, where, form)
    if how == "acronym" and len(whole) > 2:
        return "".join(word[0] for word in whole) + rng.choice(("", " Ltd"))
    if how == "joined" and len(core) > 1:
        return _written(rng, ["".join((core[0], core[1].lower()))], rest, where, form)
    if how == "and" and len(whole) > 1:
        return _written(rng, ["The", *core], rest, where, form)
    if how == "elsewhere":
        return _written(rng, core, rest, where, rng.choice(_FORMS))
    return _written(rng, core, rest, where, form)
