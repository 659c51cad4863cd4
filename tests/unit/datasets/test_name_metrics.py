"""The measures that the names are judged by, on rows small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.resolver import metrics

SCORES, LABELS = np.array([0.1, 0.35, 0.4, 0.8, 0.9]), np.array([0.0, 1.0, 0.0, 1.0, 1.0])


def test_quality_of_scores() -> None:
    assert metrics.f1(SCORES, LABELS, 0.5) == pytest.approx(0.8)
    assert metrics.best_threshold(SCORES, LABELS) == 0.35
    assert metrics.auc(SCORES, LABELS) == pytest.approx(5 / 6)
    assert metrics.recall_at_precision(SCORES, LABELS, 0.99) == pytest.approx(2 / 3)
    assert metrics.recall_at_precision(SCORES, LABELS, 0.75) == 1.0


def test_ties_are_counted_half_and_nothing_found_is_nought() -> None:
    assert metrics.auc(np.full(4, 0.5), np.array([0.0, 1.0, 0.0, 1.0])) == 0.5
    assert metrics.f1(SCORES, LABELS, 0.95) == 0.0


def test_calibration_error_is_the_mean_gap_over_the_bins() -> None:
    scores, labels = np.array([0.72, 0.74, 0.76, 0.78]), np.array([1.0, 1.0, 1.0, 0.0])
    assert metrics.calibration_error(scores, labels) == pytest.approx(0.0)
    assert metrics.calibration_error(scores, np.ones(4)) == pytest.approx(0.25)
    assert metrics.reliability(np.array([1.0, 0.0]), np.array([1.0, 0.0])) == [(1, 0.0, 0.0), (1, 1.0, 1.0)]


def test_an_interval_holds_the_measure_and_is_the_same_each_time() -> None:
    low, high = metrics.interval(metrics.auc, np.tile(SCORES, 20), np.tile(LABELS, 20))
    assert low < 5 / 6 < high
    assert [low, high] == metrics.interval(metrics.auc, np.tile(SCORES, 20), np.tile(LABELS, 20))
