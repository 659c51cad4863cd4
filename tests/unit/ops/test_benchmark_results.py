"""Every committed figure of the endpoint says where it comes from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

RESULTS = Path(__file__).parents[3] / "benchmarks" / "serving" / "results"


@pytest.mark.parametrize("name", ["serving", "summaries"])
def test_a_result_carries_commit_command_and_what_the_cpu_can_do(name: str) -> None:
    found = json.loads((RESULTS / f"{name}.json").read_text())["environment"]
    assert re.fullmatch("[0-9a-f]{40}", found["commit"])
    assert found["command"].startswith("python -m benchmarks.serving")
    assert isinstance(found["cpu_flags"], list)
    assert found["cores"] > 0
