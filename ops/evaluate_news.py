"""Labels, scores, and the in-process way to evaluate: which clients each article should and does alert."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from core.clock import utc_now
from core.errors import BadInput
from core.events import Article
from models.registry import compile_registry, read_registry
from models.resolver import Resolver
from ops.news_files import documents
from streaming.formats import parse
from streaming.formats.draft import Draft

Label = Literal["alert", "none", "optional"]
Pair = tuple[str, str]  # URL of an article, client id


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found against the labels; `errors` lists misses and false alerts as records."""

    expected: int
    hits: int
    misses: tuple[Pair, ...]
    false_alerts: tuple[Pair, ...]
    errors: tuple[dict[str, str], ...]

    @property
    def recall(self) -> float:
        """Share of the labelled alerts that were found; 1 when there was nothing to find."""
        return self.hits / self.expected if self.expected else 1.0


def read_labels(path: Path) -> dict[Pair, Label]:
    """Read the labels by article and client; BadInput on an unknown label."""
    labels: dict[Pair, Label] = {}
    with path.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), start=2):
            if row["label"] not in get_args(Label):
                raise BadInput(f"{path.name} line {number}: unknown label {row['label']!r}")
            labels[row["url"], row["client_id"]] = row["label"]  # type: ignore[assignment]
    return labels


def score(found: Iterable[Pair], labels: dict[Pair, Label]) -> Outcome:
    """Compare alerts with labels; a pair without a label is `none`, `optional` counts neither way."""
    alerts = set(found)
    wanted = {pair for pair, label in labels.items() if label == "alert"}
    misses = tuple(sorted(wanted - alerts))
    false_alerts = tuple(sorted(pair for pair in alerts if labels.get(pair, "none") == "none"))
    errors = tuple(
        {"error": kind, "url": url, "client_id": client_id}
        for kind, pairs in (("missed", misses), ("false_alert", false_alerts))
        for url, client_id in pairs
    )
    return Outcome(len(wanted), len(wanted & alerts), misses, false_alerts, errors)


def in_process(paths: Iterable[Path], registry: Path) -> tuple[set[Pair], dict[str, Any]]:
    """Resolve every article of the files here; return the alerts and facts about the run."""
    resolver = Resolver(compile_registry(read_registry(registry), registry.name))
    articles = [article for path in paths for article in read_articles(path)]
    began = time.perf_counter()
    found = {
        (article.url or article.article_id, decision.client_id)
        for article in articles
        for decision in resolver.resolve(article).decisions
        if decision.decision == "match" and decision.client_id is not None
    }
    took_s = time.perf_counter() - began
    return found, {
        "articles": len(articles), "articles_per_s": round(len(articles) / took_s), "resolver": resolver.version,
    }  # fmt: skip


def read_articles(path: Path) -> Iterator[Article]:
    """Read a file as the intake would: the same formats, the same clean-up of the text."""
    for document in documents(path):
        for item in parse(document.body, document.content_type, provider="evaluation"):
            if isinstance(item, Draft):
                yield Article(
                    article_id=item.article_id, provider="evaluation", revision=item.revision or 0,
                    published_at=item.published_at, received_at=utc_now(), headline=item.headline, body=item.body,
                    language=item.language, url=item.url, publisher=item.publisher, trace_id=item.article_id,
                )  # fmt: skip
