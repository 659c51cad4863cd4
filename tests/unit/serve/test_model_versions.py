"""Versions of the summarizer: deployed, taken back, seen by the process that keeps the application deployed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from core.errors import BadInput, ConfigurationError
from core.settings import Settings, load_settings
from models.summarizer import Ranking, pick_sentences
from serve.main import Deployer, deployed_summarizer
from serve.model_versions import ModelVersions


def model(folder: Path, **weights: float) -> Path:
    folder.mkdir()
    (folder / "ranking.json").write_text(json.dumps(weights))
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data")


def test_the_last_deployed_is_current_and_a_rollback_takes_it_back(settings: Settings, tmp_path: Path) -> None:
    versions = ModelVersions(settings)
    first, second = model(tmp_path / "r1"), model(tmp_path / "r2")
    assert versions.current is None
    versions.deploy(first)
    versions.deploy(second)
    # Another process reads the same.
    assert ModelVersions(settings).current == second
    versions.rollback()
    assert versions.current == first
    versions.rollback()
    with pytest.raises(BadInput, match="nothing was deployed"):
        versions.rollback()


def test_what_is_configured_serves_until_something_is_deployed(tmp_path: Path) -> None:
    configured = load_settings(data_dir=tmp_path / "data", summarizer_model_path=tmp_path / "configured")
    assert ModelVersions(configured).current == tmp_path / "configured"


def test_a_directory_without_a_model_is_refused(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"neither ranking\.json nor config\.json"):
        ModelVersions(settings).deploy(tmp_path)
    assert ModelVersions(settings).current is None


def test_a_ranking_orders_the_sentences_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    by_title, by_place = Ranking(title=1, centroid=0, lead=0), Ranking(title=0, centroid=0, lead=1)
    rows = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]], dtype=np.float32)
    assert pick_sentences(rows[2], rows, 1, by_title) == [2]
    assert pick_sentences(rows[2], rows, 1, by_place) == [0]
    wrong = model(tmp_path / "wrong", title=7) / "ranking.json"
    with pytest.raises(ConfigurationError, match=r"wrong/ranking\.json is no ranking"):
        Ranking.read(wrong)


class Head:
    """Ray's REST API as far as a deployer uses it."""

    def __init__(self) -> None:
        self.applications: dict[str, Any] = {}
        self.puts = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            self.puts += 1
            (asked,) = json.loads(request.content)["applications"]
            self.applications = {asked["name"]: {"status": "RUNNING", "deployed_app_config": asked}}
        return httpx.Response(200, json={"applications": self.applications})


def test_the_application_is_deployed_when_it_is_missing_and_when_its_version_changed(
    settings: Settings, tmp_path: Path
) -> None:
    head = Head()
    with httpx.Client(transport=httpx.MockTransport(head.answer), base_url="http://head") as http:
        deployer = Deployer(settings, http)
        assert [deployer.step(), deployer.step(), head.puts] == ["MISSING", "RUNNING", 1]
        ModelVersions(settings).deploy(model(tmp_path / "r1"))
        deployer.step()
        deployer.step()
        assert head.puts == 2
        assert deployed_summarizer(deployer.application() or {}) == str(tmp_path / "r1")
        ModelVersions(settings).rollback()
        deployer.step()
        assert (head.puts, deployed_summarizer(deployer.application() or {})) == (3, "")
