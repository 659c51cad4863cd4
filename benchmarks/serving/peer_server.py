"""The peer: a plain FastAPI service over the very same engine, as one writes it in an afternoon."""

from __future__ import annotations

import argparse
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from models.embedder_loading import load_embedder


def build() -> FastAPI:
    """Return the application, the engine loaded."""
    embedder = load_embedder(threads=2)
    app = FastAPI()

    @app.post("/endpoints/embedder/invocations")
    async def invocations(request: Request) -> Response:
        texts: list[str] = orjson.loads(await request.body())["instances"]
        vectors = (await run_in_threadpool(embedder.encode, texts)).vectors
        if request.headers.get("accept") == "application/octet-stream":
            return Response(vectors.tobytes(), media_type="application/octet-stream")
        found: dict[str, Any] = {"predictions": [{"embedding": vector} for vector in vectors]}
        return Response(orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")

    return app


def main() -> None:
    """Serve on the loopback."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(build(), host="127.0.0.1", port=parser.parse_args().port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
