"""Logistic regression on counts of evidence, and isotonic calibration on folds that share no name; numpy alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from datasets.name_pairs.people import LabelledPair
from models.pairs.align import align
from models.pairs.compiled import compile_name
from models.pairs.words import Kind

Floats = NDArray[np.float64]
_RIDGE, _STEPS, _FOLDS, _KNOTS, _SEEN_AT_LEAST = 2.0, 25, 5, 24, 8
_LEAST, _MOST = 0.002, 0.995


@dataclass(frozen=True, slots=True)
class Fitted:
    """Log-odds a type of evidence, and the calibration of their sum."""

    bias: float
    weights: dict[str, float]
    knots: list[float]
    probabilities: list[float]


def fit(pairs: Sequence[LabelledPair], kind: Kind) -> Fitted:
    """Fit one kind; calibrated on folds grouped by family name or core word, as a new name would be scored."""
    counts = [
        Counter(link.type for link in align(compile_name(p.left, kind), compile_name(p.right, kind))) for p in pairs
    ]
    seen = Counter(each for count in counts for each in count)
    types = sorted(each for each, times in seen.items() if times >= _SEEN_AT_LEAST)
    x = np.array([[1.0, *(float(count[each]) for each in types)] for count in counts])
    y = np.array([float(pair.same) for pair in pairs])
    fold = np.array([int(hashlib.sha256(pair.group.encode()).hexdigest(), 16) % _FOLDS for pair in pairs])
    held_out = np.zeros(len(y))
    for each in range(_FOLDS):
        held_out[fold == each] = x[fold == each] @ logistic(x[fold != each], y[fold != each])
    bias, *weights = (round(float(each), 3) for each in logistic(x, y))
    knots, probabilities = calibration(held_out, y)
    return Fitted(bias, dict(zip(types, weights, strict=True)), knots, probabilities)


def logistic(x: Floats, y: Floats) -> Floats:
    """Return the weights of ridge logistic regression by Newton's method; the first column is not penalised."""
    weights = np.zeros(x.shape[1])
    penalty = np.full(x.shape[1], _RIDGE)
    penalty[0] = 0.0
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - penalty * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + np.diag(penalty + 1e-9)
        weights = weights + np.linalg.solve(hessian, gradient)
    return weights


def calibration(scores: Floats, labels: Floats) -> tuple[list[float], list[float]]:
    """Return knots of score and probability: shares of equal-sized bins, made monotone by pooling neighbours."""
    order = np.argsort(scores, kind="stable")
    bins = [
        [float(scores[part].mean()), float(labels[part].sum()), float(len(part))]
        for part in np.array_split(order, _KNOTS)
    ]
    pooled: list[list[float]] = []
    for each in bins:
        pooled.append(each)
        while len(pooled) > 1 and pooled[-2][1] / pooled[-2][2] >= pooled[-1][1] / pooled[-1][2]:
            score, same, size = pooled.pop()
            before = pooled[-1]
            total = before[2] + size
            pooled[-1] = [(before[0] * before[2] + score * size) / total, before[1] + same, total]
    knots = [round(score, 3) for score, _, _ in pooled]
    return knots, [round(min(_MOST, max(_LEAST, same / size)), 4) for _, same, size in pooled]
