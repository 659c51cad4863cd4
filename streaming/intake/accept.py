"""Accepting a delivery: understand it, compare with what was accepted, publish, and only then remember.

1. Parse. What cannot be understood goes to the dead letters, as a whole or item by item.
2. Ask PostgreSQL what is known of the message and its articles (one round trip).
3. Note there which new revisions are begun (one round trip): whatever happens next, a later one is known as later.
4. Publish them to Kafka and wait for every acknowledgement.
5. Record them (one round trip). A crash before this repeats the publishing, which downstream is idempotent.

Deliveries of the same article take turns from 2 to 5, or each would be judged without the other.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from clients.kafka import MAX_SOURCE_BYTES
from core.clock import utc_now
from core.errors import BadInput, Conflict, PayloadTooLarge
from core.events import Article
from core.topics import RAW_NEWS
from streaming.formats import Draft, Ignored, Item, Rejected, parse
from streaming.intake.dead_letters import dead_letter
from streaming.intake.history import Accepted, History, Verdict, judge, stated_revision
from streaming.intake.ledger import Ledger, Message, Wanted
from streaming.intake.publisher import Outgoing, Publisher
from streaming.intake.turns import Turns

# Parsing more than this takes long enough to hold up other requests, so it leaves the event loop.
PARSE_INLINE_BYTES = 32 * 1024
# Room for the batch around a record, and for the headers of a retry.
MAX_ARTICLE_BYTES = MAX_SOURCE_BYTES - 64 * 1024
REMEMBERED_DEAD_LETTERS = 10_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A document from a trusted sender.

    `message_id` is None where the transport has none; `snapshot` says that it was read from a feed, which shows the
    same items again and again.
    """

    stage: str
    source: str
    provider: str
    body: bytes = field(repr=False)
    content_type: str | None
    trace_id: str
    message_id: str | None = None
    snapshot: bool = False


@dataclass(slots=True)
class Receipt:
    """What became of a delivery's items."""

    published: list[Article] = field(default_factory=list)
    duplicates: int = 0
    ignored: int = 0
    rejected: list[Rejected] = field(default_factory=list)

    @property
    def nothing_taken(self) -> bool:
        """Whether every item was refused."""
        return bool(self.rejected) and not (self.published or self.duplicates or self.ignored)


class Acceptor:
    """The one way into `raw-news-events`, for webhook, poller and replayed dead letters alike."""

    def __init__(self, ledger: Ledger, publisher: Publisher) -> None:
        self._ledger = ledger
        self._publisher = publisher
        self._turns = Turns()
        self._buried: set[object] = set()

    async def accept(self, delivery: Delivery) -> Receipt:
        """Accept a delivery.

        Returns:
            What became of each item, once Kafka has all that is new.

        Raises:
            BadInput: nothing in it can be understood; it is in the dead letters.
            Conflict: its message id or its only article's revision was used for something else.
            DependencyUnavailable: Kafka or PostgreSQL is away; nothing was remembered, so the sender may try again.
        """
        try:
            items = await _parse(delivery)
        except BadInput as error:
            await self._bury(delivery, [Rejected("$", error, delivery.body)])
            raise
        drafts = [item for item in items if isinstance(item, Draft)]
        wanted = [Wanted(draft.article_id, stated_revision(draft), draft.content_hash) for draft in drafts]
        async with self._turns.of(one.article_id for one in wanted):
            return await self._take(delivery, items, wanted)

    async def _take(self, delivery: Delivery, items: Sequence[Item], wanted: Sequence[Wanted]) -> Receipt:
        message = Message(delivery.source, delivery.message_id, hashlib.sha256(delivery.body).digest())
        history = await self._ledger.history(message, wanted) if wanted else History()
        if history.body_sha256 is not None:
            if history.body_sha256 != message.body_sha256:
                raise Conflict("this message id was used for another body", code="message_conflict")
            return Receipt(duplicates=len(items))
        receipt = _settle(items, history, delivery)
        await self._bury(delivery, [one for one in receipt.rejected if not isinstance(one.error, Conflict)])
        if receipt.published:
            await self._ledger.begin(receipt.published)
            await self._publisher.publish([_outgoing(article) for article in receipt.published])
        if not receipt.nothing_taken and (receipt.published or delivery.message_id):
            await self._ledger.record(message, receipt.published)
        return receipt

    async def _bury(self, delivery: Delivery, rejected: Sequence[Rejected]) -> None:
        """Put items into the dead letters; one that a feed shows again is not put there twice."""
        letters = [dead_letter(delivery.stage, delivery.source, delivery.content_type, delivery.trace_id, one)
                   for one in rejected]  # fmt: skip
        if delivery.snapshot:
            letters = [letter for letter in letters if letter.dlq_id not in self._buried]
        if letters:
            await self._publisher.publish(
                [Outgoing(f"{RAW_NEWS}.dlq", str(letter.dlq_id), letter.to_json()) for letter in letters]
            )
        if delivery.snapshot:
            if len(self._buried) > REMEMBERED_DEAD_LETTERS:
                self._buried.clear()
            self._buried.update(letter.dlq_id for letter in letters)


async def _parse(delivery: Delivery) -> list[Item]:
    if len(delivery.body) <= PARSE_INLINE_BYTES:
        return parse(delivery.body, delivery.content_type, provider=delivery.provider)
    return await asyncio.to_thread(parse, delivery.body, delivery.content_type, provider=delivery.provider)


def _settle(items: Sequence[Item], history: History, delivery: Delivery) -> Receipt:
    """Judge every item after the ones before it; the only item's Conflict is the whole delivery's."""
    receipt = Receipt()
    for number, item in enumerate(items):
        if isinstance(item, Rejected):
            receipt.rejected.append(item)
        elif isinstance(item, Ignored):
            receipt.ignored += 1
        else:
            try:
                _settle_draft(item, history, delivery, receipt)
            except (Conflict, PayloadTooLarge) as error:
                if len(items) == 1 and isinstance(error, Conflict):
                    raise
                receipt.rejected.append(Rejected(f"items[{number}]", error, delivery.body))
    return receipt


def _settle_draft(draft: Draft, history: History, delivery: Delivery, receipt: Receipt) -> None:
    content_hash = draft.content_hash
    verdict = judge(draft, content_hash, history, delivery.provider, snapshot=delivery.snapshot)
    if verdict is None:
        receipt.duplicates += 1
        return
    article = _article(draft, verdict, content_hash, delivery)
    if len(article.to_json()) > MAX_ARTICLE_BYTES:
        raise PayloadTooLarge("the article is larger than a record may be", code="article_too_large")
    history.note(Accepted(article.article_id, article.revision, article.provider, content_hash))
    receipt.published.append(article)


def _article(draft: Draft, verdict: Verdict, content_hash: str, delivery: Delivery) -> Article:
    return Article(
        article_id=draft.article_id,
        provider=delivery.provider,
        revision=verdict.revision,
        action=verdict.action,
        published_at=draft.published_at,
        received_at=utc_now(),
        headline=draft.headline,
        body=draft.body,
        language=draft.language,
        url=draft.url,
        publisher=draft.publisher,
        people=draft.people,
        organisations=draft.organisations,
        instruments=draft.instruments,
        topics=draft.topics,
        embargo_until=draft.embargo_until,
        content_hash=content_hash,
        trace_id=delivery.trace_id,
    )


def _outgoing(article: Article) -> Outgoing:
    return Outgoing(RAW_NEWS, article.article_id, article.to_json())
