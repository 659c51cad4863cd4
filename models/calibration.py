"""From summed log-odds to a probability that means what it says: monotone curves, fitted on labelled made-up news.

The artefact is a small JSON file beside this module; `python -m datasets.calibrate` makes it again, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.errors import ModelFailure

_HALF = 0.5
ARTEFACT = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Curve:
    """A rising map from the rules' log-odds to true ones: linear between its points, a constant step beyond them."""

    scores: tuple[float, ...]
    log_odds: tuple[float, ...]

    def __call__(self, score: float) -> float:
        """Return the probability at a score."""
        place = bisect_right(self.scores, score)
        if place == 0 or place == len(self.scores):
            end = -1 if place else 0
            return logistic(score - self.scores[end] + self.log_odds[end])
        low, high = self.scores[place - 1], self.scores[place]
        share = (score - low) / (high - low)
        return logistic(self.log_odds[place - 1] * (1 - share) + self.log_odds[place] * share)


@dataclass(frozen=True, slots=True)
class Calibration:
    """The curves of one fit."""

    version: str
    identity: Curve
    aboutness: Curve


@cache
def calibration() -> Calibration:
    """Return the committed calibration; ModelFailure when its checksum does not fit."""
    stored = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    if checksum(stored["curves"]) != stored["sha256"]:
        raise ModelFailure("the resolver's calibration file was changed by hand", code="bad_calibration")
    curves = {name: Curve(tuple(c["scores"]), tuple(c["log_odds"])) for name, c in stored["curves"].items()}
    return Calibration(stored["sha256"][:8], curves["identity"], curves["aboutness"])


def checksum(curves: object) -> str:
    """Return the SHA-256 of curves as canonical JSON."""
    return hashlib.sha256(json.dumps(curves, sort_keys=True).encode()).hexdigest()


def uncalibrated() -> Calibration:
    """Return curves that take the rules' log-odds at their word: where a fit begins."""
    straight = Curve((0.0,), (0.0,))
    return Calibration("none", straight, straight)


def logistic(log_odds: float) -> float:
    """Return the probability of log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def fit_curve(scores: Sequence[float], truths: Sequence[bool], *, per_step: int, trust: int) -> Curve:
    """Fit a rising curve by pooling adjacent violators.

    Up to `per_step` neighbours make a step first, so that none rests on a few. The rules' own probability counts as
    `trust` examples of each step, so that what made-up news cannot show does not turn into certainty, and stands alone
    between steps where made-up news shows nothing.
    """
    ranked = sorted(zip(scores, truths, strict=True))
    seen = list(_seen(ranked, per_step, trust))
    halves = (half / 2 for half in range(math.ceil(2 * seen[0][0]), math.floor(2 * seen[-1][0])))
    gaps = (score for score in halves if all(abs(score - step[0]) > _HALF for step in seen))
    steps = sorted([*seen, *((score, logistic(score), trust) for score in gaps)])
    pooled: list[tuple[float, float, int]] = []  # sums of scores and of true ones, count
    for score, share, count in steps:
        pooled.append((score * count, share * count, count))
        while len(pooled) > 1 and pooled[-2][1] * pooled[-1][2] >= pooled[-1][1] * pooled[-2][2]:
            last = pooled.pop()
            pooled[-1] = (pooled[-1][0] + last[0], pooled[-1][1] + last[1], pooled[-1][2] + last[2])
    return Curve(
        tuple(round(total / count, 4) for total, _, count in pooled),
        tuple(round(math.log(true / (count - true)), 4) for _, true, count in pooled),
    )


def _seen(ranked: Sequence[tuple[float, bool]], per_step: int, trust: int) -> Iterator[tuple[float, float, int]]:
    """Yield the mean score, the share true and the count of neighbours within half a unit of each other."""
    begin = 0
    while begin < len(ranked):
        part = [each for each in ranked[begin : begin + per_step] if each[0] - ranked[begin][0] <= _HALF]
        begin += len(part)
        mean = sum(score for score, _ in part) / len(part)
        share = (sum(truth for _, truth in part) + trust * logistic(mean)) / (len(part) + trust)
        yield mean, share, len(part)
