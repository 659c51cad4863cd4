"""What SageMaker's variables and the Dockerfile come to."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from core.settings import load_settings
from models.embedder_loading import load_embedder
from serve import container
from serve.archive import ArchiveModels
from serve.container import EVERY_INTERFACE, container_settings, loaded, models_root
from serve.multi_model import MultiModel

ROOT = Path(__file__).parents[3]


def test_the_layout_and_the_variables_of_sagemaker_become_settings(tmp_path: Path) -> None:
    (tmp_path / "model" / "summarizer").mkdir(parents=True)
    (tmp_path / "model" / "registry.jsonl").write_text("")
    given = {
        "SAGEMAKER_BASE_DIR": str(tmp_path),
        "SAGEMAKER_BIND_TO_PORT": "9000",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "6",
        "SAGEMAKER_MODEL_SERVER_TIMEOUT": "20",
    }
    settings = container_settings(given)
    assert (settings.endpoint_port, settings.endpoint_timeout_s, settings.bind_host) == (9000, 20, EVERY_INTERFACE)
    assert settings.endpoint_body_limit_bytes == 6 * 1024 * 1024
    assert settings.registry_file == tmp_path / "model" / "registry.jsonl"
    assert settings.summarizer_model_path == tmp_path / "model" / "summarizer"


def test_without_variables_it_is_port_8080_and_in_a_batch_100_mb(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert container_settings({}).endpoint_port == 8080
    monkeypatch.setenv("TIPLINE_BIND_HOST", "127.0.0.1")
    batch = {**os.environ, "SAGEMAKER_BASE_DIR": str(tmp_path), "SAGEMAKER_BATCH": "true"}
    settings = container_settings(batch)
    assert settings.endpoint_body_limit_bytes == 100 * 1024 * 1024
    assert (settings.bind_host, settings.registry_file, settings.summarizer_model_path) == ("127.0.0.1", None, None)


def test_several_models_are_served_where_sagemaker_says_so() -> None:
    assert models_root({}) is None
    assert models_root({"SAGEMAKER_MULTI_MODEL": "true"}) == Path("/opt/ml/models")


def test_nothing_is_ready_before_the_models_are_loaded() -> None:
    models = ArchiveModels()
    assert not models.ready
    models.close()


async def test_each_archive_of_a_multi_model_endpoint_has_a_book_of_its_own(tmp_path: Path) -> None:
    names = {"a": "Asha Venkatraman", "b": "Ilse Brandvold"}
    embedder, app = load_embedder("openvino"), FastAPI()
    settings = load_settings(data_dir=tmp_path / "data", container_target="entity-resolver")
    multi = MultiModel(tmp_path, lambda url, directory: loaded(settings, embedder, url, directory))
    multi.add_routes(app)
    article = {
        "article_id": "1", "provider": "p", "revision": 1, "received_at": "2026-01-01T00:00:00Z", "trace_id": "t",
        "headline": "Asha Venkatraman arrested", "body": "Asha Venkatraman was arrested on Tuesday.",
    }  # fmt: skip
    found = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://container") as http:
        for key, name in names.items():
            folder = tmp_path / key / "model"
            folder.mkdir(parents=True)
            book = {"client_id": key, "kind": "person", "names": [{"name": name, "type": "legal"}]}
            (folder / "registry.jsonl").write_text(json.dumps(book) + "\n")
            assert (await http.post("/models", json={"model_name": key, "url": str(folder)})).status_code == 200
            reply = await http.post(f"/models/{key}/invoke", json={"instances": [article]})
            found[key] = [one["client_id"] for one in reply.json()["predictions"][0]["decisions"]]
    multi.close()
    assert found == {"a": ["a"], "b": []}


def test_an_archive_without_what_is_served_ends_with_the_reason_in_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = load_settings(data_dir=tmp_path)

    def run(*_arguments: object) -> None:
        ArchiveModels().load(settings, load_embedder("openvino"))

    monkeypatch.setattr("sys.argv", ["serve.container", "serve"])
    monkeypatch.setattr(container, "run", run)
    monkeypatch.setattr(container, "configure_logs", lambda *_: None)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with capture_logs() as said, pytest.raises(SystemExit) as ended:
        container.main()
    assert ended.value.code == 1
    assert said[-1]["reason"] == "enrich needs registry.jsonl in the model archive."


def test_only_serve_is_an_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["serve.container", "train"])
    with pytest.raises(SystemExit, match=r"^usage: python -m serve.container serve"):
        container.main()


def test_the_image_has_what_it_copies_and_runs_the_entry_point_itself() -> None:
    text = (ROOT / "deploy" / "container" / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (\S+) ", text, flags=re.MULTILINE)
    assert {"core/", "clients/", "models/", "serve/", "requirements.lock"} == set(copied)
    assert all((ROOT / name).exists() for name in copied)
    # In exec form: a shell in between would keep SIGTERM to itself.
    (entry,) = re.findall(r"^ENTRYPOINT (.+)$", text, flags=re.MULTILINE)
    assert json.loads(entry) == ["python", "-m", "serve.container"]
    assert "capabilities.accept-bind-to-port=true" in text
