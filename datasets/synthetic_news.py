"""Labelled sets of made-up news about a made-up book: who is named, who is meant, and whom the article is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from datasets import synthetic_templates as templates
from datasets.synthetic_names import (
    INDIC_SCRIPTS,
    PersonalName,
    Split,
    company_name,
    invented_word,
    like_company,
    native_names,
    of_split,
    personal_name,
)
from datasets.synthetic_spellings import respell
from datasets.synthetic_templates import Story
from models.book import Facts, RegistryEntry, RegistryName
from models.name_forms import common_parts
from models.names import parse_person

_CITIES = {
    "indian": "Mumbai Delhi Chennai Kolkata Pune Jaipur", "western": "London Boston Leeds Dublin Perth Toronto",
    "eastern": "Riga Prague Warsaw Sofia Kyiv Vilnius", "arabic": "Dubai Doha Muscat Amman Cairo Kuwait",
    "native": "Geneva Zurich Vienna Lyon Turin Malmo",
}  # fmt: skip
_TOWNS = "Nashik Bristol Tampere Gdansk Aswan Kandy Quito Hobart"
_ROLES = "chairman founder industrialist investor owner entrepreneur"
_AGES = (14, 15, 16, 17, 19, 21)
_COMPANY_NAMESAKES = 0.2  # share of the namesakes
# How often a bare name in the news is the client, by how many of its parts are common, and how much the client's city
# beside it raises the odds: our assumptions.
_BARE_IS_CLIENT, _CITY_ODDS = (0.85, 0.6, 0.4), 5.0


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the made-up book; `twinned` when another client has the very same name."""

    entry: RegistryEntry
    name: PersonalName
    company: str
    role: str
    city: str
    twinned: bool = False


