"""`python -m datasets.calibrate`: fit the resolver's calibration on made-up news and write its artefact.

Deterministic: the same code gives the same file, which a unit test checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from core.events import Article
from datasets.synthetic_news import LabelledArticle, LabelledSet, labelled_set
from models.calibration import ARTEFACT, Calibration, checksum, fit_curve, uncalibrated
from models.registry import compile_registry
from models.resolver import Candidate, Resolver
from models.text import Text

CLIENTS, ARTICLES, SEED = 400, 3000, 6
# Made-up news shows who is meant better than how much an article is about somebody: there the rules weigh as much.
PER_STEP, IDENTITY_TRUST, ABOUTNESS_TRUST = 40, 4, 40
_NOW = datetime(2026, 6, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate the resolver weighed in an article, with the truth about it."""

    article: LabelledArticle
    candidate: Candidate
    client_id: str
    meant: bool


def as_article(labelled: LabelledArticle) -> Article:
    """Return a labelled article as the resolver takes it."""
    return Article(
        article_id=labelled.article_id, provider="synthetic", revision=0, received_at=_NOW, published_at=_NOW,
        headline=labelled.headline, body=labelled.body, trace_id=labelled.article_id,
    )  # fmt: skip


def judged(labelled: LabelledSet, curves: Calibration | None = None) -> Iterator[Judged]:
    """Yield every client that the resolver weighs in a set, by the committed curves or by others."""
    resolver = Resolver(compile_registry(labelled.entries, labelled.split), curves=curves)
    for article in labelled.articles:
        weighed = resolver.weigh(Text(article.headline, article.body), as_article(article))
        for candidate in weighed.values():
            entity = resolver.registry.entities[candidate.entity]
            if entity.is_client:
                yield Judged(article, candidate, entity.client_id, entity.client_id == article.meant)


def fitted() -> str:
    """Return the artefact: curves for identity and aboutness, their checksum, and what they were fitted on.

    Clients of one name are left out: the resolver calibrates each as though alone, then lets their odds compete.
    """
    found = list(judged(labelled_set("fit", clients=CLIENTS, articles=ARTICLES, seed=SEED), uncalibrated()))
    clear = [each for each in found if each.meant]
    identity = [
        (each.candidate.identity_score, each.meant) for each in found if not each.article.kind.startswith("twins")
    ]
    aboutness = [(each.candidate.about_score, each.article.about) for each in clear]
    curves = {
        "identity": fit_curve(*zip(*identity, strict=True), per_step=PER_STEP, trust=IDENTITY_TRUST),
        "aboutness": fit_curve(*zip(*aboutness, strict=True), per_step=PER_STEP, trust=ABOUTNESS_TRUST),
    }
    plain = {name: {"scores": curve.scores, "log_odds": curve.log_odds} for name, curve in curves.items()}
    described = {
        "fitted_on": {"set": "datasets.synthetic_news", "clients": CLIENTS, "articles": ARTICLES, "seed": SEED},
        "sha256": checksum(plain),
        "curves": plain,
    }
    return json.dumps(described, indent=1) + "\n"


if __name__ == "__main__":
    ARTEFACT.write_text(fitted(), encoding="utf-8")
