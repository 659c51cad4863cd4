"""Figures of the resolver on a labelled set: links, alerts, namesakes, abstention and calibration, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from datasets.calibrate import Judged, judged
from datasets.synthetic_news import LabelledArticle, LabelledSet
from models.resolver import KEEP_ABOVE

RESAMPLES, SEED, BINS = 500, 11, 10


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled article with every client that the resolver weighed in it."""

    article: LabelledArticle
    weighed: tuple[Judged, ...]

    @property
    def linked(self) -> frozenset[str]:
        """The clients whose identity lies above the limit."""
        return frozenset(each.client_id for each in self.weighed if each.candidate.identity > KEEP_ABOVE)

    @property
    def alerted(self) -> frozenset[str]:
        """The clients whose relevance lies above the limit."""
        return frozenset(each.client_id for each in self.weighed if each.candidate.relevance > KEEP_ABOVE)


Figure = Callable[[Sequence[Row]], float | None]


def rows_of(labelled: LabelledSet) -> list[Row]:
    """Resolve a set and lay what came of it beside its labels."""
    by_article: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged(labelled):
        by_article[each.article.article_id].append(each)
    return [Row(article, tuple(by_article[article.article_id])) for article in labelled.articles]


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Return every figure with its 95 % interval, over all rows and by slice."""
    decidable = [row for row in rows if row.article.decidable]
    slices: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for name in row.article.slices:
            slices[name].append(row)
    return {
        "articles": len(rows),
        "links": _with_intervals({"precision": link_precision, "recall": link_recall}, decidable),
        "alerts": _with_intervals({"precision": alert_precision, "recall": alert_recall}, decidable),
        "namesake_false_links": _of_kind(rows, "namesake"),
        "nobody_false_links": _of_kind(rows, "nobody"),
        "same_name_without_context_abstained": _abstained(rows),
        "identity_calibration_error": _with_intervals({"ece": identity_error}, rows)["ece"],
        "aboutness_calibration_error": _with_intervals({"ece": aboutness_error}, rows)["ece"],
        "slices": {name: _slice(found) for name, found in sorted(slices.items())},
    }


def link_precision(rows: Sequence[Row]) -> float | None:
    """Share of the links above the limit that are right."""
    return _share(client == row.article.meant for row in rows for client in row.linked)


def link_recall(rows: Sequence[Row]) -> float | None:
    """Share of the clients meant that are linked above the limit."""
    return _share(row.article.meant in row.linked for row in rows if row.article.meant)


def alert_precision(rows: Sequence[Row]) -> float | None:
    """Share of the alerts that are for the client whom the article is about."""
    return _share(row.article.about and client == row.article.meant for row in rows for client in row.alerted)


def alert_recall(rows: Sequence[Row]) -> float | None:
    """Share of the articles about a client that alert."""
    return _share(row.article.meant in row.alerted for row in rows if row.article.meant and row.article.about)


def identity_error(rows: Sequence[Row]) -> float | None:
    """Expected calibration error of P(identity) over everyone weighed."""
    return calibration_error([(each.candidate.identity, each.meant) for row in rows for each in row.weighed])


def aboutness_error(rows: Sequence[Row]) -> float | None:
    """Expected calibration error of P(aboutness) over the clients meant."""
    return calibration_error(
        [(each.candidate.aboutness, row.article.about) for row in rows for each in row.weighed if each.meant]
    )


def reliability(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Return, for each tenth that holds anything, the mean probability, the share that is true, and the count."""
    bins: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, truth in pairs:
        bins[min(BINS - 1, int(probability * BINS))].append((probability, truth))
    return [
        (sum(p for p, _ in found) / len(found), sum(t for _, t in found) / len(found), len(found))
        for _, found in sorted(bins.items())
    ]


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """Return the expected calibration error in ten bins of equal width; None without pairs."""
    if not pairs:
        return None
    return sum(abs(said - true) * count for said, true, count in reliability(pairs)) / len(pairs)


def _slice(rows: Sequence[Row]) -> dict[str, Any]:
    decidable = [row for row in rows if row.article.decidable]
    found = _with_intervals({"link_precision": link_precision, "link_recall": link_recall}, decidable)
    return {"articles": len(rows), **found, "identity_calibration_error": _rounded(identity_error(rows))}


def _of_kind(rows: Sequence[Row], kind: str) -> Any:
    chosen = [row for row in rows if row.article.kind == kind]
    return _with_intervals({"share": lambda some: _share(bool(row.linked) for row in some)}, chosen)["share"]


def _abstained(rows: Sequence[Row]) -> Any:
    chosen = [row for row in rows if row.article.kind == "twins-bare"]
    return _with_intervals({"share": lambda some: _share(not row.linked for row in some)}, chosen)["share"]


def _with_intervals(wanted: Mapping[str, Figure], rows: Sequence[Row]) -> dict[str, Any]:
    """Return figures with 95 % intervals by bootstrap over names: articles of one name stand or fall together."""
    by_name: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_name[row.article.group].append(row)
    groups = list(by_name.values())
    random = np.random.default_rng(SEED)
    samples: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(RESAMPLES if groups else 0):
        drawn = [row for place in random.integers(len(groups), size=len(groups)) for row in groups[place]]
        for name, figure in wanted.items():
            if (value := figure(drawn)) is not None:
                samples[name].append(value)
    return {
        name: {
            "value": _rounded(figure(rows)),
            "interval": [round(float(edge), 4) for edge in np.percentile(samples[name], (2.5, 97.5))]
            if samples[name]
            else None,
        }
        for name, figure in wanted.items()
    }


def _share(truths: Iterable[bool]) -> float | None:
    found = list(truths)
    return sum(found) / len(found) if found else None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
