"""The router process on real servers: nothing is lost, doubled or skipped, whatever dies under it."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest

from clients.kafka import read_all
from clients.postgres import connect
from core.clock import utc_now
from core.settings import Settings
from core.topics import ALERT_STATE_CHANGES, ENRICHED_ALERTS_DLQ
from ops.stack.group import ProcessGroup
from streaming.router.routing import route
from streaming.router.store import StoryCache
from tests.integration.router_process import Book, publish, router_group, running_router, until
from tests.router_samples import RULES, enriched, retraction, signature


@pytest.fixture
def servers(postgres: Settings, redis_server: Settings, kafka_server: Settings) -> Settings:
    """All that a router needs."""
    return postgres


def test_an_enriched_article_reaches_the_stream_of_its_rm_and_the_state_topic(servers: Settings) -> None:
    book, name = Book(servers), "a"
    with running_router(servers):
        publish(servers, [enriched(book.client, book.article(name))])
        ((seq, frame),) = until(book.stream)
        publish(servers, [retraction(book.article(name), action="removed")])
        until(lambda: len(book.stream()) == 2)
        until(lambda: len(state_changes(servers, book)) == 2)
    assert (seq, frame["type"]) == (1, "alert")
    assert [frame["type"] for _, frame in book.stream()] == ["alert", "alert.retracted"]
    assert [change["kind"] for change in state_changes(servers, book)] == ["shown", "retracted"]
    assert len(set(book.epochs())) == 1


def test_what_cannot_be_used_becomes_a_dead_letter_and_holds_nobody_up(servers: Settings) -> None:
    book = Book(servers)
    unfit = enriched(book.client, book.article("nul"), headline="nul \0").to_json()
    unknown = enriched("C-unknown", book.article("unknown")).to_json()
    garbage = f"{book.mark} garbage".encode()
    with running_router(servers):
        key = book.client.encode()
        publish(servers, [(key, garbage), (key, unfit), (key, unknown), enriched(book.client, book.article(1))])
        until(book.stream)
        until(lambda: len(dead_letters(servers, book)) == 3)
    letters = dead_letters(servers, book)
    assert {letter["code"] for letter in letters} == {"unparseable_record", "unfit_data", "unknown_client"}
    originals = {base64.b64decode(letter["original_base64"]) for letter in letters}
    assert originals == {garbage, unfit, unknown}
    assert all(letter["position"].startswith("enriched-alerts/") for letter in letters)
    assert book.shown_articles() == [book.article(1)]


def test_an_embargo_that_ended_while_no_router_ran_is_released_at_the_start(servers: Settings) -> None:
    book, ended = Book(servers), utc_now() - timedelta(minutes=1)
    embargoed = enriched(book.client, book.article(1), embargo_until=ended)
    with connect(servers) as session:
        route(session, [embargoed], rules=RULES, cache=StoryCache(), now=ended - timedelta(hours=1))
    assert (book.rows(), book.alerts()[0]["released"]) == ([], False)
    with running_router(servers):
        until(book.stream)
    assert book.shown_articles() == [book.article(1)]


def test_a_killed_router_loses_and_doubles_nothing(servers: Settings) -> None:
    book = Book(servers, clients=3)
    ids = [book.article(number) for number in range(60)]
    group = router_group(servers)
    group.start_all()
    try:
        for start in range(0, 60, 20):
            publish(servers, [enriched(book.clients[i % 3], ids[i], story=i) for i in range(start, start + 20)])
            until(lambda: book.rows())
            group.kill("router")
            group.start("router")
        until(lambda: len(book.stream()) >= len(ids))
    finally:
        group.stop_all()
    assert sorted(book.shown_articles()) == sorted(ids)
    assert [seq for seq, _ in book.stream()] == list(range(1, len(ids) + 1))


def test_each_clients_order_is_kept(servers: Settings) -> None:
    book = Book(servers, clients=2)
    with running_router(servers):
        publish(servers, [enriched(client, book.article(n), story=n) for n in range(10, 40) for client in book.clients])
        until(lambda: len(book.stream()) == 60)
    for client in book.clients:
        own = [frame["alert"]["headline"] for _, frame in book.stream() if frame["alert"]["client"]["id"] == client]
        assert own == sorted(own)


def test_two_routers_share_the_work_and_one_takes_over(servers: Settings) -> None:
    book = Book(servers, clients=4)
    articles = [enriched(book.clients[i % 4], book.article(i), story=i) for i in range(40)]
    with running_router(servers, "router"), running_router(servers, "router-b") as second:
        publish(servers, articles[:20])
        until(lambda: len(book.stream()) == 20)
        second.kill("router-b")
        publish(servers, articles[20:])
        until(lambda: len(book.stream()) == 40)
    assert sorted(book.shown_articles()) == sorted(record.article.article_id for record in articles)


def test_a_killed_database_pauses_the_router_and_nothing_is_skipped(servers: Settings, stack: ProcessGroup) -> None:
    book = Book(servers)
    with running_router(servers) as group:
        publish(servers, [enriched(book.client, book.article(1))])
        until(book.stream)
        stack.kill("postgres")
        publish(servers, [enriched(book.client, book.article(2), vector=signature(5, near=1))])
        stack.start("postgres")
        stack.wait_ready("postgres")
        until(lambda: len(book.stream()) == 2)
        assert group.alive("router")
    assert book.shown_articles() == [book.article(1), book.article(2)]


def test_a_killed_broker_pauses_the_router_and_nothing_is_skipped(servers: Settings, stack: ProcessGroup) -> None:
    book = Book(servers)
    with running_router(servers) as group:
        publish(servers, [enriched(book.client, book.article(1))])
        until(book.stream)
        stack.kill("kafka")
        stack.start("kafka")
        stack.wait_ready("kafka")
        publish(servers, [enriched(book.client, book.article(2))])
        until(lambda: len(book.stream()) == 2)
        until(lambda: len(state_changes(servers, book)) == 2)
        assert group.alive("router")


def state_changes(settings: Settings, book: Book) -> list[dict[str, object]]:
    records = read_all(settings, ALERT_STATE_CHANGES)
    return [json.loads(one.value) for one in records if one.key == book.client.encode()]


def dead_letters(settings: Settings, book: Book) -> list[dict[str, str]]:
    letters = [json.loads(one.value) for one in read_all(settings, ENRICHED_ALERTS_DLQ)]
    return [one for one in letters if book.mark.encode() in base64.b64decode(one["original_base64"])]
