"""`tipline evaluate resolver` in small: the result file, the plot and the table."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from defusedxml import ElementTree
from typer.testing import CliRunner

from ops import evaluate_resolver, resolver_speed
from ops.evaluate import register
from ops.reliability_plot import SIDE, reliability_svg


def test_the_result_file_and_the_plot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate_resolver, "BOOK", 50)
    monkeypatch.setattr(evaluate_resolver, "CLIENTS", 40)
    monkeypatch.setattr(resolver_speed, "NAMING", 20)
    monkeypatch.setattr(resolver_speed, "MEBIBYTE", 1 << 14)
    options = ["--out", str(tmp_path), "--articles", "130", "--scanned", "100"]
    command = typer.Typer()
    register(command)
    done = CliRunner().invoke(command, ["evaluate", "resolver", *options])
    assert done.exit_code == 0, done.output
    result = json.loads((tmp_path / "resolver.json").read_text())
    assert result["articles"] == 130
    assert result["speed"]["articles_that_name_nobody"] == 100
    assert result["speed"]["mentions_found"] == 0
    assert {"indian", "international", "person", "organisation", "namesake"} <= set(result["slices"])
    assert result["links"]["precision"]["interval"][0] <= result["links"]["precision"]["value"]
    assert "namesake" in done.output
    assert "P(identity)" in (tmp_path / "reliability.svg").read_text()


def test_a_plot_puts_the_perfect_on_the_diagonal() -> None:
    plot = ElementTree.fromstring(reliability_svg({"a < b": [(0.0, 0.0, 4), (0.5, 0.5, 1), (1.0, 1.0, 9)]}))
    dots = [each for each in plot.iter() if each.tag.endswith("circle")]
    assert len(dots) == 3
    sums = [float(each.attrib["cx"]) + float(each.attrib["cy"]) for each in dots]
    assert max(sums) - min(sums) < 0.1 * SIDE / 100
