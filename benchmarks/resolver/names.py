"""The matchers on the labelled name pairs, each slice: what the result file holds of them."""

from __future__ import annotations

import csv
import io
import json
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from anyascii import anyascii
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler

from benchmarks.resolver import metrics
from benchmarks.resolver.metrics import Floats
from benchmarks.resolver.name_pairs import Row
from models.pairs import compile_name, score_names

T = TypeVar("T")
_PARTS = 20
OURS, THRESHOLD, LOGIC_V2_THRESHOLD = "tipline", 0.5, 0.7


def all_scores(rows: Sequence[Row], peers_python: Path | None) -> dict[str, dict[str, Any]]:
    """Return {matcher: {"scores", "us_a_pair"}}; ours with the second name compiled, as a registry is."""
    compiled = [compile_name(row.name2, row.kind) for row in rows]  # type: ignore[arg-type]
    pairs = list(zip(rows, compiled, strict=True))
    plain = [(anyascii(row.name1).lower(), anyascii(row.name2).lower()) for row in rows]
    found = {
        OURS: _timed(pairs, lambda pair: score_names(pair[0].name1, pair[1], pair[1].kind).score),
        "token-sort": _timed(plain, lambda pair: fuzz.token_sort_ratio(*pair) / 100),
        "token-set": _timed(plain, lambda pair: fuzz.token_set_ratio(*pair) / 100),
        "jaro-winkler": _timed(plain, lambda pair: JaroWinkler.similarity(*pair)),
        "minilm-cosine": _minilm(rows),
    }
    return found | (_elsewhere(rows, peers_python) if peers_python else {})


def _timed(pairs: Sequence[T], score: Callable[[T], float]) -> dict[str, Any]:
    """Score each pair once; the cost is the median of twenty parts, since other work on the machine comes in bursts."""
    scores: list[float] = []
    costs = []
    for part in np.array_split(np.arange(len(pairs)), _PARTS):
        chosen = [pairs[at] for at in part]
        start = time.process_time()
        scores += [score(pair) for pair in chosen]
        costs.append((time.process_time() - start) / len(chosen))
    return {"scores": scores, "us_a_pair": 1e6 * statistics.median(costs)}


def _minilm(rows: Sequence[Row]) -> dict[str, Any]:
    from core.settings import load_settings
    from serve.loading import embedder_of

    embedder = embedder_of(load_settings())
    start = time.process_time()
    left, right = (embedder.encode(names).vectors for names in zip(*((r.name1, r.name2) for r in rows), strict=True))
    cosine = (left * right).sum(axis=1)
    return {"scores": cosine.tolist(), "us_a_pair": 1e6 * (time.process_time() - start) / len(rows)}


def _elsewhere(rows: Sequence[Row], python: Path) -> dict[str, Any]:
    """Score with the matchers that live in another environment."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("name1", "name2", "kind"))
    writer.writerows(row[:3] for row in rows)
    script = Path(__file__).with_name("peers.py")
    done = subprocess.run([str(python), str(script)], input=text.getvalue(), capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def figures(rows: Sequence[Row], found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of each slice and matcher, and ours less the best peer's on the same rows."""
    labels = np.array([float(row.same) for row in rows])
    slices = np.array([row.slice for row in rows])
    told: dict[str, Any] = {}
    for part in ("all", *dict.fromkeys(slices.tolist())):
        chosen = np.ones(len(rows), dtype=bool) if part == "all" else slices == part
        y = labels[chosen]
        each = {name: _quality(name, np.array(one["scores"])[chosen], y) for name, one in found.items()}
        best = max((name for name in each if name != OURS), key=lambda name: each[name]["best_f1"])
        ahead = round(each[OURS]["f1"] - each[best]["best_f1"], 3)
        told[part] = {"pairs": int(chosen.sum()), "best_peer": best, "f1_ahead_of_its_best": ahead, **each}
    ours = np.array(found[OURS]["scores"])
    bins = [[pairs, round(score, 3), round(share, 3)] for pairs, score, share in metrics.reliability(ours, labels)]
    cost = {name: round(one["us_a_pair"], 1) for name, one in found.items()}
    return {"us_a_pair": cost, "reliability": bins, "slices": told}


def _quality(name: str, scores: Floats, labels: Floats) -> dict[str, Any]:
    threshold = {OURS: THRESHOLD}.get(name, LOGIC_V2_THRESHOLD)
    best = metrics.best_threshold(scores, labels)
    quality: dict[str, Any] = {
        "threshold": threshold,
        "f1": round(metrics.f1(scores, labels, threshold), 3),
        "best_f1": round(metrics.f1(scores, labels, best), 3),
        "auc": round(metrics.auc(scores, labels), 3),
        "recall_at_precision_0.99": round(metrics.recall_at_precision(scores, labels, 0.99), 3),
    }
    if name == OURS:
        quality["f1_interval"] = metrics.interval(lambda s, y: metrics.f1(s, y, threshold), scores, labels)
        quality["auc_interval"] = metrics.interval(metrics.auc, scores, labels)
        quality["calibration_error"] = round(metrics.calibration_error(scores, labels), 3)
    return quality
