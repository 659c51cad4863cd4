"""`tipline evaluate resolver`: the resolver on held-out made-up news, and its speed with a book of 10,000."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.table import Table

from core.clock import rfc3339, utc_now

RESULTS = Path(__file__).parents[1] / "benchmarks" / "resolver" / "results"
CLIENTS, ARTICLES, SEED = 400, 6000, 7
BOOK, SCANNED, ARTICLE_CHARS = 10_000, 10_000, 2800


def resolver(
    out: Annotated[Path, typer.Option(help="The folder of the result file and the plot.")] = RESULTS,
    articles: Annotated[int, typer.Option(help="How many labelled articles.", min=100)] = ARTICLES,
    scanned: Annotated[int, typer.Option(help="How many articles the speed is measured on.", min=100)] = SCANNED,
) -> None:
    """Measure the resolver on labelled sets that its calibration has not seen; write the figures and a plot."""
    from datasets.resolver_figures import aboutnesses, figures, identities, reliability, rows_of
    from datasets.synthetic_news import labelled_set
    from ops.reliability_plot import reliability_svg

    labelled = labelled_set("held-out", clients=CLIENTS, articles=articles, seed=SEED)
    rows = rows_of(labelled)
    result = {
        "measured_at": rfc3339(utc_now()),
        "set": {"name": "datasets.synthetic_news held-out", "clients": CLIENTS, "seed": SEED},
        **figures(rows),
        "speed": _speed(labelled.entries, [(row.article.headline, row.article.body) for row in rows], scanned),
    }
    out.mkdir(parents=True, exist_ok=True)
    (out / "resolver.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    curves = {
        "P(identity)": reliability(said for row in rows for said in identities(row)),
        "P(aboutness)": reliability(said for row in rows for said in aboutnesses(row)),
    }
    (out / "reliability.svg").write_text(reliability_svg(curves), encoding="utf-8")
    _print(Console(soft_wrap=True), result)


def _speed(entries: Any, told: list[tuple[str, str]], scanned: int) -> dict[str, Any]:
    """Measure the compile, the resolving of an article, and `tipline resolve` over articles that name no client."""
    from core.events import Article
    from models.registry import compile_registry, read_registry
    from models.resolver import Resolver
    from ops.resolve_run import run

    small = Resolver(compile_registry(entries, "1"))
    took_ms = []
    for headline, body in told:
        article = Article(
            article_id="a", provider="p", revision=0, received_at=utc_now(), headline=headline, body=body, trace_id="t"
        )
        began = time.perf_counter()
        small.resolve(article)
        took_ms.append((time.perf_counter() - began) * 1000)
    with tempfile.TemporaryDirectory() as folder:
        book, news = Path(folder) / "book.jsonl", Path(folder) / "news.jsonl"
        _write_book(book)
        _write_news(news, scanned)
        read = read_registry(book)
        began = time.perf_counter()
        compile_registry(read, "1")
        compile_s = time.perf_counter() - began
        done = run(book, news, Path(folder) / "out.jsonl", processes=2, console=Console(quiet=True))
    return {
        "clients": BOOK, "compile_s": round(compile_s, 2),
        "resolve_p50_ms": _quantile(took_ms, 0.5), "resolve_p99_ms": _quantile(took_ms, 0.99),
        "articles_that_name_nobody": done.articles, "chars_each": ARTICLE_CHARS, "processes": 2,
        "articles_per_s": round(done.articles_per_s), "mentions_found": done.mentions,
    }  # fmt: skip


def _write_book(path: Path) -> None:
    from datasets.synthetic_names import company_name, invented_word, personal_name

    random = Random(SEED)  # noqa: S311 - made-up clients
    with path.open("wb") as lines:
        for number in range(BOOK):
            name = personal_name(random, "held-out")
            company = company_name(random, "held-out", name.culture)
            names = [f"{name.given} {invented_word(random, 'held-out')} {name.family}", name.full]
            lines.write(
                orjson.dumps(
                    {
                        "client_id": f"C-{number}",
                        "kind": "person",
                        "names": [{"name": names[number % 2], "type": "legal"}],
                        "facts": {"employer": [company], "role": ["chairman"], "city": ["London"], "gender": "male"},
                        "related": [{"name": company, "relation": "chairman"}],
                    },
                    option=orjson.OPT_APPEND_NEWLINE,
                )
            )


def _write_news(path: Path, count: int) -> None:
    """Write news of 2.8 kB about people who are in the fitting split, so in no book of the held-out one."""
    from datasets.synthetic_names import invented_word, personal_name
    from datasets.synthetic_templates import ABOUT, NAMESAKE

    random = Random(SEED)  # noqa: S311 - made-up news
    stories = [*ABOUT["fit"], *NAMESAKE["fit"]]
    with path.open("wb") as lines:
        for number in range(count):
            body = ""
            while len(body) < ARTICLE_CHARS:
                name = personal_name(random, "fit")
                body += random.choice(stories)[1].format(
                    name=name.full, short=name.family, company=invented_word(random, "fit"), role="owner",
                    city="Oslo", town="Turku", elsewhere=invented_word(random, "fit"), age=17,
                ) + " "  # fmt: skip
            record = {"id": str(number), "title": "The day’s news", "text": body[:ARTICLE_CHARS]}
            lines.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def _quantile(values: list[float], share: float) -> float:
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, int(share * len(ranked)))], 2)


def _print(console: Console, result: dict[str, Any]) -> None:
    table = Table("slice", "articles", "precision", "recall", "calibration error", title="Links above 0.8")
    for name, found in result["slices"].items():
        figures = (found[each]["value"] for each in ("link_precision", "link_recall", "identity_calibration_error"))
        table.add_row(name, *("-" if each is None else str(each) for each in (found["articles"], *figures)))
    console.print(table)
    for name in (
        "links", "alerts", "namesake_false_links", "same_name_without_context_abstained", "identity_calibration_error",
        "speed",
    ):  # fmt: skip
        console.print(name.replace("_", " "), result[name], markup=False)
