"""A rollout ends when Serve serves the version, and is taken back when it cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from core.errors import DependencyUnavailable, ModelFailure
from core.settings import Settings, load_settings
from ops import endpoint_rollout
from ops.endpoint_rollout import await_rollout, deploy_version, roll_back
from serve.model_versions import ModelVersions


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(data_dir=tmp_path / "data")


@pytest.fixture
def version(tmp_path: Path) -> Path:
    (tmp_path / "r2").mkdir()
    (tmp_path / "r2" / "ranking.json").write_text("{}")
    return tmp_path / "r2"


def serve_says(monkeypatch: pytest.MonkeyPatch, settings: Settings, *states: tuple[str, Path | str]) -> None:
    """Let Serve describe itself once by each state, a status and the deployed version, and by the last from then on."""
    left = list(states)

    def answer(_request: httpx.Request) -> httpx.Response:
        status, summarizer = left.pop(0) if len(left) > 1 else left[0]
        config = {"args": {"summarizer": str(summarizer)}}
        applications: Any = {settings.endpoint_name: {"status": status, "deployed_app_config": config}}
        return httpx.Response(200, json={"applications": applications})

    monkeypatch.setattr(endpoint_rollout, "POLL_S", 0)
    monkeypatch.setattr(
        endpoint_rollout,
        "head_client",
        lambda _settings: httpx.Client(transport=httpx.MockTransport(answer), base_url="http://head"),
    )


def test_it_ends_when_the_wanted_version_is_served(
    settings: Settings, version: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_says(monkeypatch, settings, ("RUNNING", ""), ("DEPLOYING", version), ("RUNNING", version))
    assert deploy_version(settings, version) == str(version)
    serve_says(monkeypatch, settings, ("RUNNING", version), ("RUNNING", ""))
    assert roll_back(settings) == "the packaged summarizer"


def test_what_does_not_start_is_taken_back(settings: Settings, version: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_says(monkeypatch, settings, ("DEPLOYING", version), ("DEPLOY_FAILED", version))
    with pytest.raises(ModelFailure, match="r2 does not start"):
        deploy_version(settings, version)
    assert ModelVersions(settings).current is None


def test_it_does_not_wait_for_ever(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    serve_says(monkeypatch, settings, ("DEPLOYING", ""))
    with pytest.raises(DependencyUnavailable, match="not served after 0 s"):
        await_rollout(settings, within_s=0.01)
