"""The figures are right on cases that can be counted by hand, and the resolver reaches what is wanted of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from datasets.resolver_figures import BINS, Figure, Row, figures, measured, reliability, rows_of
from datasets.synthetic_news import LabelledArticle, labelled_set


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    return figures(rows_of(labelled_set("held-out", clients=120, articles=1300, seed=19)))


def row(group: str, truth: bool) -> Row:
    return Row(LabelledArticle("a", "", "", "about", None, "C" if truth else None, truth, group=group), ())


MEANT = Figure(lambda row: np.array([row.article.meant is not None, 1.0]), lambda sums: sums[:, 0] / sums[:, 1])


def test_a_figure_and_its_interval() -> None:
    rows = [row(str(n), n % 4 > 0) for n in range(40)]
    found = measured(MEANT, rows)
    assert found["value"] == 0.75
    low, high = found["interval"]
    assert 0.55 < low < 0.75 < high < 0.95


def test_articles_of_one_name_stand_or_fall_together() -> None:
    apart = measured(MEANT, [row(str(n), n % 2 > 0) for n in range(40)])["interval"]
    together = measured(MEANT, [row(str(n % 4), n % 2 > 0) for n in range(40)])["interval"]
    assert together[1] - together[0] > apart[1] - apart[0]


def test_nothing_to_say_is_said() -> None:
    assert measured(MEANT, []) == {"value": None, "interval": None}


def test_reliability_has_a_point_a_tenth() -> None:
    points = reliability([(0.05, False), (0.15, False), (0.15, True), (1.0, True)])
    assert points == [(0.05, 0.0, 1), (0.15, 0.5, 2), (1.0, 1.0, 1)]
    assert len(reliability([(n / 100, True) for n in range(101)])) == BINS


def test_mentions_are_found_and_are_the_client(found: dict[str, Any]) -> None:
    assert found["links"]["recall"]["value"] >= 0.97
    assert found["links"]["precision"]["value"] >= 0.97
    assert found["alerts"]["precision"]["value"] >= 0.97


def test_namesakes_are_left_alone(found: dict[str, Any]) -> None:
    assert found["namesake_false_links"]["value"] <= 0.03
    assert found["nobody_false_links"]["value"] == 0
    assert found["same_name_without_context_abstained"]["value"] >= 0.95


def test_probabilities_mean_what_they_say(found: dict[str, Any]) -> None:
    assert found["identity_calibration_error"]["value"] <= 0.03
    assert found["aboutness_calibration_error"]["value"] <= 0.03
    for name in ("indian", "international", "person", "organisation", "latin", "namesake", "native"):
        assert found["slices"][name]["identity_calibration_error"]["value"] <= 0.05, name