@dataclass(frozen=True, slots=True)
class LabelledArticle:
    """An article with the truth: who `named` means (None: nobody of the book), and whether it is `about` them.

    `rival` is another client of the very same name; `decidable` is false where the text gives nothing to tell by.
    """

    article_id: str
    headline: str
    body: str
    kind: str
    asked: str | None
    meant: str | None
    about: bool
    decidable: bool = True
    slices: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A book and articles about it."""

    split: Split
    entries: tuple[RegistryEntry, ...]
    articles: tuple[LabelledArticle, ...] = field(repr=False)


def labelled_set(split: Split, *, clients: int, articles: int, seed: int) -> LabelledSet:
    """Make a set; the same arguments give the same set, and no name or sentence is in both splits."""
    random = Random(f"{split}-{seed}")  # noqa: S311 - made-up news, no secret
    book = list(_book(random, split, clients))
    makers: Sequence[Callable[[Random, Split, list[Client]], LabelledArticle]] = (
        _about, _about, _about, _passing, _passing, _bare, _city, _namesake, _namesake, _twins, _company, _native,
        _nobody,
    )  # fmt: skip
    made = []
    for number in range(articles):
        article = makers[number % len(makers)](random, split, book)
        made.append(replace(article, article_id=f"{split}-{number}"))
    return LabelledSet(split, tuple(client.entry for client in book), tuple(made))


def _book(random: Random, split: Split, clients: int) -> Iterator[Client]:
    """Yield persons, every eighth the namesake of the one before, then those known in another script."""
    names: list[PersonalName] = []
    taken: set[str] = set()
    while len(names) < clients:
        name = personal_name(random, split)
        if name.full in taken:
            continue
        taken.add(name.full)
        names += [name, name] if len(names) % 8 == 0 else [name]
    twinned = {name.full for name, count in Counter(names).items() if count > 1}
    for number, name in enumerate([*names, *native_names(split)]):
        company = company_name(random, split, name.culture)
        role, city = random.choice(_ROLES.split()), random.choice(_CITIES[name.culture].split())
        facts = Facts(
            employer=(company,), role=(role,), city=(city,), birth_date=str(random.randint(1940, 1985)),
            gender=name.gender,
        )  # fmt: skip
        entry = RegistryEntry(
            client_id=f"P-{number}", kind="person", names=(RegistryName(name=name.full, type="legal"),), facts=facts
        )
        yield Client(entry, name, company, role, city, twinned=name.full in twinned)
    for number in range(clients // 6):
        culture = random.choice(list(_CITIES))
        company, city = company_name(random, split, culture), random.choice(_CITIES[culture].split())
        entry = RegistryEntry(
            client_id=f"O-{number}", kind="organisation", names=(RegistryName(name=company, type="legal"),),
            facts=Facts(city=(city,)),
        )  # fmt: skip
        yield Client(entry, PersonalName("", company, culture, "male"), company, "", city)


def _about(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = _single(random, book)
    return _told(random, split, client, templates.ABOUT[split], "about", meant=True, about=True)


def _passing(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = _single(random, book)
    return _told(random, split, client, templates.PASSING[split], "passing", meant=True, about=False)


def _bare(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = _single(random, book)
    meant = random.random() < _share_meant(client)
    return _told(random, split, client, templates.BARE[split], "bare", meant=meant, about=True, decidable=False)


def _city(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = _single(random, book)
    meant = random.random() < _share_meant(client, _CITY_ODDS)
    return _told(random, split, client, templates.CITY[split], "city", meant=meant, about=True, decidable=False)


def _namesake(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    if random.random() < _COMPANY_NAMESAKES:
        client = _organisation(random, book)
        like = like_company(random, split, client.company)
        return _told(random, split, client, templates.COMPANY[split], "namesake", meant=False, about=True, name=like)
    client = _single(random, book)
    return _told(random, split, client, templates.NAMESAKE[split], "namesake", meant=False, about=True)


def _twins(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    """One of two clients of the same name: told apart by a fact half of the time, not at all in the other half."""
    twin = random.choice([each for each in book if each.twinned])
    if random.random() < 0.5:
        return _told(random, split, twin, templates.ABOUT[split], "twins", meant=True, about=True)
    meant = random.random() < _share_meant(twin, 2.0)  # the one or the other
    return _told(random, split, twin, templates.BARE[split], "twins-bare", meant=meant, about=True, decidable=False)


def _company(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = _organisation(random, book)
    about = random.random() < 0.7
    stories = (templates.COMPANY if about else templates.COMPANY_PASSING)[split]
    return _told(random, split, client, stories, "company", meant=True, about=about)


def _native(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = random.choice([each for each in book if each.name.native])
    story = templates.NATIVE[split][client.name.script]
    return _told(random, split, client, (story,), "native", meant=True, about=True, name=client.name.native)


def _nobody(random: Random, split: Split, book: list[Client]) -> LabelledArticle:
    client = _single(random, book)
    return _told(random, split, client, templates.NOBODY[split], "nobody", meant=False, about=False)


def _told(
    random: Random, split: Split, client: Client, stories: Sequence[Story], kind: str,
    *, meant: bool, about: bool, decidable: bool = True, name: str | None = None,
) -> LabelledArticle:  # fmt: skip
    headline, body = random.choice(stories)
    name = name or _written(random, split, client)
    slots = {
        "name": name, "short": client.name.family, "company": client.company.rsplit(" ", 1)[0], "role": client.role,
        "city": client.city, "other": _stranger(random, split), "third": _stranger(random, split),
        "elsewhere": f"{invented_word(random, split)} Group", "town": random.choice(of_split(_TOWNS, split)),
        "age": random.choice(_AGES),
    }  # fmt: skip
    origin = "indian" if client.name.culture == "indian" or _is_indic(client.name.script) else "international"
    slices = (origin, client.entry.kind, client.name.script if kind == "native" else "latin", kind)
    return LabelledArticle(
        article_id="", headline=headline.format(**slots), body=body.format(**slots), kind=kind,
        asked=client.entry.client_id if kind != "nobody" else None, meant=client.entry.client_id if meant else None,
        about=about, decidable=decidable, slices=slices, group=client.name.full,
    )  # fmt: skip


def _written(random: Random, split: Split, client: Client) -> str:
    """Return a way to write the client's name; a company's with its legal form or without."""
    if client.entry.kind == "person":
        return respell(random, client.name, split)
    return client.company.rsplit(" ", random.choice((0, 1)))[0]


def _stranger(random: Random, split: Split) -> str:
    """Return the name of somebody who is in no book: the family name is invented."""
    return f"{personal_name(random, split).given} {invented_word(random, split)}"


def _single(random: Random, book: list[Client]) -> Client:
    return random.choice([each for each in book if each.entry.kind == "person" and not each.twinned])


def _organisation(random: Random, book: list[Client]) -> Client:
    return random.choice([each for each in book if each.entry.kind == "organisation"])


def _share_meant(client: Client, odds_ratio: float = 1.0) -> float:
    """Return how often a bare name of the client means the client, its odds changed by what stands beside it."""
    share = _BARE_IS_CLIENT[common_parts(parse_person(client.name.full))]
    odds = odds_ratio * share / (1 - share)
    return odds / (1 + odds)


def _is_indic(script: str) -> bool:
    return script in INDIC_SCRIPTS
