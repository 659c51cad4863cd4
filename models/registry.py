"""The book compiled for matching: entities, the forms their names take in text, and an index of these by spelling.

A compiled registry never changes; a new book is a new registry, swapped in by whoever holds it.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ahocorasick_rs import AhoCorasick, MatchKind
from pydantic import ValidationError

from core.errors import BadInput
from models.book import Block, Facts, RegistryEntry, RegistryName, Related
from models.entities import Entities, Inheritance, inheritances, related_companies
from models.name_forms import NameForm, name_forms
from models.name_index import NameIndex, build_index
from models.names import INVISIBLE, UNSEGMENTED, fold
from models.syllable_names import SyllableIndex, by_syllables

__all__ = [
    "Block", "Facts", "Registry", "RegistryEntry", "RegistryName", "Related", "compile_registry", "read_registry",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registry:
    """The compiled book; safe to share between threads."""

    version: str
    entities: Entities
    names: NameIndex
    unsegmented_forms: tuple[NameForm, ...]
    unsegmented: AhoCorasick
    syllables: SyllableIndex
    heirs: Mapping[int, tuple[tuple[str, Inheritance], ...]]


def compile_registry(entries: Iterable[RegistryEntry], version: str) -> Registry:
    """Compile the book; a client id given twice is BadInput."""
    with _no_garbage():
        return _compiled(list(entries), version)


@contextmanager
def _no_garbage() -> Iterator[None]:
    """Keep the collector out: of what a compile makes nothing is garbage, and to walk it takes half of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _compiled(clients: Sequence[RegistryEntry], version: str) -> Registry:
    if len({entry.client_id for entry in clients}) != len(clients):
        raise BadInput("a client id occurs twice in the registry", code="duplicate_client")
    every = [*clients, *related_companies(clients)]
    forms = [form for position, entry in enumerate(every) for form in name_forms(position, entry)]
    unsegmented = tuple(form for form in forms if not form.surface.isascii() and UNSEGMENTED.search(form.surface))
    patterns = [fold(INVISIBLE.sub("", form.surface)).strip() for form in unsegmented]
    return Registry(
        version=version,
        entities=Entities(every, clients=len(clients)),
        names=build_index(forms),
        unsegmented_forms=unsegmented,
        unsegmented=AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest),
        syllables=by_syllables(forms),
        heirs=MappingProxyType(_heirs(every)),
    )


def _heirs(entries: Sequence[RegistryEntry]) -> dict[int, tuple[tuple[str, Inheritance], ...]]:
    """Return, for each company, the ids of the clients that inherit its news."""
    positions = {entry.client_id: position for position, entry in enumerate(entries)}
    heirs: defaultdict[int, list[tuple[str, Inheritance]]] = defaultdict(list)
    for entry in entries:
        for link in inheritances(entry, positions):
            heirs[link.entity].append((entry.client_id, link))
    return {company: tuple(found) for company, found in heirs.items()}


def read_registry(path: Path) -> list[RegistryEntry]:
    """Read a registry file, one client a line; BadInput names the line that cannot be read."""
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            entries.append(RegistryEntry.model_validate_json(line))
        except ValidationError as error:
            raise BadInput(f"{path.name} line {number}: {error.errors()[0]['msg']}", code="bad_registry") from error
    return entries
