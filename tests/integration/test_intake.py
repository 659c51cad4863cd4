"""The webhook over real Kafka and PostgreSQL: what is accepted, what is refused, and what each leaves behind."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import httpx
import psutil
import pytest

from core.settings import Settings
from ops.stack.group import ProcessGroup
from tests.integration.intake_process import SOURCE, Provider, running_intake

RSS = b"""<rss version="2.0"><channel><title>Wire</title>%s</channel></rss>"""
BILLION_LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">
<!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">
<!ENTITY lol3 "&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;&lol2;">]>
<rss><channel><item><title>&lol3;</title></item></channel></rss>"""


@pytest.fixture(scope="module")
def intake(postgres: Settings, kafka_server: Settings) -> Iterator[ProcessGroup]:
    with running_intake(postgres) as group:
        yield group


@pytest.fixture
def provider(intake: ProcessGroup, settings: Settings) -> Iterator[Provider]:
    with closing(Provider(settings)) as made:
        yield made


def test_an_accepted_article_is_in_kafka_when_the_answer_comes(provider: Provider) -> None:
    article = provider.article(headline="  Two\n lines ", body="<p>One.</p><p>Two.</p>", published_at=None)
    reply = provider.post(article)
    assert reply.status_code == 202
    assert reply.json()["accepted"] == [{"article_id": article["id"], "revision": 1, "action": "created"}]
    [record] = provider.published(article["id"])
    assert (record["headline"], record["body"]) == ("Two lines", "One.\nTwo.")
    assert record["published_at"] is None
    assert record["trace_id"] == reply.json()["trace_id"]
    assert record["provider"] == "demo"


def test_a_repeated_delivery_publishes_nothing(provider: Provider) -> None:
    article = provider.article()
    for _ in range(2):
        assert provider.post(article, message_id="repeat-" + article["id"]).status_code == 202
    again = provider.post(article)
    assert (again.status_code, again.json()["duplicates"]) == (202, 1)
    assert len(provider.published(article["id"])) == 1


def test_a_message_id_used_for_another_body_is_a_conflict(provider: Provider) -> None:
    first, second = provider.article(), provider.article()
    assert provider.post(first, message_id="same-" + first["id"]).status_code == 202
    reply = provider.post(second, message_id="same-" + first["id"])
    assert (reply.status_code, reply.json()["code"]) == (409, "message_conflict")
    assert provider.published(second["id"]) == []


def test_a_revision_used_for_other_content_is_a_conflict(provider: Provider) -> None:
    article = provider.article()
    provider.post(article)
    reply = provider.post({**article, "body": "Another body."})
    assert (reply.status_code, reply.json()["code"]) == (409, "revision_conflict")
    assert reply.headers["content-type"] == "application/problem+json"
    assert len(provider.published(article["id"])) == 1


def test_later_revisions_are_updates_and_a_removal_needs_no_number(provider: Provider) -> None:
    article = provider.article()
    provider.post(article)
    provider.post({**article, "revision": 2, "body": "Corrected."})
    assert provider.post({"id": article["id"], "action": "removed"}).status_code == 202
    states = [(one["revision"], one["action"]) for one in provider.published(article["id"])]
    assert states == [(1, "created"), (2, "updated"), (3, "removed")]


@pytest.mark.parametrize(
    ("headers", "now_offset_s", "code"),
    [
        ({"webhook-signature": "v1,bm90IGEgc2lnbmF0dXJl"}, 0, "bad_signature"),
        ({"webhook-signature": ""}, 0, "bad_signature"),
        ({}, -3600, "stale_timestamp"),
        ({}, 3600, "stale_timestamp"),
    ],
)
def test_the_unauthenticated_leave_no_trace(
    provider: Provider, headers: dict[str, str], now_offset_s: float, code: str
) -> None:
    before = provider.topic_sizes()
    reply = provider.post(provider.article(), now_s=time.time() + now_offset_s, headers=headers)
    assert (reply.status_code, reply.json()["code"]) == (401, code)
    assert provider.topic_sizes() == before


