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
from models.pairs.relation import RELATIONS
from models.pairs.words import Kind

Floats = NDArray[np.float64]
_RIDGE, _STEPS, _FOLDS, _BINS, _SEEN_AT_LEAST = 2.0, 25, 5, 120, 8
_LESSER = (*RELATIONS[1:], "same initial", "joined", "initials")
_MAY_HELP = ("equal", "acronym", "legal form same", "legal form none", "legal form akin", "same relative")
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
    x = np.array([[1.0, *(float(_amount(count, each)) for each in types)] for count in counts])
    may_help = np.array([True, *(each.startswith(_MAY_HELP) for each in types)])
    y = np.array([float(pair.same) for pair in pairs])
    fold = np.array([int(hashlib.sha256(pair.group.encode()).hexdigest(), 16) % _FOLDS for pair in pairs])
    held_out = np.zeros(len(y))
    for each in range(_FOLDS):
        held_out[fold == each] = x[fold == each] @ constrained(x[fold != each], y[fold != each], may_help)
    bias, *fitted = (float(each) for each in constrained(x, y, may_help))
    weights = dict(zip(types, fitted, strict=True))
    whole = {each: round(weight + weights.get(_whole(each), 0.0), 3) for each, weight in weights.items()}
    if kind == "organisation":
        _add_unseen(whole)
    knots, probabilities = calibration(held_out, y)
    return Fitted(round(bias, 3), whole, knots, probabilities)


def _whole(type_: str) -> str:
    """Return the type a weaker relation is a lesser kind of: `slip:own` of `equal:own`; empty for other evidence."""
    relation, _, rank = type_.partition(":")
    return ("equal:" + rank).rstrip(":") if relation in _LESSER else ""


def _add_unseen(weights: dict[str, float]) -> None:
    """Give each relation that no training pair showed of a rank of word the weight of a contradiction."""
    for rank in ("own", "generic", "place"):
        contradiction = min(weights.get(f"{against}:{rank}", 0.0) for against in ("contradicted", "near"))
        for lesser in RELATIONS[1:]:
            weights.setdefault(f"{lesser}:{rank}", contradiction)


def _amount(count: Counter[str], type_: str) -> int:
    """Count a type; `equal` counts every relation, so that the others' weights say how much less than it they are."""
    rest = sum(n for each, n in count.items() if _whole(each) == type_) if type_.startswith("equal") else 0
    return count[type_] + rest


def constrained(x: Floats, y: Floats, may_help: NDArray[np.bool_]) -> Floats:
    """Return weights of which only those that may help are above nought: a flaw never speaks for a pair."""
    kept = np.ones(x.shape[1], dtype=bool)
    while True:
        weights = np.zeros(x.shape[1])
        weights[kept] = logistic(x[:, kept], y)
        wrong = (weights > 0) & ~may_help
        if not wrong.any():
            return weights
        kept &= ~wrong


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
        for part in np.array_split(order, _BINS)
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
