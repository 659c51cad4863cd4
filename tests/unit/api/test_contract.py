"""The committed contracts are what the code says; `python -m api.contract` writes them anew."""

from __future__ import annotations

import json

import yaml

from api import contract, frames
from core.topics import TOPICS


def test_openapi_is_committed_as_served() -> None:
    assert contract.OPENAPI.read_text() == contract.openapi()


def test_asyncapi_is_committed_as_typed() -> None:
    assert contract.ASYNCAPI.read_text() == contract.asyncapi()


def test_asyncapi_has_every_topic_with_its_partitions_and_retention() -> None:
    channels = yaml.safe_load(contract.ASYNCAPI.read_text())["channels"]
    for topic in TOPICS:
        kafka = channels[topic.name]["bindings"]["kafka"]
        assert kafka["partitions"] == topic.partitions
        assert kafka["topicConfiguration"]["retention.ms"] == topic.retention_s * 1000


def test_asyncapi_has_every_frame_of_either_side() -> None:
    messages = yaml.safe_load(contract.ASYNCAPI.read_text())["channels"]["stream"]["messages"]
    assert messages.keys() == {model.__name__ for model in (*frames.SERVER_FRAMES, *frames.CLIENT_FRAMES)}


def test_every_operation_has_a_stable_name() -> None:
    operations = [one for path in json.loads(contract.OPENAPI.read_text())["paths"].values() for one in path.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all("_" not in name for name in names), "a generated name changes with the code"
