"""The feeds in Redis: a copy that is complete again whatever Redis lost, under an epoch that tells."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import pytest

from clients.postgres import connect
from clients.redis import connect as connect_redis
from core.settings import Settings
from ops.stack.group import ProcessGroup
from streaming.router.feed import Feeds, Frame
from streaming.router.publisher import Publisher
from streaming.router.routing import route
from streaming.router.store import StoryCache
from tests.integration.router_process import Book, query, run, until
from tests.router_samples import NOW, RULES, enriched


@contextmanager
def leading(settings: Settings) -> Iterator[Publisher]:
    """Run a publisher until the block ends."""
    stop = Event()
    publisher = Publisher(settings, stop)
    thread = Thread(target=publisher.run)
    thread.start()
    try:
        yield publisher
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def publisher(postgres: Settings, redis_server: Settings) -> Iterator[Publisher]:
    with leading(postgres) as running:
        yield running


def tell(settings: Settings, book: Book, *numbers: int) -> None:
    """Route articles of different stories straight into the tables."""
    with connect(settings) as session:
        for number in numbers:
            record = enriched(book.client, book.article(number), story=number)
            route(session, [record], rules=RULES, cache=StoryCache(), now=NOW)


def numbers(book: Book) -> list[int]:
    return [seq for seq, _ in book.stream()]


def test_rows_come_in_order_with_their_numbers_and_wake_readers(publisher: Publisher, postgres: Settings) -> None:
    book = Book(postgres)
    redis: Any = connect_redis(postgres)
    channel = redis.pubsub(ignore_subscribe_messages=True)
    channel.subscribe(f"feed-wake:{book.rm_id}")
    channel.get_message(timeout=5)
    tell(postgres, book, 1, 2, 3)
    until(lambda: numbers(book) == [1, 2, 3])
    # The publisher may first have rebuilt this RM's empty feed, and that wakes its readers too.
    until(lambda: (channel.get_message(timeout=1) or {}).get("data") == b"3")
    assert len(set(book.epochs())) == 1
    until(lambda: query(postgres, "SELECT published_seq FROM rm WHERE rm_id = %s", book.rm_id)[0]["published_seq"] == 3)
    channel.close()
    redis.close()


def test_a_wiped_redis_is_filled_again_under_a_new_epoch(publisher: Publisher, postgres: Settings) -> None:
    book = Book(postgres)
    tell(postgres, book, 1, 2)
    until(lambda: numbers(book) == [1, 2])
    before, _ = book.epochs()
    redis = connect_redis(postgres)
    redis.flushall()
    redis.close()
    until(lambda: numbers(book) == [1, 2])
    until(lambda: len(set(book.epochs())) == 1)
    assert book.epochs()[0] != before


def test_a_redis_that_lost_only_its_last_entries_is_filled_again(publisher: Publisher, postgres: Settings) -> None:
    book = Book(postgres)
    tell(postgres, book, 1, 2)
    until(lambda: numbers(book) == [1, 2])
    before, _ = book.epochs()
    redis = connect_redis(postgres)
    redis.xdel(f"feed:{book.rm_id}", "2-0")
    redis.set(f"feed-head:{book.rm_id}", 1)
    redis.close()
    tell(postgres, book, 3)
    until(lambda: numbers(book) == [1, 2, 3])
    assert until(lambda: book.epochs()[1])[0] != before


def test_a_redis_that_was_away_gets_what_came_meanwhile(
    publisher: Publisher, postgres: Settings, stack: ProcessGroup
) -> None:
    book = Book(postgres)
    tell(postgres, book, 1)
    until(lambda: numbers(book) == [1])
    stack.kill("redis")
    tell(postgres, book, 2, 3)
    until(lambda: not publisher.healthy)
    stack.start("redis")
    stack.wait_ready("redis")
    until(lambda: numbers(book) == [1, 2, 3])
    until(lambda: publisher.healthy)


def test_a_second_publisher_stands_by_and_takes_over(postgres: Settings, redis_server: Settings) -> None:
    book, stops = Book(postgres), (Event(), Event())
    first, second = (Publisher(postgres, stop) for stop in stops)
    threads = [Thread(target=one.run) for one in (first, second)]
    threads[0].start()
    until(lambda: first.leading)
    threads[1].start()
    tell(postgres, book, 1)
    until(lambda: numbers(book) == [1])
    assert not second.leading
    stops[0].set()
    until(lambda: second.leading)
    tell(postgres, book, 2)
    until(lambda: numbers(book) == [1, 2])
    stops[1].set()
    for thread in threads:
        thread.join()


def test_frames_past_their_retention_are_not_brought_back_and_the_numbers_go_on(
    publisher: Publisher, postgres: Settings
) -> None:
    book = Book(postgres)
    tell(postgres, book, 1, 2)
    until(lambda: numbers(book) == [1, 2])
    run(postgres, "UPDATE rm_feed SET created_at = '2000-01-01' WHERE rm_id = %s", book.rm_id)
    redis = connect_redis(postgres)
    redis.flushall()
    redis.close()
    tell(postgres, book, 3)
    until(lambda: numbers(book) == [3])


def test_frames_past_their_retention_are_dropped_everywhere(postgres: Settings, redis_server: Settings) -> None:
    book = Book(postgres)
    with leading(postgres):
        tell(postgres, book, 1, 2)
        until(lambda: numbers(book) == [1, 2])
    run(postgres, "UPDATE rm_feed SET created_at = '2000-01-01' WHERE rm_id = %s", book.rm_id)
    with leading(postgres):
        until(lambda: numbers(book) == [])
        tell(postgres, book, 3)
        until(lambda: numbers(book) == [3])
    assert len(book.rows()) == 1


def test_appending_again_is_harmless_and_a_foreign_epoch_is_refused(redis_server: Settings) -> None:
    redis = connect_redis(redis_server)
    feeds, frames = Feeds(redis), [Frame(seq, f'{{"n":{seq}}}') for seq in (1, 2, 3)]
    feeds.replace_by_draft("rm-x", "epoch-1", 0, empty=True)
    assert feeds.append("rm-x", "epoch-1", 0, frames[:2])
    assert feeds.append("rm-x", "epoch-1", 0, frames)
    assert redis.xlen("feed:rm-x") == 3
    assert not feeds.append("rm-x", "epoch-2", 3, frames)
    assert not feeds.append("rm-x", "epoch-1", 4, [Frame(5, "{}")])
    feeds.trim("rm-x", 3)
    assert redis.xlen("feed:rm-x") == 1
    redis.close()
