"""Figures of the resolver on a labelled set: links, alerts, namesakes, abstention and calibration, with intervals.

Every figure is made of sums over articles, so an interval is that of sums over names drawn again (bootstrap): articles
of one name stand or fall together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from datasets.calibrate import Judged, judged
from datasets.synthetic_news import LabelledArticle, LabelledSet
from models.resolver import KEEP_ABOVE

RESAMPLES, SEED, BINS = 1000, 11, 10
Sums = NDArray[np.float64]
Said = tuple[float, bool]  # a probability, and whether it was so


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled article with every client that the resolver weighed in it."""

    article: LabelledArticle
    weighed: tuple[Judged, ...]

    @property
    def linked(self) -> list[str]:
        """The clients whose identity lies above the limit."""
        return [each.client_id for each in self.weighed if each.candidate.identity > KEEP_ABOVE]

    @property
    def alerted(self) -> list[str]:
        """The clients whose relevance lies above the limit."""
        return [each.client_id for each in self.weighed if each.candidate.relevance > KEEP_ABOVE]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: what an article adds to its sums, and how it comes from sums (many rows of them) in the end."""

    sums: Callable[[Row], Sums]
    value: Callable[[Sums], Sums]


def rows_of(labelled: LabelledSet) -> list[Row]:
    """Resolve a set and lay what came of it beside its labels."""
    by_article: defaultdict[str, list[Judged]] = defaultdict(list)
    for each in judged(labelled):
        by_article[each.article.article_id].append(each)
    return [Row(article, tuple(by_article[article.article_id])) for article in labelled.articles]


def _share(truths: Callable[[Row], Iterable[bool]]) -> Figure:
    def sums(row: Row) -> Sums:
        found = list(truths(row))
        return np.array([sum(found), len(found)], dtype=float)

    return Figure(sums, lambda added: added[:, 0] / np.where(added[:, 1], added[:, 1], np.nan))


def _calibration_error(said: Callable[[Row], Iterable[Said]]) -> Figure:
    """The expected calibration error in ten bins of equal width."""
    return Figure(lambda row: _binned(said(row)).ravel(), _error)


def _binned(said: Iterable[Said]) -> Sums:
    """Return, for each bin, the sum of probabilities, how many were true, and how many there were."""
    bins = np.zeros((BINS, 3))
    for probability, truth in said:
        bins[min(BINS - 1, int(probability * BINS))] += (probability, truth, 1)
    return bins


def _error(added: Sums) -> Sums:
    bins = added.reshape(-1, BINS, 3)
    count = bins[:, :, 2].sum(axis=1)
    gaps: Sums = np.abs(bins[:, :, 0] - bins[:, :, 1]).sum(axis=1)
    return gaps / np.where(count, count, np.nan)


def reliability(said: Iterable[Said]) -> list[tuple[float, float, int]]:
    """Return, for each tenth that holds anything, the mean probability, the share that is true, and the count."""
    return [(float(p / n), float(true / n), int(n)) for p, true, n in _binned(said) if n]


def identities(row: Row) -> list[Said]:
    """Return what was said of everyone's identity, and the truth."""
    return [(each.candidate.identity, each.meant) for each in row.weighed]


def aboutnesses(row: Row) -> list[Said]:
    """Return what was said of aboutness, and the truth, for the client meant."""
    return [(each.candidate.aboutness, row.article.about) for each in row.weighed if each.meant]


LINK_PRECISION = _share(lambda row: (client == row.article.meant for client in row.linked))
LINK_RECALL = _share(lambda row: [row.article.meant in row.linked] if row.article.meant else [])
ALERT_PRECISION = _share(lambda row: (row.article.about and client == row.article.meant for client in row.alerted))
ALERT_RECALL = _share(lambda row: [row.article.meant in row.alerted] if row.article.meant and row.article.about else [])
ANY_LINK, NO_LINK = _share(lambda row: [bool(row.linked)]), _share(lambda row: [not row.linked])
IDENTITY_ERROR, ABOUTNESS_ERROR = _calibration_error(identities), _calibration_error(aboutnesses)


def figures(rows: Sequence[Row]) -> dict[str, Any]:
    """Return every figure with its 95 % interval, over all rows and by slice."""
    decidable = [row for row in rows if row.article.decidable]
    slices: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        for name in row.article.slices:
            slices[name].append(row)
    return {
        "articles": len(rows),
        "links": {"precision": measured(LINK_PRECISION, decidable), "recall": measured(LINK_RECALL, decidable)},
        "alerts": {"precision": measured(ALERT_PRECISION, decidable), "recall": measured(ALERT_RECALL, decidable)},
        "namesake_false_links": measured(ANY_LINK, _of_kind(rows, "namesake")),
        "nobody_false_links": measured(ANY_LINK, _of_kind(rows, "nobody")),
        "same_name_without_context_abstained": measured(NO_LINK, _of_kind(rows, "twins-bare")),
        "identity_calibration_error": measured(IDENTITY_ERROR, rows),
        "aboutness_calibration_error": measured(ABOUTNESS_ERROR, rows),
        "slices": {name: _slice(found) for name, found in sorted(slices.items())},
    }


def measured(figure: Figure, rows: Sequence[Row]) -> dict[str, Any]:
    """Return a figure as `value` and `interval`, None where the rows say nothing of it."""
    groups: defaultdict[str, Sums] = defaultdict(lambda: np.zeros(1))
    for row in rows:
        groups[row.article.group] = groups[row.article.group] + figure.sums(row)
    if not groups:
        return {"value": None, "interval": None}
    totals = np.stack(list(groups.values()))
    drawn = np.random.default_rng(SEED).multinomial(len(totals), np.full(len(totals), 1 / len(totals)), size=RESAMPLES)
    value = figure.value(totals.sum(axis=0, keepdims=True))[0]
    if np.isnan(value):
        return {"value": None, "interval": None}
    low, high = np.nanpercentile(figure.value(drawn @ totals), (2.5, 97.5))
    return {"value": round(float(value), 4), "interval": [round(float(low), 4), round(float(high), 4)]}


def _slice(rows: Sequence[Row]) -> dict[str, Any]:
    decidable = [row for row in rows if row.article.decidable]
    return {
        "articles": len(rows),
        "link_precision": measured(LINK_PRECISION, decidable),
        "link_recall": measured(LINK_RECALL, decidable),
        "identity_calibration_error": measured(IDENTITY_ERROR, rows),
    }


def _of_kind(rows: Sequence[Row], kind: str) -> list[Row]:
    return [row for row in rows if row.article.kind == kind]
