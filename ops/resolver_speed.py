"""How quick the resolver is with a large book: compile, articles that name a client, hostile ones, a whole file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import orjson
from rich.console import Console

from core.clock import utc_now
from core.events import Article
from datasets.synthetic_names import company_name, invented_word, personal_name
from datasets.synthetic_templates import ABOUT, NAMESAKE
from models.registry import RegistryEntry, compile_registry, read_registry
from models.resolver import Resolver
from ops.resolve_run import run

ARTICLE_CHARS, NAMING, PROCESSES, SEED = 2800, 1000, 2, 7
MEBIBYTE = 1 << 20


def speed(*, clients: int, scanned: int) -> dict[str, Any]:
    """Measure on made-up news of 2.8 kB an article; `scanned` of them name nobody of the book."""
    with tempfile.TemporaryDirectory() as folder:
        book, news = Path(folder) / "book.jsonl", Path(folder) / "news.jsonl"
        _write(book, _clients(clients))
        _write(news, _news_about_others(scanned))
        began = time.perf_counter()
        entries = read_registry(book)
        read_s = time.perf_counter() - began
        began = time.perf_counter()
        resolver = Resolver(compile_registry(entries, "1"))
        compile_s = time.perf_counter() - began
        named = sorted(_took_s(resolver, article) for article in _news_about(entries))
        hostile = {name: _took_s(resolver, article) for name, article in _hostile(entries)}
        done = run(book, news, Path(folder) / "out.jsonl", processes=PROCESSES, console=Console(quiet=True))
    return {
        "clients": clients, "chars_each": ARTICLE_CHARS, "read_s": round(read_s, 2), "compile_s": round(compile_s, 2),
        "articles_that_name_a_client": len(named),
        "resolve_p50_ms": round(1000 * named[len(named) // 2], 2),
        "resolve_p99_ms": round(1000 * named[int(0.99 * len(named))], 2),
        "hostile_ms": {name: round(1000 * took_s) for name, took_s in hostile.items()},
        "articles_that_name_nobody": done.articles, "processes": PROCESSES,
        "articles_per_s": round(done.articles_per_s), "mentions_found": done.mentions,
    }  # fmt: skip


def _took_s(resolver: Resolver, article: Article) -> float:
    began = time.perf_counter()
    resolver.resolve(article)
    return time.perf_counter() - began


def _write(path: Path, records: Iterator[dict[str, Any]]) -> None:
    with path.open("wb") as lines:
        lines.writelines(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)


def _clients(count: int) -> Iterator[dict[str, Any]]:
    """Yield persons, half of them with a middle name that nobody else has."""
    random = Random(SEED)  # noqa: S311 - made-up clients
    for number in range(count):
        name, middle = personal_name(random, "held-out"), invented_word(random, "held-out")
        company = company_name(random, "held-out", name.culture)
        yield {
            "client_id": f"C-{number}", "kind": "person",
            "names": [{"name": f"{name.given} {middle} {name.family}" if number % 2 else name.full, "type": "legal"}],
            "facts": {"employer": [company], "role": ["chairman"], "city": ["London"], "gender": name.gender},
            "related": [{"name": company, "relation": "chairman"}],
        }  # fmt: skip


def _news_about_others(count: int) -> Iterator[dict[str, Any]]:
    """Yield news about people of the fitting split, so in no book of the held-out one."""
    random = Random(SEED)  # noqa: S311 - made-up news
    for number in range(count):
        yield {"id": str(number), "title": "The day’s news", "text": _stories(random, "")}


def _stories(random: Random, text: str) -> str:
    while len(text) < ARTICLE_CHARS:
        name = personal_name(random, "fit")
        _, body = random.choice([*ABOUT["fit"], *NAMESAKE["fit"]])
        text += body.format(
            name=name.full, short=name.family, company=invented_word(random, "fit"), role="owner", city="Oslo",
            town="Turku", elsewhere=invented_word(random, "fit"), age=17,
        ) + " "  # fmt: skip
    return text[:ARTICLE_CHARS]


def _news_about(entries: list[RegistryEntry]) -> Iterator[Article]:
    random = Random(SEED)  # noqa: S311 - made-up news
    for _ in range(NAMING):
        client = random.choice(entries)
        name, company = client.names[0].name, client.facts.employer[0]
        yield _article(f"{name} arrested", _stories(random, f"{name}, chairman of {company}, was held in London. "))


def _hostile(entries: list[RegistryEntry]) -> Iterator[tuple[str, Article]]:
    name = entries[0].names[0].name
    yield "1 MiB of one client's name", _article(name, f"{name} " * (MEBIBYTE // len(name)))
    yield "1 MiB of a common family name", _article("", "Saxena " * (MEBIBYTE // 7))
    yield "a token of 100,000 characters", _article(name, "x" * 100_000)
    yield "1 MiB of markup", _article(name, f"<b>{name}</b>" * (MEBIBYTE // (len(name) + 7)))
    yield "1 MiB of direction marks", _article(name, "\u202e\u200b" * (MEBIBYTE // 2))


def _article(headline: str, body: str) -> Article:
    return Article(
        article_id="a", provider="p", revision=0, received_at=utc_now(), headline=headline, body=body, trace_id="t"
    )