def test_an_oversized_body_leaves_no_trace_declared_or_not(provider: Provider) -> None:
    before = provider.topic_sizes()
    limit_bytes = provider.settings.intake_body_limit_bytes
    assert provider.post(b"x" * (limit_bytes + 1)).status_code == 413

    def chunks() -> Iterator[bytes]:
        for _ in range(limit_bytes // 65536 + 2):
            yield b"x" * 65536

    assert provider.http.post(f"/hooks/news/{SOURCE}", content=chunks()).status_code == 413
    assert provider.topic_sizes() == before


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b'{"id": "x", "headline": ', "application/json", 400, "bad_json"),
        (b'{"id": "x", "id": "y", "headline": "h"}', "application/json", 400, "duplicate_key"),
        (b'{"id": "x", "headline": "h", "revision": 1e400}', "application/json", 400, "bad_number"),
        (b'{"id": "x", "headline": "a\\u0000b"}', "application/json", 400, "bad_text"),
        (b"<rss><channel>", "application/rss+xml", 400, "bad_xml"),
        (BILLION_LAUGHS, "application/xml", 400, "dtd_forbidden"),
        (b"\x89PNG...", "image/png", 415, "unsupported_format"),
        (b'{"kind": "something else"}', "application/json", 415, "unsupported_format"),
        (b"", "application/json", 400, "empty_body"),
    ],
)
def test_what_cannot_be_understood_is_a_dead_letter(
    provider: Provider, body: bytes, content_type: str, status: int, code: str
) -> None:
    news, dead = provider.topic_sizes()
    reply = provider.post(body, content_type=content_type)
    assert (reply.status_code, reply.json()["code"]) == (status, code)
    assert provider.topic_sizes() == (news, dead + 1)
    letter = provider.last_dead_letter()
    assert base64.b64decode(letter["original_base64"]) == body
    assert (letter["code"], letter["stage"], letter["trace_id"]) == (
        code,
        f"intake:{SOURCE}",
        reply.json()["trace_id"],
    )


def test_a_feed_is_accepted_item_by_item(provider: Provider) -> None:
    good, bad = provider.fresh_id(), "x" * 600
    item = b"<item><guid>https://wire.test/%s</guid><title>T</title></item>"
    feed = RSS % (item % good.encode() + item % bad.encode())
    reply = provider.post(feed, content_type="application/rss+xml")
    assert reply.status_code == 207
    assert [one["article_id"] for one in reply.json()["accepted"]] == [f"https://wire.test/{good}"]
    assert [(one["position"], one["code"]) for one in reply.json()["rejected"]] == [("items[1]", "bad_id")]
    letter = provider.last_dead_letter()
    assert letter["position"] == "items[1]"
    assert bad.encode() in base64.b64decode(letter["original_base64"])


def test_unknown_sources_and_paths_are_problems(provider: Provider) -> None:
    for method, path, status in (("POST", "/hooks/news/nobody", 404), ("GET", f"/hooks/news/{SOURCE}", 405)):
        reply = provider.http.request(method, path)
        assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")


def test_a_delivery_costs_milliseconds(provider: Provider, intake: ProcessGroup) -> None:
    """CPU time, since the wall clock would measure the machine's other work; 5 ms as measured, all threads."""
    process = psutil.Process(intake.pid("intake"))
    for _ in range(20):
        provider.post(provider.article())
    before = process.cpu_times()
    for _ in range(100):
        assert provider.post(provider.article()).status_code == 202
    after = process.cpu_times()
    assert (after.user + after.system - before.user - before.system) / 100 < 0.025


def require_a_time_to_return(refused: httpx.Response) -> None:
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["content-type"] == "application/problem+json"


def test_kafka_may_go_and_come_back_and_an_update_may_come_before_the_refused_original(
    provider: Provider, intake: ProcessGroup, stack: ProcessGroup
) -> None:
    again, overtaken = provider.article(), provider.article()
    stack.kill("kafka")
    # Both at once, since each waits for Kafka as long as it may.
    with ThreadPoolExecutor(2) as threads:
        for refused in threads.map(provider.post, (again, overtaken)):
            require_a_time_to_return(refused)
    stack.start("kafka")
    stack.wait_ready("kafka")
    intake.wait_ready("intake", timeout_s=30)
    assert provider.post(again).status_code == 202
    assert provider.published(again["id"])

    assert provider.post({**overtaken, "headline": "Another headline", "revision": 2}).status_code == 202
    assert provider.post(overtaken).status_code == 202
    last = provider.published(overtaken["id"])[-1]
    assert (last["revision"], last["action"]) == (2, "updated")


def test_postgres_may_go_and_come_back(provider: Provider, intake: ProcessGroup, stack: ProcessGroup) -> None:
    article = provider.article()
    stack.kill("postgres")
    require_a_time_to_return(provider.post(article))
    stack.start("postgres")
    stack.wait_ready("postgres")
    intake.wait_ready("intake", timeout_s=30)
    assert provider.post(article).status_code == 202
    assert provider.published(article["id"])


def test_deliveries_under_way_are_finished_at_the_end(
    provider: Provider,
    intake: ProcessGroup,
) -> None:
    articles = [provider.article() for _ in range(40)]
    with ThreadPoolExecutor(8) as threads:
        replies = [threads.submit(provider.post, article) for article in articles]
        replies[0].result()
        intake.stop("intake")
        accepted = [
            article["id"]
            for article, reply in zip(articles, replies, strict=True)
            if reply.exception() is None and reply.result().status_code == 202
        ]
    assert accepted
    for article_id in accepted:
        assert len(provider.published(article_id)) == 1
    intake.start("intake")
    intake.wait_ready("intake")
