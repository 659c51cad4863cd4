"""From summed log-odds to a probability that means what it says: monotone curves, fitted on labelled made-up news.

The artefact is a small JSON file beside this module; `python -m datasets.calibrate` makes it again, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.errors import ModelFailure

ARTEFACT = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class Curve:
    """A piecewise linear, rising map from log-odds to a probability, flat beyond its ends."""

    scores: tuple[float, ...]
    probabilities: tuple[float, ...]

    def __call__(self, score: float) -> float:
        """Return the probability at a score."""
        place = bisect_right(self.scores, score)
        if place == 0 or place == len(self.scores):
            return self.probabilities[min(place, len(self.scores) - 1)]
        low, high = self.scores[place - 1], self.scores[place]
        share = (score - low) / (high - low)
        return self.probabilities[place - 1] * (1 - share) + self.probabilities[place] * share


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
    curves = {name: Curve(tuple(c["scores"]), tuple(c["probabilities"])) for name, c in stored["curves"].items()}
    return Calibration(stored["sha256"][:8], curves["identity"], curves["aboutness"])


def checksum(curves: object) -> str:
    """Return the SHA-256 of curves as canonical JSON."""
    return hashlib.sha256(json.dumps(curves, sort_keys=True).encode()).hexdigest()


def uncalibrated() -> Calibration:
    """Return the logistic curve for both, which takes the rules' log-odds at their word: where a fit begins."""
    scores = tuple(step / 4 for step in range(-48, 25))
    curve = Curve(scores, tuple(logistic(score) for score in scores))
    return Calibration("none", curve, curve)


def logistic(log_odds: float) -> float:
    """Return the probability of log-odds."""
    return 1 / (1 + math.exp(-log_odds))


def fit_curve(scores: Sequence[float], truths: Sequence[bool], *, per_step: int, trust: int) -> Curve:
    """Fit a rising curve by pooling adjacent violators.

    `per_step` neighbours make a step first, so that none rests on a few; the rules' own probability counts as `trust`
    examples of each step, so that what made-up news cannot show does not turn into certainty.
    """
    ranked = sorted(zip(scores, truths, strict=True))
    steps: list[tuple[float, float, int]] = []  # sum of scores, true ones, count
    for begin in range(0, len(ranked), per_step):
        part = ranked[begin : begin + per_step]
        total = sum(score for score, _ in part)
        share = sum(truth for _, truth in part) + trust * logistic(total / len(part))
        steps.append((total, share * len(part) / (len(part) + trust), len(part)))
        while len(steps) > 1 and steps[-2][1] * steps[-1][2] >= steps[-1][1] * steps[-2][2]:
            last = steps.pop()
            steps[-1] = (steps[-1][0] + last[0], steps[-1][1] + last[1], steps[-1][2] + last[2])
    return Curve(
        tuple(round(total / count, 4) for total, _, count in steps),
        tuple(round(true / count, 4) for _, true, count in steps),
    )
