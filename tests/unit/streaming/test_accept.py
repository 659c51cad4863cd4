"""The order of accepting: nothing is remembered that Kafka does not have, and nothing unclear is lost."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence

import pytest

from core.errors import BadInput, Conflict, DependencyUnavailable
from core.events import Article, DeadLetter
from core.topics import RAW_NEWS, RAW_NEWS_DLQ
from streaming.intake.accept import Acceptor, Delivery
from streaming.intake.history import Accepted, History
from streaming.intake.ledger import Message, Wanted
from streaming.intake.publisher import Outgoing


class MemoryLedger:
    def __init__(self) -> None:
        self.articles: list[Article] = []
        self.published: set[tuple[str, int]] = set()
        self.up = True
        self.messages: dict[str, bytes] = {}

    async def history(self, message: Message, wanted: Sequence[Wanted]) -> History:
        await asyncio.sleep(0)  # as any server would, let others go on meanwhile
        known = History(self.messages.get(message.message_id or ""))
        for one in self.articles:
            done = (one.article_id, one.revision) in self.published
            known.note(Accepted(one.article_id, one.revision, one.provider, one.content_hash, one.action, done))
        return known

    async def begin(self, articles: Sequence[Article]) -> None:
        known = {(one.article_id, one.revision) for one in self.articles}
        self.articles.extend(one for one in articles if (one.article_id, one.revision) not in known)

    async def record(self, message: Message, articles: Sequence[Article]) -> None:
        if not self.up:
            raise DependencyUnavailable("down")
        self.published |= {(one.article_id, one.revision) for one in articles}
        if message.message_id:
            self.messages[message.message_id] = message.body_sha256


class MemoryPublisher:
    def __init__(self) -> None:
        self.records: list[Outgoing] = []
        self.up = True

    async def publish(self, records: Sequence[Outgoing]) -> None:
        if not self.up:
            raise DependencyUnavailable("down")
        await asyncio.sleep(0)
        self.records.extend(records)

    def topic(self, name: str) -> list[Outgoing]:
        return [one for one in self.records if one.topic == name]


class Intake:
    def __init__(self) -> None:
        self.ledger, self.publisher = MemoryLedger(), MemoryPublisher()
        self.acceptor = Acceptor(self.ledger, self.publisher)  # type: ignore[arg-type]

    def delivery(self, body: object, message_id: str | None = None, *, snapshot: bool = False) -> Delivery:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Delivery("intake", "wire", "p", raw, "application/json", "t", message_id, snapshot)


ARTICLE = {"id": "a", "headline": "h", "revision": 1}


async def test_nothing_is_remembered_while_kafka_is_down() -> None:
    intake = Intake()
    intake.publisher.up = False
    delivery = intake.delivery(ARTICLE, "m")
    with pytest.raises(DependencyUnavailable):
        await intake.acceptor.accept(delivery)
    assert (intake.ledger.published, intake.ledger.messages) == (set(), {})
    intake.publisher.up = True
    receipt = await intake.acceptor.accept(delivery)
    assert [(one.article_id, one.action) for one in receipt.published] == [("a", "created")]
    assert (await intake.acceptor.accept(delivery)).duplicates == 1
    assert len(intake.publisher.records) == 1


async def test_an_update_of_what_was_published_but_not_recorded_is_an_update() -> None:
    intake = Intake()
    intake.ledger.up = False
    with pytest.raises(DependencyUnavailable):
        await intake.acceptor.accept(intake.delivery(ARTICLE))
    intake.ledger.up = True
    receipt = await intake.acceptor.accept(intake.delivery({**ARTICLE, "headline": "other", "revision": 2}))
    assert [(one.revision, one.action) for one in receipt.published] == [(2, "updated")]
    assert (await intake.acceptor.accept(intake.delivery(ARTICLE))).duplicates == 1


async def test_items_of_one_body_are_judged_one_after_the_other() -> None:
    intake = Intake()
    receipt = await intake.acceptor.accept(
        intake.delivery([ARTICLE, ARTICLE, {**ARTICLE, "revision": 2}, {**ARTICLE, "headline": "x"}])
    )
    assert [(one.revision, one.action) for one in receipt.published] == [(1, "created"), (2, "updated")]
    assert receipt.duplicates == 1
    assert [(one.position, one.error.code) for one in receipt.rejected] == [("items[3]", "revision_conflict")]
    assert intake.publisher.topic(RAW_NEWS_DLQ) == []


async def test_a_body_without_sense_is_one_dead_letter_with_its_bytes() -> None:
    intake = Intake()
    for _ in range(2):
        with pytest.raises(BadInput):
            await intake.acceptor.accept(intake.delivery(b"{", "m"))
    letters = [DeadLetter.model_validate_json(one.value) for one in intake.publisher.topic(RAW_NEWS_DLQ)]
    assert {base64.b64decode(one.original_base64) for one in letters} == {b"{"}
    assert len({one.dlq_id for one in letters}) == 1
    assert intake.ledger.messages == {}


async def test_good_items_pass_and_bad_ones_are_dead_letters_by_themselves() -> None:
    intake = Intake()
    bad = {"id": "b", "headline": "h", "published_at": "yesterday"}
    receipt = await intake.acceptor.accept(intake.delivery([bad, ARTICLE]))
    assert [one.key for one in intake.publisher.topic(RAW_NEWS)] == ["a"]
    [letter] = intake.publisher.topic(RAW_NEWS_DLQ)
    assert json.loads(base64.b64decode(json.loads(letter.value)["original_base64"])) == bad
    assert [one.position for one in receipt.rejected] == ["items[0]"]


async def test_a_feed_shown_again_buries_its_bad_item_once() -> None:
    intake = Intake()
    for headline in ("h", "i"):
        await intake.acceptor.accept(intake.delivery([{"id": "b"}, {**ARTICLE, "headline": headline}], snapshot=True))
    assert len(intake.publisher.topic(RAW_NEWS_DLQ)) == 1


async def test_a_message_id_is_for_one_body() -> None:
    intake = Intake()
    await intake.acceptor.accept(intake.delivery(ARTICLE, "m"))
    with pytest.raises(Conflict, match="another body"):
        await intake.acceptor.accept(intake.delivery({**ARTICLE, "id": "z"}, "m"))


async def test_deliveries_of_one_article_at_the_same_time_are_judged_one_after_the_other() -> None:
    intake = Intake()
    deliveries = [ARTICLE, {**ARTICLE, "revision": 2}, {**ARTICLE, "headline": "x", "revision": 2}, ARTICLE]
    receipts = await asyncio.gather(
        *(intake.acceptor.accept(intake.delivery(one)) for one in deliveries), return_exceptions=True
    )
    published = [json.loads(one.value) for one in intake.publisher.topic(RAW_NEWS)]
    assert [(one["revision"], one["action"]) for one in published] == [(1, "created"), (2, "updated")]
    assert [type(one).__name__ for one in receipts] == ["Receipt", "Receipt", "Conflict", "Receipt"]


async def test_an_article_that_kafka_would_refuse_is_a_dead_letter_and_keeps_nobody_waiting() -> None:
    intake = Intake()
    # Each quotation mark is two bytes in JSON: a megabyte of feed becomes more than Kafka takes of a source.
    item = "<item><guid>{0}</guid><title>{0}</title><description>{1}</description></item>"
    feed = f"<rss><channel>{item.format('b', chr(34) * 1024 * 1024)}{item.format('a', 'text')}</channel></rss>"
    receipt = await intake.acceptor.accept(Delivery("intake", "wire", "p", feed.encode(), "application/xml", "t"))
    assert [one.error.code for one in receipt.rejected] == ["article_too_large"]
    assert [one.key for one in intake.publisher.topic(RAW_NEWS)] == ["p:a"]
    assert len(intake.publisher.topic(RAW_NEWS_DLQ)) == 1
