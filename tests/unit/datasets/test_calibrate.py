"""The committed calibration is what its command makes, and what it says holds on names it has not seen."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from core.errors import ModelFailure
from datasets.calibrate import fitted
from models import calibration as module
from models.calibration import ARTEFACT, Curve, calibration, fit_curve, logistic


def test_the_artefact_is_what_the_command_makes() -> None:
    assert fitted() == ARTEFACT.read_text(encoding="utf-8")


def test_an_artefact_changed_by_hand_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = json.loads(ARTEFACT.read_text(encoding="utf-8"))
    stored["curves"]["identity"]["log_odds"][0] += 1
    changed = tmp_path / "calibration.json"
    changed.write_text(json.dumps(stored))
    monkeypatch.setattr(module, "ARTEFACT", changed)
    calibration.cache_clear()
    try:
        with pytest.raises(ModelFailure, match="changed by hand"):
            calibration()
    finally:
        calibration.cache_clear()


@pytest.mark.parametrize("score", [-30.0, -8.0, -1.0, 0.0, 0.5, 2.0, 5.0, 30.0])
def test_curves_rise_and_stay_probabilities(score: float) -> None:
    curves = calibration()
    for curve in (curves.identity, curves.aboutness):
        assert 0 <= curve(score) <= curve(score + 0.25) <= 1


def test_a_curve_is_linear_in_log_odds_between_its_points_and_parallel_beyond() -> None:
    curve = Curve((0.0, 2.0), (-1.0, 3.0))
    assert curve(1.0) == pytest.approx(logistic(1.0))
    assert curve(-1.0) == pytest.approx(logistic(-2.0))
    assert curve(4.0) == pytest.approx(logistic(5.0))


def test_a_fit_pools_violators_and_never_says_certainty() -> None:
    curve = fit_curve([-1.0] * 10 + [0.0] * 10 + [1.0] * 10, [False] * 10 + [True] * 20, per_step=10, trust=2)
    assert list(curve.log_odds) == sorted(curve.log_odds)
    assert all(math.isfinite(each) for each in curve.log_odds)
    assert curve(-1.0) < 0.1 < 0.9 < curve(1.0) < 1
