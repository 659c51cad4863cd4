"""Serves the page that web/ is built into: hashed assets for ever, index.html never from a cache."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

from core.errors import DependencyUnavailable

STATIC = Path(__file__).with_name("static")
IMMUTABLE = "public, max-age=31536000, immutable"


class Pages:
    """ASGI application for every address that no route of the API has."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder.resolve()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; a socket to an unknown address is refused."""
        if scope["type"] == "websocket":
            await WebSocketClose()(scope, receive, send)
        elif scope["type"] == "http":
            response = self._respond(Request(scope))
            await response(scope, receive, send)

    def _respond(self, request: Request) -> Response:
        path = request.url.path
        if path.startswith("/api/"):
            raise HTTPException(404, "there is nothing at this address")
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(405, "pages are only read", {"Allow": "GET, HEAD"})
        file = self._file(path)
        if file is not None:
            caching = IMMUTABLE if path.startswith("/assets/") else "no-cache"
            return FileResponse(file, headers={"Cache-Control": caching})
        if "." in path.rpartition("/")[2].removesuffix("index.html"):
            raise HTTPException(404, "there is no such file")
        return self._index()

    def _file(self, path: str) -> Path | None:
        """Return the file behind a path; None when there is none inside the folder, or it is the index."""
        try:
            file = (self._folder / path.lstrip("/")).resolve()
            inside = file.is_relative_to(self._folder) and file.is_file()
        except (ValueError, OSError):
            return None
        return file if inside and file.name != "index.html" else None

    def _index(self) -> Response:
        index = self._folder / "index.html"
        if not index.is_file():
            raise DependencyUnavailable(
                "The page is not built: run `npm ci && npm run build` in web/, or `make run`, which does it.",
                code="page_not_built",
            )
        return FileResponse(index, headers={"Cache-Control": "no-store"})
