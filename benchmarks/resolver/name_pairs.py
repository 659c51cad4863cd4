"""Make the labelled name pairs of the evaluation: `python -m benchmarks.resolver.name_pairs` writes name_pairs.csv.

Half of the pairs are one bearer written twice, half are two who are easily confused: relatives, near spellings, the
same initials, the same company in another trade, country or legal form.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from rapidfuzz.distance import OSA

from benchmarks.resolver.families import by_clerk, in_full, mistyped, plain_letters, scanned, with_initials
from datasets.name_pairs.sources import Names, Spelled, read_names

HERE = Path(__file__).parent
PAIRS = HERE / "name_pairs.csv"
SEED = 7
SIZES = {
    "indian": 900, "international": 900, "hindi-english": 600, "russian": 300, "arabic": 300, "japanese": 300,
    "hebrew": 300, "korean": 300, "chinese": 300, "greek": 300, "organisation": 600,
}  # fmt: skip
_ALPHABETS = ("russian", "greek")  # letter for letter they are no task: they come with more slips than the others
_FORMS = (
    ("Limited", "Ltd"),
    ("Private Limited", "Pvt Ltd"),
    ("Incorporated", "Inc"),
    ("GmbH",),
    ("AG",),
    ("N.V.", "NV"),
    ("S.p.A.", "SpA"),
)


class Row(NamedTuple):
    """A pair with its label; `slice` is the set that it belongs to."""

    name1: str
    name2: str
    kind: str
    same: int
    slice: str


def main() -> None:
    """Write the file."""
    rows = list(make_rows())
    with PAIRS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows)
    print(f"{len(rows)} pairs, {PAIRS.stat().st_size} bytes")


def make_rows() -> Iterator[Row]:
    """Draw the pairs from the seed."""
    names = read_names(HERE / "names.txt")
    for part, size in SIZES.items():
        yield from _rows(Random(f"{SEED} {part}"), names, part, size)  # noqa: S311 (a seed, not a secret)


def read_pairs(path: Path = PAIRS) -> list[Row]:
    """Read the committed pairs."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(r["name1"], r["name2"], r["kind"], int(r["same"]), r["slice"]) for r in csv.DictReader(file)]


def _rows(rng: Random, names: Names, part: str, size: int) -> Iterator[Row]:
    for number in range(size):
        same = number % 2 == 0
        if part == "organisation":
            yield Row(*_companies(rng, names, same), "organisation", int(same), part)
        elif part in ("indian", "international"):
            yield Row(*_persons(rng, names, part, same), "person", int(same), part)
        else:
            culture = "indian" if part == "hindi-english" else part
            yield Row(*_scripts(rng, names, culture, same), "person", int(same), part)


def _persons(rng: Random, names: Names, culture: str, same: bool) -> tuple[str, str]:
    given = rng.sample(names["given", culture], k=rng.choice((1, 1, 2)))
    family = rng.choice(names["family", culture])
    left = " ".join((*(name.latin for name in given), family.latin))
    if not same:
        given, family = _confused(rng, names, culture, given, family)
        if given[0].latin[0] == left[0] and rng.random() < 0.1:
            return left, with_initials(rng, [name.latin for name in given], family.latin)
    return left, _written(rng, names, culture, given, family, ways=0.55, changes=1.2 if same else 0.5)


def _written(
    rng: Random, names: Names, culture: str, given: list[Spelled], family: Spelled, ways: float, changes: float
) -> str:
    """Write a name in Latin letters: in one of the `ways` with that probability, after so many `changes` on average."""
    mine, last = [name.latin for name in given], family.latin
    for _ in range(int(changes + rng.random())):
        mine, last = _changed(rng, mine, last)
    other = rng.choice(names["family", culture]).latin
    right = in_full(rng, mine, last, other) if rng.random() < ways else " ".join((*mine, last))
    return plain_letters(right) if rng.random() < 0.6 else right


def _changed(rng: Random, given: list[str], family: str) -> tuple[list[str], str]:
    change = rng.choice((scanned, mistyped, by_clerk, by_clerk, by_clerk))
    if rng.random() < 0.5:
        return [change(rng, given[0]), *given[1:]], family
    return given, change(rng, family)


def _confused(
    rng: Random, names: Names, culture: str, given: list[Spelled], family: Spelled
) -> tuple[list[Spelled], Spelled]:
    """Return the name of somebody else who might be taken for the bearer."""
    everyone, families = names["given", culture], names["family", culture]
    how = rng.choice((0, 0, 1, 1, 2, 3, 4))
    if how == 0:
        return [rng.choice([name for name in everyone if name not in given]), *given[1:]], family
    if how == 1:
        return given, rng.choice([name for name in families if name != family])
    if how == 2:
        return [_nearest(rng, everyone, given[0]), *given[1:]], family
    if how == 3:
        return given, _nearest(rng, families, family)
    alike = [name for name in everyone if name.latin[0] == given[0].latin[0] and name not in given]
    return [rng.choice(alike or [name for name in everyone if name not in given]), *given[1:]], family


def _nearest(rng: Random, names: tuple[Spelled, ...], to: Spelled) -> Spelled:
    others = sorted((n for n in names if n != to), key=lambda n: OSA.normalized_distance(n.latin, to.latin))
    return rng.choice(others[:3])


def _scripts(rng: Random, names: Names, culture: str, same: bool) -> tuple[str, str]:
    """A name in its own script, and the same or a confusable one in Latin letters."""
    given, family = [rng.choice(names["given", culture])], rng.choice(names["family", culture])
    if culture in ("chinese", "korean"):
        native = family.native + given[0].native
    elif culture == "japanese":
        native = f"{family.native} {given[0].native}"
    else:
        native = f"{given[0].native} {family.native}"
    if not same:
        given, family = _confused(rng, names, culture, given, family)
    if rng.random() < (0.6 if culture in ("chinese", "korean", "japanese") else 0.15):
        return native, f"{family.latin} {given[0].latin}"
    return native, _written(rng, names, culture, given, family, ways=0.4, changes=1.6 if culture in _ALPHABETS else 0.7)


def _companies(rng: Random, names: Names, same: bool) -> tuple[str, str]:
    own, fields, places = ([n.latin for n in names[part, "organisation"]] for part in ("core", "field", "place"))
    core, field, form = rng.choice(own), rng.choice(fields), rng.choice(_FORMS)
    second = rng.choice([name for name in own if name != core])
    left = f"{core} {field} {form[0]}"
    if same:
        return left, rng.choice((
            f"{core.upper()} {field.upper()} {form[-1].upper()}.", f"{mistyped(rng, core)} {field} {form[-1]}",
            f"M/s {core} {field}", f"{core} {field} ({form[-1]})", f"{scanned(rng, core)} {field}",
            f"{core}{field.lower()} {form[-1]}", f"{core} {field} {form[-1]}", f"{core} & Co {field}",
        ))  # fmt: skip
    return left, rng.choice((
        f"{second} {field} {form[-1]}", f"{core} {rng.choice([f for f in fields if f != field])} {form[-1]}",
        f"{core} {field} {rng.choice(places)} {rng.choice(_FORMS)[-1]}", f"{core[:-2]} {field} {form[-1]}",
        f"{core} {field} Employees Union", f"{core} {second} {form[-1]}", f"{second} {core} {field}",
        f"{core} {field} {rng.choice([each for each in _FORMS if each[0][:3] != form[0][:3]])[-1]}",
    ))  # fmt: skip


if __name__ == "__main__":
    main()
