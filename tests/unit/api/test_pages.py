from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from api.app import create_routes
from api.pages import Pages


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>page</title>")
    (folder / "assets" / "main-abc123.js").write_text("1")
    (folder / "icon.svg").write_text("<svg/>")
    return folder


@pytest.fixture
async def http(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_routes()
    app.router.default = Pages(folder)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/alerts/123", "/index.html"])
async def test_a_page_route_gets_the_index_which_no_cache_keeps(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.text == "<title>page</title>"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")


async def test_hashed_assets_are_kept_for_ever_and_other_files_asked_for_again(http: httpx.AsyncClient) -> None:
    assert "immutable" in (await http.get("/assets/main-abc123.js")).headers["cache-control"]
    assert (await http.get("/icon.svg")).headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/assets/gone.js", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/api/v2/x", "/a%00b.js"]
)
async def test_what_is_not_there_is_a_problem(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_pages_are_only_read(http: httpx.AsyncClient) -> None:
    assert (await http.post("/alerts/123")).status_code == 405


async def test_a_page_that_was_not_built_says_how(http: httpx.AsyncClient, folder: Path) -> None:
    (folder / "index.html").unlink()
    answer = await http.get("/")
    assert (answer.status_code, answer.json()["code"]) == (503, "page_not_built")
    assert "npm run build" in answer.json()["detail"]


async def test_a_defect_is_a_500_without_its_message(http: httpx.AsyncClient) -> None:
    # These routes have no services behind them, so whoever needs one fails.
    answer = await http.get("/version")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert "services" not in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
