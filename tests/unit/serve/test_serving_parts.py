"""Admission, the live registry, per-record errors, and how the Ray head is started."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from core.errors import BadInput, DependencyUnavailable, Overloaded
from core.events import Article
from core.settings import load_settings
from serve import head
from serve.book_source import FileBook
from serve.live_resolver import LiveResolver
from serve.main import deployment_config
from serve.protocol import Invocation, Unreadable, count_option, fraction_option
from serve.slots import Slots
from serve.targets import ResolverTarget, read_article

ARTICLE = {
    "article_id": "a1", "provider": "p", "revision": 1, "received_at": "2026-01-01T00:00:00Z", "headline": "h",
    "body": "b", "trace_id": "t",
}  # fmt: skip


async def test_slots_refuse_what_cannot_wait_and_recover() -> None:
    slots, gate = Slots(running=1, waiting=1), threading.Event()
    first = asyncio.create_task(slots.run(gate.wait))
    second = asyncio.create_task(slots.run(gate.wait))
    await asyncio.sleep(0)
    with pytest.raises(Overloaded) as refused:
        await slots.run(gate.wait)
    assert refused.value.retry_after_s == 1
    second.cancel()
    gate.set()
    assert await first
    assert await slots.run(lambda: "free again") == "free again"
    slots.close()


class Book:
    """A source whose version and failure the test sets."""

    def __init__(self) -> None:
        self.number = 1
        self.failure: Exception | None = None

    def version(self) -> str:
        if self.failure:
            raise self.failure
        return f"v{self.number}"

    def read(self) -> tuple[str, list[Any]]:
        return self.version(), []


def test_the_last_book_stays_in_use_while_its_source_is_down() -> None:
    book = Book()
    article = Article.model_validate(ARTICLE)
    live = LiveResolver(book, lambda _entries, version: SimpleNamespace(resolve=lambda _article: version), poll_s=1)
    book.failure = DependencyUnavailable("down")
    live.refresh()
    assert not live.ready
    with pytest.raises(DependencyUnavailable, match="not loaded"):
        live.resolve(article)
    book.failure = None
    live.refresh()
    assert str(live.resolve(article)) == "v1"
    book.number, book.failure = 2, DependencyUnavailable("down")
    live.refresh()
    assert str(live.resolve(article)) == "v1"
    book.failure = None
    live.refresh()
    assert (str(live.resolve(article)), live.version) == ("v2", "v2")


@pytest.mark.parametrize("error", [BadInput("client given twice"), KeyError("names"), RecursionError()])
def test_a_book_that_does_not_compile_leaves_the_present_one(error: Exception) -> None:
    book = Book()

    def build(_entries: Any, version: str) -> Any:
        if version == "v2":
            raise error
        return SimpleNamespace(resolve=lambda _article: version)

    live = LiveResolver(book, build, poll_s=1)
    live.refresh()
    book.number = 2
    live.refresh()
    assert live.version == "v1"


def test_a_registry_file_changes_its_version_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "book.jsonl"
    path.write_text('{"client_id":"C1","kind":"person","names":[{"name":"Asha Rao","type":"legal"}]}\n')
    version, entries = FileBook(path).read()
    assert [entry.client_id for entry in entries] == ["C1"]
    path.write_text("")
    assert FileBook(path).version() != version


def test_a_bad_record_fails_alone_and_in_its_place() -> None:
    resolver = SimpleNamespace(resolve=lambda article: SimpleNamespace(decisions=()))
    records = [ARTICLE, {**ARTICLE, "revision": -1}, Unreadable("the line is not JSON"), 7, ARTICLE]
    results = [orjson.loads(result) for result in ResolverTarget(resolver).answer(Invocation(records)).documents]
    codes = [result["error"] and result["error"]["code"] for result in results]
    assert codes == [None, "bad_article", "bad_json", "bad_article", None]
    assert results[1]["error"]["message"].startswith("revision")


def test_a_registry_that_is_not_loaded_fails_the_whole_request() -> None:
    live = LiveResolver(Book(), lambda *_: None, poll_s=1)  # type: ignore[arg-type]
    with pytest.raises(DependencyUnavailable):
        ResolverTarget(live).answer(Invocation([ARTICLE]))


@pytest.mark.parametrize("value", [1.5, -0.1, "0.8", True, None])
def test_options_are_checked(value: Any) -> None:
    with pytest.raises(BadInput):
        fraction_option({"keep_above": value}, "keep_above", 0.8)
    with pytest.raises(BadInput):
        count_option({"sentences": value}, "sentences", 3, 20)


def test_an_article_says_which_field_is_wrong() -> None:
    with pytest.raises(BadInput, match="received_at"):
        read_article({**ARTICLE, "received_at": "yesterday"})


def test_the_head_listens_on_the_loopback_with_a_private_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head, "free_port", lambda _host: 12345)
    settings = load_settings(data_dir=tmp_path)
    argv = head.command(settings, tmp_path)
    assert {"--node-ip-address=127.0.0.1", "--dashboard-host=127.0.0.1", "--disable-usage-stats"} <= set(argv)
    environment = head.environment(settings, {})
    assert environment["RAY_AUTH_MODE"] == "token"
    token = Path(environment["RAY_AUTH_TOKEN_PATH"])
    assert token.stat().st_mode & 0o777 == 0o600
    assert head.token_file(settings).read_text() == token.read_text()


def test_a_long_data_directory_still_leaves_room_for_ray_sockets(tmp_path: Path) -> None:
    deep = load_settings(data_dir=tmp_path / ("d" * 90))
    assert len(bytes(head.session_directory(deep))) + head.SESSION_PATH_BYTES <= head.SOCKET_PATH_BYTES


def test_no_ray_proxy_is_deployed_and_a_new_attempt_is_a_new_configuration() -> None:
    settings = load_settings()
    config = deployment_config(settings, 1, "")
    assert config["proxy_location"] == "Disabled"
    assert config != deployment_config(settings, 2, "")
