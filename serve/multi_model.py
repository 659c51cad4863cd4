"""SageMaker's multi-model routes: archives are loaded, asked and unloaded by name while the container runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import orjson
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from core.errors import BadInput, Conflict, NotFound, TiplineError
from serve.bodies import read_body
from serve.ingress import Container, Handler, translated

# Each book of clients and its index take some ten megabytes; the embedder is shared.
MOST_MODELS = 64
NO_ROOM = 507
ORDER_LIMIT_BYTES = 10_000


class Closing(Protocol):
    """What a loaded archive holds on to."""

    def close(self) -> None:
        """Finish what runs and let go."""
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """An archive in use: where it came from, what answers for it, and what to close in the end."""

    url: str
    container: Container
    models: Closing


class MultiModel:
    """Archives by name, each unpacked in a directory under `root`; `load` makes one ready."""

    def __init__(self, root: Path, load: Callable[[str, Path], Loaded], *, most: int = MOST_MODELS) -> None:
        self._root = root.resolve()
        self._load = load
        self._most = most
        self._loaded: dict[str, Loaded] = {}
        self._loading = asyncio.Lock()

    def add_routes(self, app: FastAPI) -> None:
        """Add the routes to an application."""
        routes: tuple[tuple[str, str, Handler], ...] = (
            ("/models", "GET", self.names),
            ("/models", "POST", self.add),
            ("/models/{name}", "GET", self.describe),
            ("/models/{name}", "DELETE", self.remove),
            ("/models/{name}/invoke", "POST", self.invoke),
        )
        for path, method, handler in routes:
            app.add_route(path, translated(_with_status(handler)), methods=[method])

    async def names(self, _request: Request) -> Response:
        """Return every model in use, on one page."""
        return JSONResponse({"models": [_described(name, one) for name, one in self._loaded.items()]})

    async def add(self, request: Request) -> Response:
        """Load `{"model_name", "url"}`, a directory here; 409 when the name is in use, 507 when there is no room."""
        name, url = _order(await read_body(request, ORDER_LIMIT_BYTES))
        directory = Path(url.removeprefix("file://")).resolve()
        if not directory.is_relative_to(self._root) or not directory.is_dir():
            raise NotFound(f"{url[:200]} is no directory of a model", code="no_model")
        async with self._loading:
            if name in self._loaded:
                raise Conflict(f"model {name} is loaded")
            if len(self._loaded) >= self._most:
                return JSONResponse({"Message": f"no room beside {self._most} models"}, NO_ROOM)
            self._loaded[name] = await asyncio.to_thread(self._load, url, directory)
        return JSONResponse(_described(name, self._loaded[name]))

    async def describe(self, request: Request) -> Response:
        """Return one model; 404 when it is not loaded."""
        name = request.path_params["name"]
        return JSONResponse([_described(name, self._named(name))])

    async def remove(self, request: Request) -> Response:
        """Unload a model once its requests are done; 404 when it is not loaded."""
        name = request.path_params["name"]
        found = self._named(name)
        del self._loaded[name]
        await asyncio.to_thread(found.models.close)
        return JSONResponse(_described(name, found))

    async def invoke(self, request: Request) -> Response:
        """Answer as `/invocations` does; 404 when the model is not loaded."""
        return await self._named(request.path_params["name"]).container.invocations(request)

    def close(self) -> None:
        """Unload everything."""
        for one in self._loaded.values():
            one.models.close()

    def _named(self, name: str) -> Loaded:
        if name not in self._loaded:
            raise NotFound(f"model {name[:100]} is not loaded", code="no_model")
        return self._loaded[name]


def _order(body: bytes) -> tuple[str, str]:
    try:
        order = orjson.loads(body)
        name, url = order["model_name"], order["url"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise BadInput('the body must be an object with "model_name" and "url"', code="bad_envelope") from error
    if not isinstance(name, str) or not isinstance(url, str) or not name:
        raise BadInput('"model_name" and "url" must be strings', code="bad_envelope")
    return name, url


def _described(name: str, one: Loaded) -> dict[str, str]:
    return {"modelName": name, "modelUrl": one.url}


def _with_status(handler: Handler) -> Handler:
    """Answer with the statuses of these routes: the runtime API's clients never see them."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except (NotFound, Conflict) as error:
            return _refusal(error)

    return answered


def _refusal(error: TiplineError) -> Response:
    return JSONResponse({"Message": error.message, "code": error.code}, error.status)
