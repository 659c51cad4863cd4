"""The cluster file is what Ray's own schema accepts."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).parents[3]


@pytest.fixture
def schema() -> Any:
    spec = find_spec("ray")
    assert spec is not None
    assert spec.origin is not None
    return json.loads((Path(spec.origin).parent / "autoscaler" / "ray-schema.json").read_text())


def test_the_cluster_file_matches_the_schema_of_the_wheel(schema: Any) -> None:
    cluster = yaml.safe_load((ROOT / "ray_cluster.yaml").read_text())
    jsonschema.validate(cluster, schema)
    assert cluster["head_node_type"] in cluster["available_node_types"]
    workers = sum(kind.get("min_workers", 0) for kind in cluster["available_node_types"].values())
    assert workers <= cluster["max_workers"]


def test_the_schema_would_refuse_a_misspelt_key(schema: Any) -> None:
    cluster = yaml.safe_load((ROOT / "ray_cluster.yaml").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**cluster, "max_wrokers": 2}, schema)
