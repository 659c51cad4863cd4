"""The names that training pairs are made of: one text file written for this project, free of others' rights."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

SOURCE = Path(__file__).with_name("names.txt")


@dataclass(frozen=True, slots=True)
class Spelled:
    """A name part in Latin letters and, where known, in the script of its culture."""

    latin: str
    native: str = ""


Names = dict[tuple[str, str], tuple[Spelled, ...]]  # (part, culture) -> names


@lru_cache(maxsize=4)
def read_names(path: Path = SOURCE) -> Names:
    """Read `part|culture|Latin=native ...` lines; `#` starts a remark."""
    found: defaultdict[tuple[str, str], tuple[Spelled, ...]] = defaultdict(tuple)
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        part, culture, names = line.split("|")
        found[part, culture] += tuple(Spelled(*name.split("=")) for name in names.split())
    return dict(found)


def cultures(names: Names) -> tuple[str, ...]:
    """Return the cultures that persons come from."""
    return tuple(sorted(culture for part, culture in names if part == "given"))
