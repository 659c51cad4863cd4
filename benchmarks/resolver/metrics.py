"""Quality of scores on labelled pairs: F1, AUC, recall at a precision, calibration error, bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_BINS, _SAMPLES = 10, 200


def f1(scores: Floats, labels: Floats, threshold: float) -> float:
    """Return F1 of the pairs scored at or above the threshold."""
    found = scores >= threshold
    hits = float((found & (labels == 1)).sum())
    return 2 * hits / float(found.sum() + labels.sum()) if hits else 0.0


def best_threshold(scores: Floats, labels: Floats) -> float:
    """Return the threshold with the highest F1 on these very rows: what a peer could reach at best."""
    thresholds = [float(each) for each in np.unique(scores)]
    return max(thresholds, key=lambda each: f1(scores, labels, each))


def auc(scores: Floats, labels: Floats) -> float:
    """Return the area under the ROC curve by ranks, ties counted half."""
    order = np.unique(scores, return_inverse=True)[1]
    counts = np.bincount(order)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    positive = labels == 1
    n, m = int(positive.sum()), int((~positive).sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * m))


def recall_at_precision(scores: Floats, labels: Floats, precision: float) -> float:
    """Return the highest recall of a threshold that keeps the precision."""
    best = 0.0
    for threshold in np.unique(scores):
        found = scores >= threshold
        hits = float((found & (labels == 1)).sum())
        if hits / found.sum() >= precision:
            best = max(best, hits / float(labels.sum()))
    return best


def reliability(scores: Floats, labels: Floats) -> list[tuple[int, float, float]]:
    """Return pairs, mean score and share of the same bearer in each of ten bins of equal width that has pairs."""
    bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
    filled = [bins == b for b in range(_BINS) if (bins == b).any()]
    return [(int(b.sum()), float(scores[b].mean()), float(labels[b].mean())) for b in filled]


def calibration_error(scores: Floats, labels: Floats) -> float:
    """Return the expected calibration error: the mean gap between score and share over the bins."""
    return sum(pairs * abs(score - share) for pairs, score, share in reliability(scores, labels)) / len(scores)


def interval(measure: Callable[[Floats, Floats], float], scores: Floats, labels: Floats) -> list[float]:
    """Return the 95 % bootstrap interval of a measure."""
    rng = np.random.default_rng(0)
    rows = (rng.integers(0, len(labels), len(labels)) for _ in range(_SAMPLES))
    return [round(float(q), 3) for q in np.quantile([measure(scores[r], labels[r]) for r in rows], (0.025, 0.975))]
