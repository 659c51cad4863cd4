"""The probability that two names belong to one person or organisation, from fitted log-odds a piece of evidence."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from models.pairs.align import COMMON_NAME, Link, align
from models.pairs.compiled import CompiledName, compile_name
from models.pairs.sentence import sentence
from models.pairs.words import Kind

Decision = Literal["match", "review", "nil"]
ARTEFACT = Path(__file__).with_name("weights.json")
MATCH_ABOVE, REVIEW_FROM = 0.8, 0.5
_COMMON_AT_MOST = 0.79  # what a common name alone can prove, whatever was fitted


@dataclass(frozen=True, slots=True)
class KindWeights:
    """What was fitted for one kind: log-odds a type of evidence, and the calibration from log-odds to probability."""

    bias: float
    weights: Mapping[str, float]
    knots: tuple[float, ...]
    probabilities: tuple[float, ...]

    def probability(self, log_odds: float) -> float:
        """Return the calibrated probability, linear between the knots."""
        knots, values = self.knots, self.probabilities
        above = bisect_right(knots, log_odds)
        if above == 0:
            return values[0]
        if above == len(knots):
            return values[-1]
        low, high = knots[above - 1], knots[above]
        share = (log_odds - low) / (high - low)
        return values[above - 1] + share * (values[above] - values[above - 1])


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signed contribution in log-odds."""

    type: str
    left: str
    right: str
    contribution: float


@dataclass(frozen=True)
class NameScore:
    """P(same bearer) of a pair of names, the decision, and the evidence in words."""

    score: float
    decision: Decision
    links: tuple[Link, ...]
    fitted: KindWeights

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """The contributions, weightiest first."""
        weights = self.fitted.weights
        found = (Evidence(e.type, e.left, e.right, round(weights.get(e.type, 0.0), 3)) for e in self.links)
        return tuple(sorted(found, key=lambda each: -abs(each.contribution)))

    @cached_property
    def why(self) -> str:
        """One sentence for a person to read."""
        return sentence(self.links, self.score)


@lru_cache(maxsize=1)
def fitted_weights() -> Mapping[str, KindWeights]:
    """Read the committed artefact."""
    stored = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    return {
        kind: KindWeights(each["bias"], each["weights"], tuple(each["knots"]), tuple(each["probabilities"]))
        for kind, each in stored["kinds"].items()
    }


def score_names(left: str | CompiledName, right: str | CompiledName, kind: Kind) -> NameScore:
    """Return how likely two names of a kind name the same bearer; compile the side that is compared often.

    The score is a probability: of pairs scored 0.8, four in five are the same. A name without letters scores 0.
    """
    mine = compile_name(left, kind) if isinstance(left, str) else left
    yours = compile_name(right, kind) if isinstance(right, str) else right
    best = _score(mine, yours)
    if mine.others or yours.others:
        every = [_score(a, b) for a in (mine, *mine.others) for b in (yours, *yours.others)]
        best = max(every, key=lambda each: each.score)
    return best


def _score(left: CompiledName, right: CompiledName) -> NameScore:
    fitted = fitted_weights()[left.kind]
    if not left.words or not right.words:
        return NameScore(0.0, "nil", (Link("empty"),), fitted)
    links = align(left, right)
    log_odds = fitted.bias + sum([fitted.weights.get(link.type, 0.0) for link in links])
    score = fitted.probability(log_odds)
    if COMMON_NAME in links:
        score = min(score, _COMMON_AT_MOST)
    decision: Decision = "match" if score > MATCH_ABOVE else "review" if score >= REVIEW_FROM else "nil"
    return NameScore(round(score, 4), decision, tuple(links), fitted)
