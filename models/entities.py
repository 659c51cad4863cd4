"""An entity of the book, compiled: facts as folded phrases, its short names, and whom it inherits news from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from models.book import Facts, RegistryEntry, RegistryName
from models.name_forms import family_names, plain_words
from models.names import words_of
from models.occupations import domains_of

# A person inherits news of a company at this share of its relevance; relations not listed (family) inherit nothing.
RELATION_WEIGHTS: Mapping[str, float] = {
    "chairman": 0.88, "chairwoman": 0.88, "founder": 0.88, "owner": 0.88, "ceo": 0.88, "chief executive": 0.88,
    "managing director": 0.88, "director": 0.85, "partner": 0.8, "board member": 0.8, "major shareholder": 0.78,
    "shareholder": 0.75, "former": 0.5, "former director": 0.5, "former chairman": 0.5,
}  # fmt: skip
_FACT_KINDS = ("employer", "role", "city", "country", "sector", "party", "context")


@dataclass(frozen=True, slots=True)
class FactPhrase:
    """A fact as the words to look for."""

    kind: str
    value: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inheritance:
    """News of another entity that this one inherits, at `weight` of its relevance."""

    entity: int
    relation: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A client, or a company that is in the book only because a client is related to it (`is_client` false)."""

    client_id: str
    is_client: bool
    is_person: bool
    display: str
    short_names: frozenset[tuple[str, ...]]
    long_names: frozenset[tuple[str, ...]]
    facts: tuple[FactPhrase, ...]
    related: tuple[FactPhrase, ...]
    domains: frozenset[str]
    own_words: frozenset[str]
    birth_year: int | None
    gender: str | None
    blocks: tuple[tuple[tuple[str, ...], tuple[str, ...] | None], ...]


def related_companies(entries: Iterable[RegistryEntry]) -> list[RegistryEntry]:
    """Return entries for companies that persons of the book are related to by name only, one for each relation."""
    return [
        RegistryEntry(
            client_id=_company_id(entry, position),
            kind="organisation",
            names=(RegistryName(name=related.name, type="legal"),),
            facts=Facts(city=entry.facts.city, sector=entry.facts.sector),
        )
        for entry in entries
        if entry.kind == "person"
        for position, related in enumerate(entry.related)
        if related.name and not related.client_id and related.relation.lower() in RELATION_WEIGHTS
    ]


def _company_id(entry: RegistryEntry, position: int) -> str:
    return f"~{entry.client_id}/{position}"


class Entities(Sequence[Entity]):
    """The entities of a book by position, each compiled when it is first asked for: most are in no article today."""

    def __init__(self, entries: Sequence[RegistryEntry], *, clients: int) -> None:
        self._entries = entries
        self._clients = clients
        self._names = {entry.client_id: entry.names[0].name for entry in entries[:clients] if entry.names}
        self._compiled: dict[int, Entity] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @overload
    def __getitem__(self, position: int) -> Entity: ...
    @overload
    def __getitem__(self, position: slice) -> list[Entity]: ...
    def __getitem__(self, position: int | slice) -> Entity | list[Entity]:
        if isinstance(position, slice):
            return [self[each] for each in range(*position.indices(len(self)))]
        found = self._compiled.get(position)
        if found is None:
            # Two threads may both compile one: they come to the same.
            entry = self._entries[position]
            found = self._compiled[position] = compile_entity(entry, self._names, is_client=position < self._clients)
        return found


def compile_entity(entry: RegistryEntry, names: Mapping[str, str], *, is_client: bool) -> Entity:
    """Compile one entry; `names` gives every client id's main name."""
    facts = entry.facts
    phrases = tuple(
        FactPhrase(kind, value, words)
        for kind in _FACT_KINDS
        for value in getattr(facts, kind)
        if (words := plain_words(value) if kind == "employer" else tuple(words_of(value)))
    )
    related = tuple(
        FactPhrase(item.relation, name, words)
        for item in entry.related
        if (name := item.name or names.get(item.client_id or "", "")) and (words := plain_words(name))
    )
    said = [" ".join(phrase.words) for phrase in phrases if phrase.kind in ("role", "sector")]
    said.append(" ".join(words_of(facts.description or "")))
    own = {word for phrase in (*phrases, *related) for word in phrase.words if len(word) > 2}
    return Entity(
        client_id=entry.client_id,
        is_client=is_client,
        is_person=entry.kind == "person",
        display=entry.names[0].name if entry.names else entry.client_id,
        short_names=family_names(entry),
        long_names=frozenset(plain_words(name.name) for name in entry.names),
        facts=phrases,
        related=related,
        domains=domains_of(tuple(said)),
        own_words=frozenset(own),
        birth_year=_year(facts.birth_date),
        gender=(facts.gender or "").lower()[:1] or None,
        blocks=tuple(
            (tuple(words_of(block.name)), tuple(words_of(block.context)) if block.context else None)
            for block in entry.blocks
        ),
    )


def inheritances(entry: RegistryEntry, index: Mapping[str, int]) -> tuple[Inheritance, ...]:
    """Return whose news a person inherits; `index` gives every client id's position."""
    if entry.kind != "person":
        return ()
    found = []
    for position, related in enumerate(entry.related):
        weight = RELATION_WEIGHTS.get(related.relation.lower())
        company = index.get(related.client_id or _company_id(entry, position))
        if weight is not None and company is not None:
            found.append(Inheritance(company, related.relation, weight))
    return tuple(found)


def _year(birth_date: str | None) -> int | None:
    digits = (birth_date or "")[:4]
    return int(digits) if len(digits) == 4 and digits.isdigit() else None
