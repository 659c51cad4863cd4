"""The multi-model routes over stand-ins: SageMaker's statuses, and nothing loaded from anywhere else."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from serve.ingress import Container, Limits
from serve.multi_model import Loaded, MultiModel
from serve.protocol import Answer, Invocation


class Model:
    """Answers with the name of its directory."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.closed = False

    async def invoke(self, _target: str, invocation: Invocation) -> Answer:
        return Answer([json.dumps(self.name).encode()] * len(invocation.records))

    def close(self) -> None:
        self.closed = True


class Here:
    """The routes, with room for two, over directories that exist."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.models: list[Model] = []
        for name in ("a", "b", "c"):
            (root / name / "model").mkdir(parents=True)
        app = FastAPI(openapi_url=None)
        MultiModel(root, self.load, most=2).add_routes(app)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://container")

    def load(self, url: str, directory: Path) -> Loaded:
        model = Model(directory.parent.name)
        self.models.append(model)
        limits = Limits(1000, timeout_s=1, stream_timeout_s=1)
        return Loaded(url, Container(lambda: True, model.invoke, limits), model)

    async def add(self, name: str, url: str | None = None) -> int:
        order = {"model_name": name, "url": url or str(self.root / name / "model")}
        return (await self.http.post("/models", json=order)).status_code


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[Here]:
    here = Here(tmp_path / "models")
    yield here
    await here.http.aclose()


async def test_models_come_and_go_by_name(here: Here) -> None:
    assert [await here.add("a"), await here.add("b"), await here.add("a"), await here.add("c")] == [200, 200, 409, 507]
    listed = (await here.http.get("/models")).json()["models"]
    assert [one["modelName"] for one in listed] == ["a", "b"]
    assert (await here.http.get("/models/a")).json() == [listed[0]]
    reply = await here.http.post("/models/b/invoke", json={"instances": [1, 2]})
    assert reply.json() == {"predictions": ["b", "b"]}
    assert (await here.http.delete("/models/a")).status_code == 200
    assert here.models[0].closed
    assert await here.add("c") == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/models/x"), ("DELETE", "/models/x"), ("POST", "/models/x/invoke")]
)
async def test_a_model_that_is_not_loaded_is_not_found(here: Here, method: str, path: str) -> None:
    assert (await here.http.request(method, path, content=b'{"instances":[]}')).status_code == 404


async def test_only_directories_below_the_root_are_loaded(here: Here) -> None:
    assert await here.add("a", f"{here.root}/../") == 404
    assert await here.add("a", str(here.root / "nothing")) == 404
    assert (await here.http.post("/models", content=b"[]")).status_code == 400
    assert (await here.http.post("/models", json={"model_name": "a", "url": 7})).status_code == 400
    assert not here.models
