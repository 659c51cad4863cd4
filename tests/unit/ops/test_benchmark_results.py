"""Every committed figure says where it comes from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"
RESULTS = sorted(BENCHMARKS.glob("*/results/*.json"))


@pytest.mark.parametrize("file", RESULTS, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_a_result_carries_commit_command_and_machine(file: Path) -> None:
    found = json.loads(file.read_text())["environment"]
    assert re.match(r"[0-9a-f]{40}\b", found["commit"])
    assert f"benchmarks.{file.parent.parent.name}" in found["command"]
    assert found["cores"] > 0
    assert found["cpu"]


def test_what_depends_on_the_instructions_of_the_cpu_names_them() -> None:
    for file in BENCHMARKS.glob("serving/results/*.json"):
        assert isinstance(json.loads(file.read_text())["environment"]["cpu_flags"], list)
